"""Run a service's pure decisions on given states, as the kernel would and without any I/O.

decide(SERVICE, data, states)   one message, one decision
Story(SERVICE, *states).when(…)  message after message, each on the states that the last one left
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeVar

from shared.contracts.base import WireModel
from shared.contracts.registry import TYPE_PREFIX
from shared.kernel.decision import (
    Decision,
    Message,
    OutgoingEvent,
    Query,
    RequestRef,
    State,
    StateRef,
    States,
    StoredState,
    WritePrecondition,
)
from shared.kernel.service import RequiredStates, Service

S = TypeVar("S", bound=State)
W = TypeVar("W", bound=WireModel)

ID = "m1"
TIME = datetime(2025, 7, 10, 8, 0, tzinfo=UTC)
READS_MAX = 20
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def decide(  # noqa: PLR0913 - what a message is made of
    service: Service,
    data: WireModel,
    states: Iterable[State] = (),
    *,
    id: str = ID,  # noqa: A002 - the name of the CloudEvents attribute
    time: datetime = TIME,
    origin: RequestRef | None = None,
) -> Decision:
    """Decide on one message; `origin` is by default the message itself.

    Raises:
        KeyError: when the decision gets a state that its `required_states` did not name.
        AssertionError: when it returns a state that its `required_states` did not name, one that
            does not survive storage, or one that its write precondition forbids.
    """
    message = message_of(data, id=id, time=time, origin=origin)
    stored = {_ref(state): state for state in states}
    handler = service.by_event[type(data)]
    loaded = load_states(handler.required_states, message, stored)
    decision = handler.decide(message, loaded, service.parameters)
    for state in decision.states:
        _check(state, named=set(loaded.stored), stored=stored)
    return decision


def message_of(
    data: W,
    *,
    id: str = ID,  # noqa: A002 - the name of the CloudEvents attribute
    time: datetime = TIME,
    origin: RequestRef | None = None,
) -> Message[W]:
    """Return the message that brings this data."""
    return Message(
        id=id,
        type=f"{TYPE_PREFIX}{type(data).__name__}.v1",
        time=time,
        origin=origin or RequestRef(request=id, correlation=id),
        data=data,
    )


def events_of(decision: Decision) -> tuple[WireModel, ...]:
    """Return the data of the events of a decision, late answers or not."""
    return tuple(
        event.data if isinstance(event, OutgoingEvent) else event for event in decision.events
    )


def only_event(decision: Decision, model: type[W]) -> W:
    """Return the one event of a decision, which must be of this type."""
    (event,) = events_of(decision)
    assert isinstance(event, model), event
    return event


def after(states: Iterable[State], decision: Decision) -> tuple[State, ...]:
    """Return the states as they stand once a decision is stored."""
    stored = {_ref(state): state for state in states}
    return tuple((stored | {_ref(state): state for state in decision.states}).values())


class Story:
    """Messages decided one after another; ids `m1`, `m2`… unless given."""

    def __init__(self, service: Service, *states: State) -> None:
        self.service = service
        self.states: tuple[State, ...] = states
        self.count = 0

    def when(
        self,
        data: WireModel,
        *,
        id: str | None = None,  # noqa: A002 - the name of the CloudEvents attribute
        time: datetime = TIME,
        origin: RequestRef | None = None,
    ) -> Decision:
        """Decide on one message and keep what it changes."""
        self.count += 1
        name = id or f"m{self.count}"
        decision = decide(self.service, data, self.states, id=name, time=time, origin=origin)
        self.states = after(self.states, decision)
        return decision

    def says(
        self,
        data: WireModel,
        *,
        id: str | None = None,  # noqa: A002 - the name of the CloudEvents attribute
        time: datetime = TIME,
    ) -> tuple[WireModel, ...]:
        """Decide on one message and return its events."""
        return events_of(self.when(data, id=id, time=time))

    def find(self, model: type[S], key: str) -> S | None:
        """Return a state as it stands now, or None."""
        return next((s for s in self.states if isinstance(s, model) and s.key == key), None)

    def get(self, model: type[S], key: str) -> S:
        """Return a state that must exist."""
        state = self.find(model, key)
        assert state is not None, f"no {model.__name__} {key}"
        return state


def page_of(page: Query[S], states: Iterable[State]) -> tuple[S, ...]:
    """Return what a store that holds these states answers to a page."""
    rows = [s for s in states if isinstance(s, page.model) and _matches(s, page.where)]
    rows.sort(key=lambda state: _cursor(state, page.order))
    rest = [s for s in rows if not page.after or _cursor(s, page.order) > page.after]
    return tuple(rest[: page.limit])


def load_states(
    reads: RequiredStates, message: Message[Any], stored: Mapping[StateRef[Any], State]
) -> States:
    """Return the states and pages that a handler requires, from those that are stored.

    Raises:
        AssertionError: when it still names new ones after `READS_MAX` rounds.
    """
    loaded: dict[StateRef[Any], StoredState[Any]] = {}
    pages: dict[Query[Any], tuple[StateRef[Any], ...]] = {}
    states = States(loaded, pages)
    for _ in range(READS_MAX):
        new = set(reads(message, states)) - loaded.keys() - pages.keys()
        if not new:
            return states
        queries = [required for required in new if isinstance(required, Query)]
        pages |= {query: _refs_of(query, stored) for query in queries}
        named = (required for required in new if isinstance(required, StateRef))
        refs = chain(named, *(pages[query] for query in queries))
        loaded |= {ref: StoredState.only_read(ref, stored.get(ref)) for ref in refs}
    msg = f"`required_states` still names new states after {READS_MAX} rounds"
    raise AssertionError(msg)


def _refs_of(query: Query[Any], stored: Mapping[StateRef[Any], State]) -> tuple[StateRef[Any], ...]:
    return tuple(_ref(state) for state in page_of(query, stored.values()))


def _allowed(guard: WritePrecondition | None, stored: Mapping[StateRef[Any], State]) -> bool:
    """Check the write precondition of a state, as the store does before it writes."""
    if guard is None:
        return True
    other = stored.get(StateRef(guard.model, guard.id))
    return guard.allows(None if other is None else other.model_dump(mode="json"))


def _check(state: State, *, named: set[StateRef[Any]], stored: dict[StateRef[Any], State]) -> None:
    ref = _ref(state)
    born = ref not in stored and UUID.search(ref.key)
    assert ref in named or born, f"{ref} is returned, but `required_states` did not name it"
    restored = type(state).model_validate_json(state.model_dump_json())
    assert restored == state, f"{ref} does not survive storage"
    assert _allowed(state.write_precondition, stored), f"{ref} violates its write precondition"


def _ref(state: State) -> StateRef[Any]:
    return StateRef(type(state), state.key)


def _matches(state: State, where: tuple[tuple[str, Any], ...]) -> bool:
    allowed = ((name, w if isinstance(w, tuple) else (w,)) for name, w in where)
    return all(_value(state, name) in required for name, required in allowed)


def _cursor(state: State, order: tuple[str, ...]) -> tuple[Any, ...]:
    return (*(_value(state, name) for name in order), state.key)


def _value(state: State, path: str) -> Any:
    """Return the value at a path, None where a part of it is not there, as a store does."""
    value: Any = state
    for name in path.split("."):
        value = getattr(value, name, None)
    return value

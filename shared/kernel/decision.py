"""The types of a pure decision: states, messages, handlers, services.

    decide(message, states, parameters) -> Decision

No clock, no random ids, no I/O: a decision reads a message, the states that its handler
requires, and dated parameters; it returns the changed states and the events to publish.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import WireModel
from shared.kernel.rules import Finding

NAMESPACE = uuid.UUID("6f0d6c1e-9c0b-5c7e-8a39-2f4f1f6f7b10")

E_co = TypeVar("E_co", bound=WireModel, covariant=True)
S = TypeVar("S", bound="State")


@dataclass(frozen=True, slots=True)
class WritePrecondition:
    """A condition on another document, checked by the store when a state is written.

    In the document `id` of `collection`, the item of the list `items` whose `field` equals
    `value` must have a `status` in `allowed`; without such an item the status is `absent`.
    """

    collection: str
    id: str
    items: str
    field: str
    value: Any
    allowed: tuple[str, ...]
    absent: str

    def allows(self, document: Mapping[str, Any] | None) -> bool:
        """Return whether the condition holds for this document; None: it does not exist."""
        items = document[self.items] if document else ()
        statuses = (item["status"] for item in items if item[self.field] == self.value)
        return next(statuses, self.absent) in self.allowed


class State(BaseModel):
    """A state of a service, stored as one document of `collection`.

    `shared`: read by many decisions and rarely written, under an optimistic read lock. A write
    makes every unit of work in flight that read a shared state conflict and start again.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )
    collection: ClassVar[str]
    shared: ClassVar[bool] = False
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def key(self) -> str:
        """The id of the document within its collection."""
        raise NotImplementedError  # pragma: no cover

    @property
    def write_precondition(self) -> WritePrecondition | None:
        """The condition for writing this state; None: only its version is checked."""
        return None

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; their types are not validated."""
        return self.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class StateRef(Generic[S]):
    """A reference to a state by class and id; the state may not exist yet."""

    model: type[S]
    key: str


@dataclass(frozen=True, slots=True)
class Query(Generic[S]):
    """A page of states in the order of `order` then id, after a cursor, at most `limit`.

    `where` holds equalities (or tuples of allowed values). The cursor `after` holds the values
    of `order` and the id of the last state of the previous page; empty for the first page.
    A message whose decision reads a page is committed in a unit of work of its own.
    """

    model: type[S]
    where: tuple[tuple[str, Any], ...]
    limit: int
    order: tuple[str, ...] = ()
    after: tuple[Any, ...] = ()


class RequestRef(BaseModel):
    """The request that an answer refers to; stored in a state until a late answer is sent."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    request: str
    correlation: str


@dataclass(frozen=True, slots=True)
class Message(Generic[E_co]):
    """A decoded event: its data and the attributes that decisions may use.

    `type` is the full CloudEvents type; `origin` is the request that a late answer refers to.
    """

    id: str
    type: str
    time: datetime
    origin: RequestRef
    data: E_co


class States:
    """Read access to the states that a decision requires."""

    def __init__(
        self,
        states: Mapping[StateRef[Any], State | None],
        pages: Mapping[Query[Any], tuple[Any, ...]] | None = None,
    ) -> None:
        self._states = states
        self._pages = {} if pages is None else pages

    def get(self, model: type[S], key: str) -> S | None:
        """Return a state, or None when it does not exist.

        Raises:
            KeyError: when the handler does not require it: a programming error.
        """
        return self._states[StateRef(model, key)]  # type: ignore[return-value]

    def get_if_loaded(self, model: type[S], key: str) -> S | None:
        """Like `get`, but None while the state is not loaded: for loading in two steps."""
        return self._states.get(StateRef(model, key))  # type: ignore[return-value]

    def page(self, query: Query[S]) -> tuple[S, ...]:
        """Return the states of a page.

        Raises:
            KeyError: when the handler does not require it: a programming error.
        """
        return self._pages[query]

    def page_if_loaded(self, query: Query[S]) -> tuple[S, ...] | None:
        """Like `page`, but None while the page is not loaded: for loading in two steps."""
        return self._pages.get(query)


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event to publish with attributes other than those of the current message.

    `origin`: the request that it answers, however late; the event's id is derived from it.
    `about`: the state whose version becomes the event's sequence.
    `earlier`: the number of events of this type and key that already answered the request.
    """

    data: WireModel
    origin: RequestRef | None = None
    about: StateRef[Any] | None = None
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The changed states, the events to publish, and the rules applied.

    The version of the first state is the events' sequence. `findings` go into the receipt.
    """

    states: tuple[State, ...] = ()
    events: tuple[WireModel | OutgoingEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


NO_CHANGE = Decision()
"""A duplicate request: no state changes, no event is published."""

RequiredStates = Callable[[Message[Any], States], Iterable[StateRef[Any] | Query[Any]]]
Decide = Callable[[Message[Any], States, Any], Decision]


@dataclass(frozen=True, slots=True)
class Handler:
    """A row of a service's handler table: event type, required states, decision.

    `required_states` is called with the loaded states until it names nothing new, so one state
    may depend on another. It must name every state that the decision gets or returns, except
    new states with a derived id.
    """

    event: type[WireModel]
    required_states: RequiredStates
    decide: Decide


@dataclass(frozen=True, slots=True)
class Gauge(Generic[S]):
    """A metric: the number of states still to process by each running batch process.

    `running` selects the states of the running processes; `labels` are the fields that identify
    a process. `remaining` returns the page at which a process continues: the states of this page
    and of all later ones are counted. None: nothing remains.
    """

    name: str
    description: str
    running: Query[S]
    labels: tuple[str, ...]
    remaining: Callable[[S], Query[Any] | None]


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, handlers, states, parameters and gauges."""

    name: str
    handlers: tuple[Handler, ...]
    states: tuple[type[State], ...]
    parameters: Any = None
    gauges: tuple[Gauge[Any], ...] = ()
    by_event: Mapping[type[WireModel], Handler] = field(init=False)

    def __post_init__(self) -> None:
        """Index the handlers by event type."""
        object.__setattr__(self, "by_event", {handler.event: handler for handler in self.handlers})


def derived_id(*parts: str) -> str:
    """Return the UUID (version 5) derived from these parts."""
    return str(uuid.uuid5(NAMESPACE, "|".join(parts)))

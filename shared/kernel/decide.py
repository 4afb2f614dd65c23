"""One decision, from what it stands on to all that it gives; the same for work and for replay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from shared.kernel.decision import Decision, Handler, Query, State, StateRef, States
from shared.kernel.inbound import InboundMessage
from shared.kernel.outbox import EventFactory, outgoing_messages
from shared.kernel.ports import OutgoingMessage
from shared.kernel.recorded_parameters import ParameterRead, RecordingParameters


class LoadedState(NamedTuple):
    """A state as it lies before a decision: None and version 0 when it does not exist."""

    state: State | None
    version: int
    content: bytes | None


class UpdatedState(NamedTuple):
    """A state as a decision leaves it."""

    state: State
    version: int
    document: dict[str, Any]
    content: bytes


MISSING = LoadedState(None, 0, None)


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """All that a decision may look at, and nothing else: what its `reads` named."""

    states: Mapping[StateRef[Any], LoadedState]
    pages: Mapping[Query[Any], tuple[StateRef[Any], ...]]

    @property
    def visible_states(self) -> States:
        """The states as a decision sees them."""
        states = {ref: lying.state for ref, lying in self.states.items()}
        pages = {page: tuple(states[ref] for ref in refs) for page, refs in self.pages.items()}
        return States(states, pages)

    def version(self, ref: StateRef[Any]) -> int:
        """Return the version of a state before the decision, 0 when it does not exist."""
        return self.states.get(ref, MISSING).version


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision, the states it leaves, the events it gives, the parameters it read."""

    decision: Decision
    after: Mapping[StateRef[Any], UpdatedState]
    outputs: tuple[OutgoingMessage, ...]
    read: tuple[ParameterRead, ...]


def run_decision(
    voice: EventFactory,
    item: InboundMessage,
    handler: Handler,
    basis: DecisionInputs,
    watched: RecordingParameters,
) -> DecisionResult:
    """Decide on a message; nothing outside of the basis is touched."""
    watched.reset()
    decision = handler.decide(item.message, basis.visible_states, watched.parameters)
    after = _after(decision, basis)
    outputs = outgoing_messages(voice, item, decision, _versions(after, basis))
    return DecisionResult(decision, after, outputs, watched.reads())


def _after(decision: Decision, basis: DecisionInputs) -> dict[StateRef[Any], UpdatedState]:
    """Return the states of a decision, each one version further.

    Raises:
        TypeError: a value that JSON or the store cannot hold.
    """
    after = {}
    for state in decision.states:
        ref, document = StateRef(type(state), state.key), state.model_dump(mode="json")
        after[ref] = UpdatedState(state, basis.version(ref) + 1, document, orjson.dumps(document))
    return after


def _versions(
    after: Mapping[StateRef[Any], UpdatedState], basis: DecisionInputs
) -> Callable[[StateRef[Any]], int | None]:
    def version_of(ref: StateRef[Any]) -> int | None:
        return after[ref].version if ref in after else basis.version(ref) or None

    return version_of

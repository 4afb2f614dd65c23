"""Run one decision: inputs to states and messages. Used by the unit of work and by replay."""

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
    """A state before a decision: None and version 0 when it does not exist."""

    state: State | None
    version: int
    content: bytes | None


class UpdatedState(NamedTuple):
    """A state after a decision."""

    state: State
    version: int
    document: dict[str, Any]
    content: bytes


MISSING = LoadedState(None, 0, None)


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """The states and pages that a decision may read: those that its handler requires."""

    states: Mapping[StateRef[Any], LoadedState]
    pages: Mapping[Query[Any], tuple[StateRef[Any], ...]]

    @property
    def visible_states(self) -> States:
        """The states in the form that a decision gets."""
        states = {ref: loaded.state for ref, loaded in self.states.items()}
        pages = {query: tuple(states[ref] for ref in refs) for query, refs in self.pages.items()}
        return States(states, pages)

    def version(self, ref: StateRef[Any]) -> int:
        """Return the version of a state before the decision, 0 when it does not exist."""
        return self.states.get(ref, MISSING).version


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision, its updated states, its outgoing messages and the parameters it read."""

    decision: Decision
    after: Mapping[StateRef[Any], UpdatedState]
    outputs: tuple[OutgoingMessage, ...]
    read: tuple[ParameterRead, ...]


def run_decision(
    event_factory: EventFactory,
    inbound: InboundMessage,
    handler: Handler,
    inputs: DecisionInputs,
    recording: RecordingParameters,
) -> DecisionResult:
    """Decide on a message from its inputs alone."""
    recording.reset()
    decision = handler.decide(inbound.message, inputs.visible_states, recording.parameters)
    after = _after(decision, inputs)
    outputs = outgoing_messages(event_factory, inbound, decision, _versions(after, inputs))
    return DecisionResult(decision, after, outputs, recording.reads())


def _after(decision: Decision, inputs: DecisionInputs) -> dict[StateRef[Any], UpdatedState]:
    """Return the states of a decision, each with the next version.

    Raises:
        TypeError: a value that JSON cannot represent.
    """
    after = {}
    for state in decision.states:
        ref, document = StateRef(type(state), state.key), state.model_dump(mode="json")
        after[ref] = UpdatedState(state, inputs.version(ref) + 1, document, orjson.dumps(document))
    return after


def _versions(
    after: Mapping[StateRef[Any], UpdatedState], inputs: DecisionInputs
) -> Callable[[StateRef[Any]], int | None]:
    def version_of(ref: StateRef[Any]) -> int | None:
        return after[ref].version if ref in after else inputs.version(ref) or None

    return version_of

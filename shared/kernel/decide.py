"""One decision, from what it stands on to all that it gives; the same for work and for replay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from shared.kernel.decision import Decision, Handler, Known, Page, Ref, State
from shared.kernel.inbound import Item
from shared.kernel.outbox import Voice, answers
from shared.kernel.ports import Outgoing
from shared.kernel.recorded_parameters import Read, Watched


class Lying(NamedTuple):
    """A state as it lies before a decision: None and version 0 when it does not exist."""

    state: State | None
    version: int
    content: bytes | None


class Decided(NamedTuple):
    """A state as a decision leaves it."""

    state: State
    version: int
    document: dict[str, Any]
    content: bytes


NOTHING = Lying(None, 0, None)


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a decision may look at, and nothing else: what its `reads` named."""

    states: Mapping[Ref[Any], Lying]
    pages: Mapping[Page[Any], tuple[Ref[Any], ...]]

    @property
    def known(self) -> Known:
        """The states as a decision sees them."""
        states = {ref: lying.state for ref, lying in self.states.items()}
        pages = {page: tuple(states[ref] for ref in refs) for page, refs in self.pages.items()}
        return Known(states, pages)

    def version(self, ref: Ref[Any]) -> int:
        """Return the version of a state before the decision, 0 when it does not exist."""
        return self.states.get(ref, NOTHING).version


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision, the states it leaves, the events it gives, the parameters it read."""

    decision: Decision
    after: Mapping[Ref[Any], Decided]
    outputs: tuple[Outgoing, ...]
    read: tuple[Read, ...]


def judge(voice: Voice, item: Item, handler: Handler, basis: Basis, watched: Watched) -> Judgement:
    """Decide on a message; nothing outside of the basis is touched."""
    watched.forget()
    decision = handler.decide(item.message, basis.known, watched.view)
    after = _after(decision, basis)
    outputs = answers(voice, item, decision, _versions(after, basis))
    return Judgement(decision, after, outputs, watched.reads())


def _after(decision: Decision, basis: Basis) -> dict[Ref[Any], Decided]:
    """Return the states of a decision, each one version further.

    Raises:
        TypeError: a value that JSON or the store cannot hold.
    """
    after = {}
    for state in decision.states:
        ref, document = Ref(type(state), state.key), state.model_dump(mode="json")
        after[ref] = Decided(state, basis.version(ref) + 1, document, orjson.dumps(document))
    return after


def _versions(after: Mapping[Ref[Any], Decided], basis: Basis) -> Callable[[Ref[Any]], int | None]:
    def version_of(ref: Ref[Any]) -> int | None:
        return after[ref].version if ref in after else basis.version(ref) or None

    return version_of

"""Every order of a handful of events, by exploring the states that they can lead to.

A decision depends on the states and on the event alone, so two orders that meet in the same
states go on alike: each state is left once by each event, and no permutation is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import factorial, prod

from shared.contracts.accounting import ClosingContinued
from shared.contracts.base import WireModel
from shared.kernel.decision import State
from tests.unit.accounting.ledger import Ledger

Cut = tuple[frozenset[str], ...]
"""Events handled before, between and after the closings, each closing in a part of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where some orders of events meet: the events handled, the states, the pages that wait."""

    cut: Cut
    states: frozenset[State]
    waiting: tuple[ClosingContinued, ...] = ()

    @property
    def handled(self) -> frozenset[str]:
        """The names of the events so far."""
        return frozenset().union(*self.cut)

    def ledger(self) -> Ledger:
        """Return the books at this place, to go on from."""
        ledger = Ledger(*self.states, grants_per_page=1, entries_per_page=1)
        ledger.waiting.extend(self.waiting)
        return ledger


class Orders:
    """The events of a life by name; with `pages`, those of a closing are handled at any moment."""

    def __init__(self, events: Mapping[str, WireModel], *, pages: bool = False) -> None:
        self.events = events
        self.pages = pages

    def ends(self) -> frozenset[Place]:
        """Return every place where all events were handled and no page waits."""
        ends: set[Place] = set()
        layer = {Place((frozenset(),), frozenset())}
        while layer:
            ends |= {place for place in layer if self._is_end(place)}
            layer = {after for place in layer for after in self._after(place)}
        return frozenset(ends)

    def _is_end(self, place: Place) -> bool:
        return len(place.handled) == len(self.events) and not place.waiting

    def _after(self, place: Place) -> Iterator[Place]:
        for name in sorted(self.events.keys() - place.handled):
            yield self._handled(place, name)
        if place.waiting:
            ledger = place.ledger()
            ledger.next_page()
            yield self._reached(place.cut, ledger)

    def _handled(self, place: Place, name: str) -> Place:
        ledger = place.ledger()
        ledger.handle(self.events[name], name)
        if not self.pages:
            ledger.run()
        return self._reached(_with(place.cut, name), ledger)

    def _reached(self, cut: Cut, ledger: Ledger) -> Place:
        return Place(cut, frozenset(ledger.states), tuple(ledger.waiting))


def orders_of(cut: Cut) -> int:
    """Return how many orders of the events have this cut."""
    return prod(factorial(len(part)) for part in cut)


def by_cut(ends: Iterable[Place]) -> dict[Cut, list[Place]]:
    """Return the ends of the orders that the closings cut alike."""
    grouped: dict[Cut, list[Place]] = {}
    for end in ends:
        grouped.setdefault(end.cut, []).append(end)
    return grouped


def _with(cut: Cut, name: str) -> Cut:
    if name.startswith("close"):
        return (*cut, frozenset({name}), frozenset())
    return (*cut[:-1], cut[-1] | {name})

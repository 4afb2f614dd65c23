"""The states of one unit of work: loaded once, changed in memory, written together."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from shared.kernel.decision import Message, Query, State, StateRef, States, StoredState
from shared.kernel.ports import Transaction
from shared.kernel.service import Handler

ROUNDS_MAX = 6


class NeedsOwnUnitError(Exception):
    """A decision reads a page, and the unit of work already holds other decisions."""


class Session:
    """Loads the states that decisions read; each decision sees the effect of the ones before."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._stored: dict[StateRef[Any], StoredState[Any]] = {}
        self._pages: dict[Query[Any], tuple[StateRef[Any], ...]] = {}
        self._loaded = States(self._stored, self._pages)
        self._written: dict[StateRef[Any], StoredState[Any]] = {}

    async def load(self, refs: Iterable[StateRef[Any]]) -> None:
        """Load states that are not loaded yet, with one find per collection."""
        wanted: defaultdict[type[State], set[str]] = defaultdict(set)
        for ref in refs:
            if ref not in self._stored:
                wanted[ref.model].add(ref.key)
        for model, keys in wanted.items():
            self._add(await self._transaction.find(model, sorted(keys)))
            for key in keys:
                self._stored.setdefault(StateRef(model, key), StoredState(model, key))

    async def inputs(self, handler: Handler, message: Message[Any]) -> States:
        """Return all that a decision reads: its handler is called until it names nothing new."""
        for _ in range(ROUNDS_MAX):
            required = list(handler.required_states(message, self._loaded))
            refs = [each for each in required if isinstance(each, StateRef)]
            queries = [each for each in required if isinstance(each, Query)]
            if all(ref in self._stored for ref in refs) and self._pages.keys() >= set(queries):
                return self._restricted(refs, queries)
            await self.load(refs)
            for query in queries:
                await self._load_page(query)
        msg = f"{handler.event.__name__}: its reads never end"
        raise AssertionError(msg)

    def apply(self, written: Iterable[StoredState[Any]]) -> None:
        """Take over the states that a decision writes."""
        for stored in written:
            self._stored[stored.ref] = self._written[stored.ref] = stored
        self._pages.clear()  # They were read before this decision.

    @property
    def written(self) -> list[StoredState[Any]]:
        """What is to be written, in a stable order so that two units do not deadlock."""
        return sorted(self._written.values(), key=_place)

    @property
    def read_shared_states(self) -> bool:
        """Whether a shared state was read."""
        return any(ref.model.shared for ref in self._stored)

    def _restricted(self, refs: Iterable[StateRef[Any]], queries: Iterable[Query[Any]]) -> States:
        """Return what was named, and the states of the pages."""
        pages = {query: self._pages[query] for query in queries}
        named = dict.fromkeys((*refs, *chain.from_iterable(pages.values())))
        return States({ref: self._stored[ref] for ref in named}, pages)

    async def _load_page(self, query: Query[Any]) -> None:
        if query in self._pages:
            return
        if self._written:
            raise NeedsOwnUnitError
        states = await self._transaction.page(query)
        self._add(states)
        self._pages[query] = tuple(stored.ref for stored in states)

    def _add(self, states: Iterable[StoredState[Any]]) -> None:
        for stored in states:
            self._stored.setdefault(stored.ref, stored)


def _place(stored: StoredState[Any]) -> tuple[str, str]:
    return (stored.model.collection, stored.key)

"""The states of one unit of work: loaded once, changed in memory, written together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import orjson

from shared.kernel.decide import NOTHING, Basis, Decided, Lying
from shared.kernel.decision import Handler, Known, Message, Page, Ref, State
from shared.kernel.ports import Change, Fence, Found, Selection, Transaction

ROUNDS_MAX = 6


class NeedsOwnUnit(Exception):  # noqa: N818 - a turn of the work, not a fault
    """A decision reads a page, and the unit of work already holds other decisions."""


class Desk:
    """Loads what decisions ask for, shows each the effect of the ones before."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lying: dict[Ref[Any], Lying] = {}
        self._states: dict[Ref[Any], State | None] = {}
        self._pages: dict[Page[Any], tuple[Ref[Any], ...]] = {}
        self._turned: dict[Page[Any], tuple[Any, ...]] = {}
        self._loaded: dict[Ref[Any], int] = {}
        self._decided: dict[Ref[Any], Decided] = {}
        self._seen = Known(self._states, self._turned)

    async def open(self, refs: Iterable[Ref[Any]]) -> None:
        """Load states that are not on the desk yet, with one find per collection."""
        wanted: defaultdict[type[State], set[str]] = defaultdict(set)
        for ref in refs:
            if ref not in self._lying:
                wanted[ref.model].add(ref.key)
        for model, keys in wanted.items():
            self._lay(model, await self._transaction.find(model.collection, sorted(keys)))
            for key in keys:
                if (ref := Ref(model, key)) not in self._lying:
                    self._put(ref, NOTHING)

    async def basis(self, handler: Handler, message: Message[Any]) -> Basis:
        """Return all that a decision asks for, asking again while it names something new."""
        for _ in range(ROUNDS_MAX):
            wanted = list(handler.reads(message, self._seen))
            refs = [w for w in wanted if isinstance(w, Ref) and w not in self._lying]
            pages = [w for w in wanted if isinstance(w, Page) and w not in self._pages]
            if not refs and not pages:
                return self._basis(wanted)
            await self.open(refs)
            for page in pages:
                await self._turn(page)
        msg = f"{handler.event.__name__}: its reads never end"
        raise AssertionError(msg)

    def apply(self, after: Mapping[Ref[Any], Decided]) -> None:
        """Take over the states that a decision leaves."""
        for ref, decided in after.items():
            self._decided[ref] = decided
            self._put(ref, Lying(decided.state, decided.version, decided.content))
        self._pages.clear()  # They were read before this decision.
        self._turned.clear()

    def changes(self) -> list[Change]:
        """Return what is to be written, in a stable order so that two units do not deadlock."""
        changes = [self._change(ref, decided) for ref, decided in self._decided.items()]
        return sorted(changes, key=lambda change: (change.collection, change.id))

    def fence(self, worker: str) -> Fence:
        """Say what was done with shared states."""
        read = any(ref.model.shared for ref in self._lying)
        wrote = any(ref.model.shared for ref in self._decided)
        return Fence(worker=worker, read=read, wrote=wrote)

    def _basis(self, wanted: Iterable[Ref[Any] | Page[Any]]) -> Basis:
        """Return what was named, and the states of the pages."""
        pages = {w: self._pages[w] for w in wanted if isinstance(w, Page)}
        named = (w for w in wanted if isinstance(w, Ref))
        refs = dict.fromkeys((*named, *chain.from_iterable(pages.values())))
        return Basis({ref: self._lying[ref] for ref in refs}, pages)

    def _change(self, ref: Ref[Any], decided: Decided) -> Change:
        return Change(
            collection=ref.model.collection,
            id=ref.key,
            before=self._loaded.get(ref, 0),
            after=decided.version,
            document=decided.document,
            guard=decided.state.guard,
        )

    async def _turn(self, page: Page[Any]) -> None:
        if self._decided:
            raise NeedsOwnUnit
        found = await self._transaction.page(selection_of(page))
        self._lay(page.model, found)
        refs = tuple(Ref(page.model, each.id) for each in found)
        self._pages[page], self._turned[page] = refs, tuple(self._states[ref] for ref in refs)

    def _lay(self, model: type[State], found: Iterable[Found]) -> None:
        for each in found:
            ref = Ref(model, each.id)
            if ref not in self._loaded:
                content = orjson.dumps(each.document)
                self._put(ref, Lying(model.model_validate_json(content), each.version, content))
                self._loaded[ref] = each.version

    def _put(self, ref: Ref[Any], lying: Lying) -> None:
        self._lying[ref], self._states[ref] = lying, lying.state


def selection_of(page: Page[Any]) -> Selection:
    """Return a page in the words of the store."""
    return Selection(
        collection=page.model.collection,
        where=page.where,
        order=page.order,
        after=page.after,
        limit=page.limit,
    )

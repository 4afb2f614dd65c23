"""The states of one unit of work: loaded once, changed in memory, written together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson

from shared.kernel.decision import Decision, Handler, Known, Message, Page, Ref, State
from shared.kernel.ports import Change, Fence, Found, Selection, Transaction

ROUNDS_MAX = 6


class NeedsOwnUnit(Exception):  # noqa: N818 - a turn of the work, not a fault
    """A decision reads a page, and the unit of work already holds other decisions."""


class Desk:
    """Loads what decisions ask for, shows each the effect of the ones before."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._states: dict[Ref[Any], State | None] = {}
        self._pages: dict[Page[Any], tuple[State, ...]] = {}
        self._loaded: dict[Ref[Any], int] = {}
        self._decided: dict[Ref[Any], int] = {}
        self._known = Known(self._states, self._pages)

    async def open(self, refs: Iterable[Ref[Any]]) -> None:
        """Load states that are not on the desk yet, with one find per collection."""
        wanted: defaultdict[type[State], set[str]] = defaultdict(set)
        for ref in refs:
            if ref not in self._states:
                wanted[ref.model].add(ref.key)
        for model, keys in wanted.items():
            self._lay(model, await self._transaction.find(model.collection, sorted(keys)))
            for key in keys:
                self._states.setdefault(Ref(model, key), None)

    async def known(self, handler: Handler, message: Message[Any]) -> Known:
        """Return all that a decision asks for, asking again while it names something new."""
        for _ in range(ROUNDS_MAX):
            wanted = list(handler.reads(message, self._known))
            refs = [w for w in wanted if isinstance(w, Ref) and w not in self._states]
            pages = [w for w in wanted if isinstance(w, Page) and w not in self._pages]
            if not refs and not pages:
                return self._known
            await self.open(refs)
            for page in pages:
                await self._turn(page)
        msg = f"{handler.event.__name__}: its reads never end"
        raise AssertionError(msg)

    def apply(self, decision: Decision) -> None:
        """Take over the states of a decision; each is one version further."""
        for state in decision.states:
            ref = Ref(type(state), state.key)
            self._decided[ref] = (self.version_of(ref) or 0) + 1
            self._states[ref] = state
        self._pages.clear()  # They were read before this decision.

    def version_of(self, ref: Ref[Any]) -> int | None:
        """Return the version that a state has by now; None when it does not exist."""
        return self._decided.get(ref, self._loaded.get(ref))

    def changes(self) -> list[Change]:
        """Return what is to be written, in a stable order so that two units do not deadlock."""
        changes = [self._change(ref, version) for ref, version in self._decided.items()]
        return sorted(changes, key=lambda change: (change.collection, change.id))

    def fence(self, worker: str) -> Fence:
        """Say what was done with shared states."""
        read = any(ref.model.shared for ref in self._states)
        wrote = any(ref.model.shared for ref in self._decided)
        return Fence(worker=worker, read=read, wrote=wrote)

    def _change(self, ref: Ref[Any], version: int) -> Change:
        state = self._states[ref]
        assert state is not None
        return Change(
            collection=ref.model.collection,
            id=ref.key,
            before=self._loaded.get(ref, 0),
            after=version,
            document=state.model_dump(mode="json"),
        )

    async def _turn(self, page: Page[Any]) -> None:
        if self._decided:
            raise NeedsOwnUnit
        found = await self._transaction.page(_selection(page))
        self._lay(page.model, found)
        self._pages[page] = tuple(self._states[Ref(page.model, each.id)] for each in found)  # type: ignore[misc]

    def _lay(self, model: type[State], found: Iterable[Found]) -> None:
        for each in found:
            ref = Ref(model, each.id)
            if ref not in self._loaded:
                self._states[ref] = model.model_validate_json(orjson.dumps(each.document))
                self._loaded[ref] = each.version


def _selection(page: Page[Any]) -> Selection:
    return Selection(
        collection=page.model.collection,
        where=page.where,
        order=page.order,
        after=page.after,
        limit=page.limit,
    )

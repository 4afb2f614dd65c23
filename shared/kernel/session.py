"""The states of one unit of work: loaded once, changed in memory, written together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import orjson

from shared.kernel.decide import MISSING, DecisionInputs, LoadedState, UpdatedState
from shared.kernel.decision import Handler, Message, Query, State, StateRef, States
from shared.kernel.personal import personal_fields
from shared.kernel.ports import Change, Selection, SharedAccess, StoredDocument, Transaction

ROUNDS_MAX = 6


class NeedsOwnUnitError(Exception):
    """A decision reads a page, and the unit of work already holds other decisions."""


class Session:
    """Loads the states that decisions read; each decision sees the effect of the ones before."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._cached: dict[StateRef[Any], LoadedState] = {}
        self._states: dict[StateRef[Any], State | None] = {}
        self._pages: dict[Query[Any], tuple[StateRef[Any], ...]] = {}
        self._page_results: dict[Query[Any], tuple[Any, ...]] = {}
        self._loaded: dict[StateRef[Any], int] = {}
        self._updated: dict[StateRef[Any], UpdatedState] = {}
        self._visible = States(self._states, self._page_results)

    async def load(self, refs: Iterable[StateRef[Any]]) -> None:
        """Load states that are not cached yet, with one find per collection."""
        wanted: defaultdict[type[State], set[str]] = defaultdict(set)
        for ref in refs:
            if ref not in self._cached:
                wanted[ref.model].add(ref.key)
        for model, keys in wanted.items():
            documents = await self._transaction.find(model.collection, sorted(keys))
            self._cache_documents(model, documents)
            for key in keys:
                if (ref := StateRef(model, key)) not in self._cached:
                    self._cache(ref, MISSING)

    async def inputs(self, handler: Handler, message: Message[Any]) -> DecisionInputs:
        """Return all that a decision reads: its handler is called until it names nothing new."""
        for _ in range(ROUNDS_MAX):
            wanted = list(handler.required_states(message, self._visible))
            refs = [w for w in wanted if isinstance(w, StateRef) and w not in self._cached]
            pages = [w for w in wanted if isinstance(w, Query) and w not in self._pages]
            if not refs and not pages:
                return self._inputs(wanted)
            await self.load(refs)
            for page in pages:
                await self._query_page(page)
        msg = f"{handler.event.__name__}: its reads never end"
        raise AssertionError(msg)

    def apply(self, after: Mapping[StateRef[Any], UpdatedState]) -> None:
        """Take over the states that a decision writes."""
        for ref, updated in after.items():
            self._updated[ref] = updated
            self._cache(ref, LoadedState(updated.state, updated.version, updated.content))
        self._pages.clear()  # They were read before this decision.
        self._page_results.clear()

    def changes(self) -> list[Change]:
        """Return what is to be written, in a stable order so that two units do not deadlock."""
        changes = [self._change(ref, updated) for ref, updated in self._updated.items()]
        return sorted(changes, key=lambda change: (change.collection, change.id))

    def shared_access(self, worker: str) -> SharedAccess:
        """Return what was done with shared states."""
        read = any(ref.model.shared for ref in self._cached)
        wrote = any(ref.model.shared for ref in self._updated)
        return SharedAccess(worker=worker, read=read, wrote=wrote)

    def _inputs(self, wanted: Iterable[StateRef[Any] | Query[Any]]) -> DecisionInputs:
        """Return what was named, and the states of the pages."""
        pages = {w: self._pages[w] for w in wanted if isinstance(w, Query)}
        named = (w for w in wanted if isinstance(w, StateRef))
        refs = dict.fromkeys((*named, *chain.from_iterable(pages.values())))
        return DecisionInputs({ref: self._cached[ref] for ref in refs}, pages)

    def _change(self, ref: StateRef[Any], updated: UpdatedState) -> Change:
        model: type[State] = ref.model
        return Change(
            collection=ref.model.collection,
            id=ref.key,
            before=self._loaded.get(ref, 0),
            after=updated.version,
            document=updated.document,
            precondition=updated.state.write_precondition,
            personal=personal_fields(model),
        )

    async def _query_page(self, page: Query[Any]) -> None:
        if self._updated:
            raise NeedsOwnUnitError
        documents = await self._transaction.page(selection_of(page))
        self._cache_documents(page.model, documents)
        refs = tuple(StateRef(page.model, document.id) for document in documents)
        self._pages[page], self._page_results[page] = refs, tuple(self._states[ref] for ref in refs)

    def _cache_documents(self, model: type[State], documents: Iterable[StoredDocument]) -> None:
        for stored in documents:
            ref = StateRef(model, stored.id)
            if ref not in self._loaded:
                content = orjson.dumps(stored.document)
                state = model.model_validate_json(content)
                self._cache(ref, LoadedState(state, stored.version, content))
                self._loaded[ref] = stored.version

    def _cache(self, ref: StateRef[Any], loaded: LoadedState) -> None:
        self._cached[ref], self._states[ref] = loaded, loaded.state


def selection_of(page: Query[Any]) -> Selection:
    """Return a query as the store's port takes it."""
    return Selection(
        collection=page.model.collection,
        where=page.where,
        order=page.order,
        after=page.after,
        limit=page.limit,
    )

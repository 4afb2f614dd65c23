"""The read port in one process, on the store of one service."""

import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Any, TypeVar

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.memory.documents import value_at
from shared.kernel.memory.store import MemoryStore
from shared.kernel.messages import InboxKey, MessageRecord
from shared.kernel.position import position_of
from shared.kernel.read_port import StoredOutput, Where, bodies_by_routing_key

S = TypeVar("S", bound=State)
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$in": lambda value, operand: value in operand,
    "$ne": lambda value, operand: value != operand,
    "$lte": lambda value, operand: value is not None and value <= operand,
}


class MemoryReads:
    """One service's records and states. Every method may raise StoreError."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of one message, also a legacy one; None while it was not handled."""
        await self._store.ping()
        return self._store.records.get(key) or self._store.records.get(key.legacy)

    async def handled(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, of messages that were handled, also as legacy ones."""
        await self._store.ping()
        records = self._store.records
        return {key for key in keys if key in records or key.legacy in records}

    async def recorded(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, that have a record under any redrive number."""
        await self._store.ping()
        first = {key._replace(replay=0) for key in self._store.records}
        return {
            key
            for key in keys
            if not first.isdisjoint({key._replace(replay=0), key.legacy._replace(replay=0)})
        }

    async def outputs(self, *, since: datetime | None = None) -> AsyncIterator[StoredOutput]:
        """Yield the events in all records, or in those handled since then, by position."""
        await self._store.ping()
        least = position_of(since) if since else 0
        for record in self._records():
            for output in record.outputs if record.position >= least else ():
                if output.queue is None:
                    digest, about = sha256(output.body).hexdigest(), output.subject
                    yield StoredOutput(
                        record.key, record.position, output.id, output.routing_key, digest, about
                    )

    async def records(
        self, *, caf: str | None = None, dossier_id: str | None = None
    ) -> AsyncIterator[MessageRecord]:
        """Yield the records of decisions, of one Caf or dossier, ordered by position."""
        await self._store.ping()
        for record in self._records():
            of_caf = not caf or record.caf == caf
            of_dossier = not dossier_id or dossier_id in record.dossier_ids
            if record.outcome == "decided" and of_caf and of_dossier:
                yield record

    async def count_records(self, *, caf: str | None = None, dossier_id: str | None = None) -> int:
        """Count what `records` yields."""
        return len([record async for record in self.records(caf=caf, dossier_id=dossier_id)])

    async def records_of_dossier(self, dossier_id: str) -> list[MessageRecord]:
        """Return the records about a dossier, oldest first.

        A record may be about many dossiers: outputs about others are left out.
        """
        await self._store.ping()
        about = (record for record in self._records() if dossier_id in record.dossier_ids)
        return [_about(record, dossier_id) for record in about]

    async def events_of_caf(self, caf: str, keys: Sequence[str]) -> list[bytes]:
        """Return the events of a Caf under these routing keys, received or published, in order."""
        records = [record async for record in self.records()]
        of_caf = (record for record in records if record.caf in {caf, None})
        return list(bodies_by_routing_key(of_caf, keys))

    async def events_of_dossiers(
        self, dossier_ids: AbstractSet[str], keys: Sequence[str]
    ) -> list[bytes]:
        """Return such events in the records of decisions about these dossiers."""
        records = [record async for record in self.records()]
        about = (record for record in records if not dossier_ids.isdisjoint(record.dossier_ids))
        return list(bodies_by_routing_key(about, keys))

    async def state(self, model: type[S], key: str) -> S | None:
        """Return one state, None when it does not exist."""
        return next(iter(await self.find_by_ids(model, [key])), None)

    async def states(self, model: type[S], where: Where, order: Sequence[str] = ()) -> list[S]:
        """Return all states that a filter selects, in the order of some fields, then of keys."""
        return [each.existing for each in await self._selected(model, where, order)]

    async def stream(
        self, model: type[S], where: Where, order: Sequence[str] = ()
    ) -> AsyncIterator[StoredState[S]]:
        """Yield such states one by one, not parsed."""
        for document in await self._selected(model, where, order):
            yield document

    async def find_first(self, model: type[S], where: Where, most: int) -> list[StoredState[S]]:
        """Return the first `most` of these states by key."""
        return (await self._selected(model, where))[:most]

    async def find_by_ids(self, model: type[S], keys: Sequence[str]) -> list[S]:
        """Return the states that exist among these keys."""
        return await self.states(model, {"_id": {"$in": keys}})

    async def count_states(self, model: type[State], where: Where) -> int:
        """Count the states that a filter selects."""
        return len(await self._selected(model, where))

    async def distinct(self, model: type[State], field: str, where: Where) -> list[str]:
        """Return the values of a field over these states, sorted."""
        return sorted({str(_value(d, field)) for d in await self._selected(model, where)})

    async def keys(self, model: type[State]) -> list[str]:
        """Return the keys of all states of a model, sorted."""
        return [document.key for document in await self._selected(model, {})]

    async def count_unpublished(self) -> int:
        """Count the records whose outputs wait to be published."""
        return await self._store.count_unpublished()

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest of them waits, None when there is none."""
        return await self._store.oldest_unpublished()

    def _records(self) -> list[MessageRecord]:
        return sorted(self._store.records.values(), key=attrgetter("position"))

    async def _selected(
        self, model: type[S], where: Where, order: Sequence[str] = ()
    ) -> list[StoredState[S]]:
        """Return the states that a filter selects, sorted by some fields, then by key."""
        every = Query(model, (), sys.maxsize, tuple(order))
        return [each for each in await self._store.page(every) if _fits(each, where)]


def _about(record: MessageRecord, dossier_id: str) -> MessageRecord:
    outputs = tuple(o for o in record.outputs if o.subject in {dossier_id, None})
    return replace(record, outputs=outputs)


def _fits(document: StoredState[Any], where: Where) -> bool:
    return all(_holds(_value(document, field), condition) for field, condition in where.items())


def _holds(value: Any, condition: Any) -> bool:
    if not isinstance(condition, Mapping):
        return bool(value == condition)
    return all(OPERATORS[name](value, operand) for name, operand in condition.items())


def _value(document: StoredState[Any], field: str) -> Any:
    """Return the value of a field, of nested ones after dots, None where it is absent."""
    return document.key if field == "_id" else value_at(document.document, field)

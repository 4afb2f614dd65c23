"""The store in one process: snapshot isolation, write conflicts, optimistic versions, an inbox.

It conflicts where MongoDB does: with a document written since the snapshot, or being written
by another transaction. What a transaction only read is not protected, but for its read lock.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson

from shared.kernel.clock import REAL_CLOCK, Clock
from shared.kernel.decision import Query, State, StoredState
from shared.kernel.memory.documents import content_of, fits, place_of
from shared.kernel.messages import InboxKey, MessageRecord, OutboxBatch, outbox_batch
from shared.kernel.ports import ConflictError, StoreUnavailableError
from shared.kernel.preconditions import check_preconditions

Cell = tuple[str, str]
S = TypeVar("S", bound=State)


@dataclass(slots=True)
class _Past:
    """All committed versions of one document: (time of commit, version, content or None)."""

    history: list[tuple[int, int, bytes | None]] = field(default_factory=list)
    writer: object | None = None

    def at(self, snapshot: int) -> tuple[int, bytes] | None:
        for committed, version, content in reversed(self.history):
            if committed <= snapshot:
                return None if content is None else (version, content)
        return None

    @property
    def latest(self) -> int:
        return self.history[-1][0] if self.history else 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A batch of the outbox: its records, when it was written, from when it may be leased."""

    keys: tuple[InboxKey, ...]
    since: datetime
    due: datetime
    token: str | None = None


class MemoryStore:
    """One service's database, in memory. `up = False` makes it go away."""

    def __init__(self, clock: Clock = REAL_CLOCK) -> None:
        self.up, self._now = True, clock.now
        self.records: dict[InboxKey, MessageRecord] = {}
        self._born: dict[InboxKey, int] = {}
        self._outbox: dict[InboxKey, _Waiting] = {}
        self._cells: defaultdict[Cell, _Past] = defaultdict(_Past)
        self._clock = 0
        self._attempts: Counter[str] = Counter()

    def transaction(self) -> AbstractAsyncContextManager["MemoryTransaction"]:
        """Commit at the end of the block; nothing is left of a block that raised."""
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator["MemoryTransaction"]:
        await self.ping()
        transaction = MemoryTransaction(self, self._clock)
        try:
            yield transaction
            await self.ping()
            self._commit(transaction)
        finally:
            for cell in transaction.locked:
                self._cells[cell].writer = None

    def _commit(self, transaction: "MemoryTransaction") -> None:
        self._clock += 1
        for cell, (version, content) in transaction.writes.items():
            self._cells[cell].history.append((self._clock, version, content))
        for record in transaction.records:
            self.records[record.key] = record
            self._born[record.key] = self._clock
        if batch := outbox_batch(transaction.records):
            now = self._now()
            self._outbox[batch.id] = _Waiting(tuple(r.key for r in batch.records), now, now)

    async def mark_published(
        self,
        batches: Sequence[OutboxBatch],
        unpublished: AbstractSet[InboxKey] = frozenset(),
        token: str | None = None,
    ) -> int:
        """Mark the records of batches as published, all but `unpublished`; count the batches."""
        await self.ping()
        held = [
            batch
            for batch in batches
            if (waiting := self._outbox.get(batch.id)) and token in {None, waiting.token}
        ]
        for batch in held:
            if left := batch.left(unpublished):
                self._outbox[batch.id] = replace(self._outbox[batch.id], keys=left)
            else:
                del self._outbox[batch.id]
        return len(held)

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[OutboxBatch]:
        """Lease batches that wait longer than `grace`, the oldest first."""
        await self.ping()
        now = self._now()
        leased: list[OutboxBatch] = []
        for key, waiting in sorted(self._outbox.items(), key=lambda item: item[1].due):
            if waiting.due > now - grace or sum(len(each.records) for each in leased) >= most:
                break
            self._outbox[key] = replace(waiting, due=now - grace + lease, token=token)
            leased.append(OutboxBatch(key, tuple(self.records[own] for own in waiting.keys)))
        return leased

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        await self.ping()
        return self.waiting

    @property
    def waiting(self) -> int:
        """The number of records that wait to be published; does not yield to other tasks."""
        return sum(len(waiting.keys) for waiting in self._outbox.values())

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest record waits to be published, None when there is none."""
        await self.ping()
        since = [waiting.since for waiting in self._outbox.values()]
        return self._now() - min(since) if since else None

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states as committed."""
        return (await self._states(query))[: query.limit]

    async def count(self, query: Query[Any]) -> int:
        """Count the states of a page and all behind it."""
        return len(await self._states(query))

    async def _states(self, query: Query[S]) -> list[StoredState[S]]:
        await self.ping()
        return states_of(self, query, self._clock)

    async def count_attempt(self, message: str) -> int:
        """Count one more attempt to decide a message alone, and return how many it had."""
        await self.ping()
        self._attempts[message] += 1
        return self._attempts[message]

    async def forget_attempts(self, messages: Sequence[str]) -> None:
        """Forget the attempts of messages that were decided or refused."""
        await self.ping()
        for message in messages:
            del self._attempts[message]

    async def ping(self) -> None:
        """Yield to other tasks, then answer."""
        await asyncio.sleep(0)
        if not self.up:
            msg = "the in-process store is down"
            raise StoreUnavailableError(msg)

    def documents(self, collection: str) -> list[dict[str, Any]]:
        """Return all documents of a collection as committed, in the order of their ids."""
        cells = sorted(cell for cell in self._cells if cell[0] == collection)
        versions = (self._cells[cell].at(self._clock) for cell in cells)
        return [orjson.loads(version[1]) for version in versions if version]

    def keys(self, collection: str) -> list[str]:
        """Return the ids of a collection, of deleted documents too."""
        return sorted(key for name, key in self._cells if name == collection)

    def past(self, cell: Cell) -> _Past:
        """Return the history of one document, to be written."""
        return self._cells[cell]

    def at(self, cell: Cell, snapshot: int) -> tuple[int, bytes] | None:
        """Return version and content of a document at a snapshot."""
        return self._cells[cell].at(snapshot) if cell in self._cells else None

    def record_at(self, key: InboxKey, snapshot: int) -> MessageRecord | None:
        """Return the record of a message at a snapshot, or the legacy one."""
        for own in (key, key.legacy):
            if self._born.get(own, snapshot + 1) <= snapshot:
                return self.records[own]
        return None


class MemoryTransaction:
    """A snapshot and the writes that commit together."""

    def __init__(self, store: MemoryStore, snapshot: int) -> None:
        self._store, self._snapshot = store, snapshot
        self.writes: dict[Cell, tuple[int, bytes | None]] = {}
        self.records: list[MessageRecord] = []
        self.locked: list[Cell] = []

    async def already_handled(self, keys: Sequence[InboxKey]) -> dict[InboxKey, str]:
        """Return the body's hash of each message that was handled before, also as a legacy one."""
        await self._store.ping()
        records = {key: self._store.record_at(key, self._snapshot) for key in keys}
        return {key: record.sha256 for key, record in records.items() if record}

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of a message that was handled before, also of a legacy one."""
        await self._store.ping()
        return self._store.record_at(key, self._snapshot)

    async def find(self, model: type[S], keys: Sequence[str]) -> list[StoredState[S]]:
        """Return the states that exist among `keys`."""
        await self._store.ping()
        return list(states_among(self._store, model, keys, self._snapshot))

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states."""
        await self._store.ping()
        return states_of(self._store, query, self._snapshot)[: query.limit]

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        """Write states, records and the read lock, if every precondition holds."""
        await self._store.ping()
        has_preconditions = await check_preconditions(self, states)
        for stored in states:
            self._check_version(stored)
            self._put((stored.model.collection, stored.key), stored.version, content_of(stored))
        for record in records:
            self._put(("inbox", repr(record.key)), 1, b"{}")
        self.records = list(records)
        if any(stored.model.shared for stored in states):
            self._delete_read_locks()
        elif read_shared or has_preconditions:
            self._put_read_lock(worker)

    def _check_version(self, stored: StoredState[Any]) -> None:
        present = self._store.at((stored.model.collection, stored.key), self._snapshot)
        if (present[0] if present else 0) != stored.replaces:
            msg = f"{stored.model.collection} {stored.key} is not at version {stored.replaces}"
            raise ConflictError(msg)

    def _put(self, cell: Cell, version: int, content: bytes | None) -> None:
        past = self._store.past(cell)
        if past.writer not in {None, self} or past.latest > self._snapshot:
            msg = f"write conflict on {cell[0]} {cell[1]}"
            raise ConflictError(msg)
        past.writer = self
        self.locked.append(cell)
        self.writes[cell] = (version, content)

    def _put_read_lock(self, worker: str) -> None:
        if self._store.at(("fences", worker), self._snapshot) is None:
            self._put(("fences", ""), 1, b"{}")
        self._put(("fences", worker), 1, b"{}")

    def _delete_read_locks(self) -> None:
        self._put(("fences", ""), 1, b"{}")
        for worker in self._store.keys("fences"):
            if worker and self._store.at(("fences", worker), self._snapshot):
                self._put(("fences", worker), 1, None)


def states_among(
    store: MemoryStore, model: type[S], keys: Iterable[str], snapshot: int
) -> Iterable[StoredState[S]]:
    """Yield the states that exist among `keys` at a snapshot."""
    for key in keys:
        if present := store.at((model.collection, key), snapshot):
            version, content = present
            yield StoredState(model, key, version, orjson.loads(content), version)


def states_of(store: MemoryStore, query: Query[S], snapshot: int) -> list[StoredState[S]]:
    """Return the states of a page and all behind it, at a snapshot."""
    states = states_among(store, query.model, store.keys(query.model.collection), snapshot)
    fitting = [stored for stored in states if fits(stored, query)]
    return sorted(fitting, key=lambda stored: place_of(stored, query))

"""The store port of one replica, on the in-process store of its service."""

import asyncio
import copy
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from shared.kernel.clock import Clock
from shared.kernel.decision import Query, State, StoredState
from shared.kernel.memory import MemoryStore
from shared.kernel.memory.store import MemoryTransaction
from shared.kernel.messages import InboxKey, MessageRecord, OutboxBatch
from shared.kernel.ports import ConflictError, StoreUnavailableError, UnexpectedStoreError
from tests.simulation.injector import HEARTBEAT_S, Injector
from tests.simulation.loop import Process

S = TypeVar("S", bound=State)


class Database:
    """A service's database server: its content, and the transactions that are open."""

    def __init__(self, clock: Clock) -> None:
        self.content, self.up = MemoryStore(clock), True
        self.open: dict[SimulatedTransaction, Process] = {}

    def snapshot(self) -> MemoryStore:
        """Return a copy of what is committed."""
        writers = {id(transaction.inner): None for transaction in self.open}
        return copy.deepcopy(self.content, writers)

    def restore(self, snapshot: MemoryStore) -> None:
        """Replace the content by an older one."""
        self.abort_all()
        self.content = snapshot

    def abort_all(self) -> None:
        """Abort every open transaction."""
        for transaction in [*self.open]:
            self.abort(transaction)

    def abort_of(self, process: Process) -> None:
        """Abort the transactions of a process."""
        for transaction in [one for one, owner in self.open.items() if owner is process]:
            self.abort(transaction)

    def abort(self, transaction: "SimulatedTransaction") -> None:
        """Abort a transaction: it holds no document any more and cannot commit."""
        self.open.pop(transaction, None)
        transaction.aborted = True
        for cell in transaction.inner.locked:
            self.content.past(cell).writer = None
        transaction.inner.locked.clear()


class SimulatedStore:
    """Answers as `Store` says, when it answers."""

    def __init__(self, database: Database, process: Process, injector: Injector) -> None:
        self._database, self._process, self._injector = database, process, injector

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["SimulatedTransaction"]:
        """Commit at the end of the block; the answer to that may be lost either way."""
        await self.call("begin")
        began = self._injector.loop.time()
        async with self._database.content.transaction() as inner:
            transaction = SimulatedTransaction(inner, self)
            self._database.open[transaction] = self._process
            try:
                yield transaction
                await self._before_commit(transaction, began)
            finally:
                self._database.open.pop(transaction, None)
        await self._answer("commit", "done")

    async def _before_commit(self, transaction: "SimulatedTransaction", began: float) -> None:
        await self.call("commit")
        if self._injector.happens("conflict"):
            await self._fail("commit", ConflictError("simulated"))
        if self._injector.happens("store_odd"):
            await self._fail("commit", UnexpectedStoreError("simulated"))
        transaction.check()
        if self._injector.loop.time() > began + HEARTBEAT_S:
            await self._fail("commit", ConflictError("the transaction was open for too long"))

    async def mark_published(
        self,
        batches: Sequence[OutboxBatch],
        unpublished: AbstractSet[InboxKey] = frozenset(),
        token: str | None = None,
    ) -> int:
        """Mark the records of batches as published, all but `unpublished`."""
        left = _ids(sorted(unpublished))
        await self.call("mark", f"{_batches(batches)} without {left or 'none'}, {token or ''}")
        marked = await self._database.content.mark_published(batches, unpublished, token)
        await self._answer("mark", str(marked))
        return marked

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[OutboxBatch]:
        """Lease batches that wait to be published."""
        await self.call("lease", token)
        store = self._database.content
        batches = await store.lease_unpublished(most=most, grace=grace, lease=lease, token=token)
        await self._answer("lease", _batches(batches))
        return batches

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        await self.call("count unpublished")
        return await self._database.content.count_unpublished()

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest record waits to be published."""
        await self.call("oldest unpublished")
        return await self._database.content.oldest_unpublished()

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states as committed."""
        await self.call("page", query.model.collection)
        return await self._database.content.page(query)

    async def count(self, query: Query[Any]) -> int:
        """Count the states of a page and all behind it."""
        await self.call("count", query.model.collection)
        return await self._database.content.count(query)

    async def count_attempt(self, message: str) -> int:
        """Count one more attempt to decide a message alone."""
        await self.call("attempt", message)
        attempts = await self._database.content.count_attempt(message)
        await self._answer("attempt", str(attempts))
        return attempts

    async def forget_attempts(self, messages: Sequence[str]) -> None:
        """Forget the attempts of messages."""
        await self.call("forget attempts", " ".join(messages))
        await self._database.content.forget_attempts(messages)

    async def ping(self) -> None:
        """Answer, or raise StoreUnavailableError."""
        await self.call("ping")

    async def call(self, call: str, detail: str = "") -> None:
        """Send a call to the server; it may not arrive."""
        await self._injector.step(self._process, call, detail)
        await self._may_fail(call)

    async def _answer(self, call: str, outcome: str) -> None:
        """Get the answer to a call that had its effect; it may be lost."""
        await self._injector.step(self._process, f"{call} answers", outcome)
        await self._may_fail(call)

    async def _may_fail(self, call: str) -> None:
        if self._database.up and not self._injector.happens("store_fails"):
            return
        await asyncio.sleep(self._injector.rng.uniform(0, 1))
        await self._fail(call, StoreUnavailableError("simulated"))

    async def _fail(self, call: str, error: Exception) -> None:
        await self._injector.step(self._process, f"{call} fails", type(error).__name__)
        raise error


class SimulatedTransaction:
    """A transaction of the in-process store that the server may abort."""

    def __init__(self, inner: MemoryTransaction, store: SimulatedStore) -> None:
        self.inner, self._store, self.aborted = inner, store, False

    def check(self) -> None:
        """Raise ConflictError when the server aborted this transaction."""
        if self.aborted:
            msg = "the transaction was aborted"
            raise ConflictError(msg)

    async def already_handled(self, keys: Sequence[InboxKey]) -> dict[InboxKey, str]:
        """Return the body's hash of each message that was handled before."""
        await self._call("inbox", _ids(keys))
        return await self.inner.already_handled(keys)

    async def find(self, model: type[S], keys: Sequence[str]) -> list[StoredState[S]]:
        """Return the states that exist among `keys`."""
        await self._call("find", f"{model.collection} {' '.join(keys)}")
        return await self.inner.find(model, keys)

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of a message that was handled before."""
        await self._call("record", _ids([key]))
        return await self.inner.record(key)

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states."""
        await self._call("page", query.model.collection)
        return await self.inner.page(query)

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        """Write states and records."""
        await self._call("write", _ids([record.key for record in records]))
        await self.inner.write(states, records, worker, read_shared=read_shared)

    async def _call(self, call: str, detail: str) -> None:
        await self._store.call(call, detail)
        self.check()


def _ids(keys: Sequence[InboxKey]) -> str:
    return " ".join(key.id[:24] for key in keys)


def _batches(batches: Sequence[OutboxBatch]) -> str:
    return _ids([batch.id for batch in batches])

"""The store on MongoDB, through motor: only this package knows the driver.

Every write but leases and marks is `w: majority, j: true`; transactions read a snapshot.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, ReturnDocument, WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.messages import InboxKey, OutboxBatch
from shared.mongodb import outbox
from shared.mongodb.errors import UNKNOWN_RESULT, map_driver_errors
from shared.mongodb.form import check_form, write_form
from shared.mongodb.indexes import create_collections, index_keys
from shared.mongodb.transaction import STEP, MongoTransaction, find_page, page_filter

COMMIT_MS_MAX = 5_000
COMMIT_AGAIN_S = 0.05
ANSWER_MS_MAX = 5_000
Document = dict[str, Any]
S = TypeVar("S", bound=State)


def connect(
    url: str,
    answer_ms_max: int | None = 4 * ANSWER_MS_MAX,
    selection_ms_max: int = ANSWER_MS_MAX,
) -> AsyncIOMotorClient[Document]:
    """Return a client with full durability; nothing is sent before its first use.

    `answer_ms_max` bounds the wait for one answer; None waits for as long as the server works.
    `selection_ms_max` bounds the wait for a server that answers at all.
    """
    return AsyncIOMotorClient(
        url,
        w="majority",
        journal=True,
        retryWrites=True,
        tz_aware=True,
        serverSelectionTimeoutMS=selection_ms_max,
        connectTimeoutMS=selection_ms_max,
        socketTimeoutMS=answer_ms_max,
        appname="clas",
    )


class MongoStore:
    """One service's database."""

    def __init__(
        self,
        database: AsyncIOMotorDatabase[Document],
        committing: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._committing = database, committing
        # One member's acknowledgement is enough: a mark that is lost makes a harmless double.
        self._outbox = database.get_collection(outbox.NAME, write_concern=WriteConcern(1))

    async def prepare(self, states: Iterable[type[State]]) -> None:
        """Create collections and indexes, before any transaction; doing it again is safe.

        Raises:
            StoreFormError: when the database has another form; nothing is written.
            StoreError: when the database does not answer.
        """
        await check_form(self._database)
        await write_form(self._database)
        with map_driver_errors():
            await create_collections(self._database, states)

    def transaction(self) -> AbstractAsyncContextManager[MongoTransaction]:
        """Commit at the end of the block; nothing is left of a block that raised."""
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[MongoTransaction]:
        with map_driver_errors():
            async with (
                await self._database.client.start_session() as session,
                session.start_transaction(
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority", j=True),
                    max_commit_time_ms=COMMIT_MS_MAX,
                ),
            ):
                yield MongoTransaction(self._database, session)
                commit = asyncio.ensure_future(_commit(session))
                await asyncio.sleep(0)
                self._committing()
                await commit

    async def mark_published(
        self,
        batches: Sequence[OutboxBatch],
        unpublished: AbstractSet[InboxKey] = frozenset(),
        token: str | None = None,
    ) -> int:
        """Mark the records of batches as published, all but `unpublished`; count the batches."""
        if not batches:
            return 0
        marks = [outbox.mark(batch, batch.left(unpublished), token) for batch in batches]
        with map_driver_errors():
            result = await self._outbox.bulk_write(marks, ordered=False)
        return int(result.deleted_count + result.matched_count)

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[OutboxBatch]:
        """Lease batches that wait longer than `grace`, the oldest first, by the server's clock."""
        waiting = outbox.waiting_since(grace, lease) | {"token": {"$ne": token}}
        leasing = [{"$set": {"due": outbox.from_now(lease - grace), "token": token}}]
        leased: dict[InboxKey, Sequence[InboxKey]] = {}
        with map_driver_errors():
            while sum(map(len, leased.values())) < most and (
                document := await self._outbox.find_one_and_update(
                    waiting, leasing, sort=[("due", ASCENDING)]
                )
            ):
                leased |= outbox.keys_by_batch(document)
            return await outbox.read_batches(self._database, leased)

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        return int((await self._unpublished()).get("count", 0))

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest record waits to be published, None when there is none."""
        waiting = await self._unpublished()
        return timedelta(milliseconds=waiting["age"]) if waiting else None

    async def _unpublished(self) -> Document:
        """Return number and age of what waits, read from the index alone; nothing when none is."""
        total = {"_id": None, "count": {"$sum": "$count"}, "since": {"$min": "$since"}}
        age = {"age": {"$subtract": ["$$NOW", "$since"]}}
        with map_driver_errors():
            cursor = self._outbox.aggregate(
                [{"$group": total}, {"$set": age}], hint=dict(index_keys(outbox.INDEX))
            )
            return next(iter(await cursor.to_list(1)), {})

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states as committed, outside of any transaction."""
        with map_driver_errors():
            return await find_page(self._database, query)

    async def count(self, query: Query[Any]) -> int:
        """Count the states of a page and all behind it."""
        where = page_filter(query)
        with map_driver_errors():
            return int(await self._database[query.model.collection].count_documents(where))

    async def count_attempt(self, message: str) -> int:
        """Count one more attempt, and return how many there are."""
        with map_driver_errors():
            document = await self._database["attempts"].find_one_and_update(
                {"_id": message}, STEP, upsert=True, return_document=ReturnDocument.AFTER
            )
        return int(document["n"])

    async def forget_attempts(self, messages: Sequence[str]) -> None:
        """Forget the attempts of messages that did not end their process."""
        with map_driver_errors():
            await self._database["attempts"].delete_many({"_id": {"$in": list(messages)}})

    async def ping(self) -> None:
        """Answer, or raise StoreUnavailableError."""
        with map_driver_errors():
            await self._database.command("ping")


async def _commit(session: AsyncIOMotorClientSession) -> None:
    """Commit, again while the answer is lost, but for no longer than one answer may take.

    A transaction of which nobody asks any more keeps its locks until the server ends it.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + COMMIT_MS_MAX / 1000
    while True:
        try:
            await session.commit_transaction()
        except PyMongoError as fault:
            if not fault.has_error_label(UNKNOWN_RESULT) or loop.time() > deadline:
                raise
            await asyncio.sleep(COMMIT_AGAIN_S)
        else:
            return

"""The store on MongoDB, through motor: only this package knows the driver.

Every write is `w: majority, j: true`; transactions read a snapshot.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, InsertOne, ReplaceOne, ReturnDocument, WriteConcern
from pymongo.read_concern import ReadConcern

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.messages import FORM, InboxKey, MessageRecord
from shared.kernel.ports import ConflictError
from shared.kernel.preconditions import check_preconditions
from shared.mongodb.documents import (
    document_to_record,
    document_to_state,
    inbox_id,
    inbox_key,
    record_to_document,
    state_to_document,
)
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.form import check_form, write_form
from shared.mongodb.indexes import create_collections

REGISTRY = "registry"
STEP = {"$inc": {"n": 1}, "$setOnInsert": {"_form": FORM}}
WAITING = ("pending", "due", "token")
COMMIT_MS_MAX = 5_000
ANSWER_MS_MAX = 5_000
Document = dict[str, Any]
S = TypeVar("S", bound=State)


def connect(
    url: str, answer_ms_max: int | None = 4 * ANSWER_MS_MAX
) -> AsyncIOMotorClient[Document]:
    """Return a client with full durability; nothing is sent before its first use.

    `answer_ms_max` bounds the wait for one answer; None waits for as long as the server works.
    """
    return AsyncIOMotorClient(
        url,
        w="majority",
        journal=True,
        retryWrites=True,
        tz_aware=True,
        serverSelectionTimeoutMS=ANSWER_MS_MAX,
        connectTimeoutMS=ANSWER_MS_MAX,
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
        self._inbox = database["inbox"]

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

    def transaction(self) -> AbstractAsyncContextManager["MongoTransaction"]:
        """Commit at the end of the block; nothing is left of a block that raised."""
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator["MongoTransaction"]:
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
                commit = asyncio.ensure_future(session.commit_transaction())
                await asyncio.sleep(0)
                self._committing()
                await commit

    async def mark_published(self, keys: Sequence[InboxKey], token: str | None = None) -> int:
        """Mark records as published; under a lease only while it holds.

        One member's acknowledgement is enough: a mark that is lost makes a harmless double.
        """
        if not keys:
            return 0
        where: Document = {"_id": {"$in": [inbox_id(key) for key in keys]}, "pending": True}
        if token is not None:
            where["token"] = token
        inbox = self._inbox.with_options(write_concern=WriteConcern(1))
        with map_driver_errors():
            result = await inbox.update_many(where, {"$unset": dict.fromkeys(WAITING, "")})
        return int(result.modified_count)

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[MessageRecord]:
        """Lease records that wait longer than `grace`, by the server's clock.

        A record dated ahead of the server's clock came from a skewed one: it is due too.
        """
        late = {"$subtract": ["$$NOW", int(grace.total_seconds() * 1000)]}
        ahead = {"$add": ["$$NOW", int((lease + grace).total_seconds() * 1000)]}
        due = {"$or": [{"$lte": ["$due", late]}, {"$gt": ["$due", ahead]}]}
        waiting = {"pending": True, "$expr": due}
        until = {"$add": ["$$NOW", int((lease - grace).total_seconds() * 1000)]}
        with map_driver_errors():
            cursor = self._inbox.find(waiting, {"_id": 1}).sort("due", ASCENDING).limit(most)
            ids = [each["_id"] async for each in cursor]
            leasing = [{"$set": {"due": until, "token": token}}]
            await self._inbox.update_many({"_id": {"$in": ids}, **waiting}, leasing)
            leased = self._inbox.find({"_id": {"$in": ids}, "token": token})
            return [document_to_record(each) async for each in leased]

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        with map_driver_errors():
            return int(await self._inbox.count_documents({"pending": True}))

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states as committed, outside of any transaction."""
        with map_driver_errors():
            return await _page(self._database, query)

    async def count(self, query: Query[Any]) -> int:
        """Count the states of a page and all behind it."""
        where = _filter(query, (*query.order, "_id"))
        with map_driver_errors():
            return int(await self._database[query.model.collection].count_documents(where))

    async def count_attempt(self, message: str) -> int:
        """Count one more attempt to decide a message alone, and return how many it had."""
        with map_driver_errors():
            document = await self._database["attempts"].find_one_and_update(
                {"_id": message}, STEP, upsert=True, return_document=ReturnDocument.AFTER
            )
        return int(document["n"])

    async def forget_attempts(self, messages: Sequence[str]) -> None:
        """Forget the attempts of messages that were decided or refused."""
        with map_driver_errors():
            await self._database["attempts"].delete_many({"_id": {"$in": list(messages)}})

    async def ping(self) -> None:
        """Answer, or raise StoreUnavailableError."""
        with map_driver_errors():
            await self._database.command("ping")


class MongoTransaction:
    """One session in a transaction."""

    def __init__(
        self, database: AsyncIOMotorDatabase[Document], session: AsyncIOMotorClientSession
    ) -> None:
        self._database, self._session = database, session

    async def already_handled(self, keys: Sequence[InboxKey]) -> dict[InboxKey, str]:
        """Return the body's hash of each message that was handled before, also as a legacy one."""
        if not keys:
            return {}
        wanted = {own: key for key in keys for own in (key, key.legacy)}
        where = {"_id": {"$in": [inbox_id(own) for own in wanted]}}
        with map_driver_errors():
            cursor = self._database["inbox"].find(where, {"sha256": 1}, session=self._session)
            return {wanted[inbox_key(each["_id"])]: each["sha256"] async for each in cursor}

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of a message that was handled before, also of a legacy one."""
        where = {"_id": {"$in": [inbox_id(key), inbox_id(key.legacy)]}}
        with map_driver_errors():
            document = await self._database["inbox"].find_one(where, session=self._session)
        return document_to_record(document) if document else None

    async def find(self, model: type[S], keys: Sequence[str]) -> list[StoredState[S]]:
        """Return the states that exist among `keys`."""
        among = {"_id": {"$in": keys}}
        with map_driver_errors():
            cursor = self._database[model.collection].find(among, session=self._session)
            return [document_to_state(model, each) for each in await cursor.to_list(None)]

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states."""
        with map_driver_errors():
            return await _page(self._database, query, self._session)

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        """Write states, records and the read lock, if every precondition holds."""
        has_preconditions = await check_preconditions(self, states)
        with map_driver_errors():
            for collection, group in _by_collection(states).items():
                await self._replace(collection, group)
            await self._database["inbox"].insert_many(
                [record_to_document(record) for record in records], session=self._session
            )
            if any(stored.model.shared for stored in states):
                await self._delete_read_locks()
            elif read_shared or has_preconditions:
                await self._put_read_lock(worker)

    async def _replace(self, collection: str, states: list[StoredState[Any]]) -> None:
        operations = [_operation(stored) for stored in states]
        result = await self._database[collection].bulk_write(
            operations, ordered=False, session=self._session
        )
        expected = sum(1 for stored in states if stored.replaces)
        if result.matched_count != expected:
            msg = f"{expected - result.matched_count} of {collection} moved on meanwhile"
            raise ConflictError(msg)

    async def _put_read_lock(self, worker: str) -> None:
        locks = self._database["fences"]
        result = await locks.update_one({"_id": worker}, STEP, session=self._session)
        if not result.matched_count:
            await locks.update_one({"_id": REGISTRY}, STEP, upsert=True, session=self._session)
            first = {"_id": worker, "_form": FORM, "n": 1}
            await locks.insert_one(first, session=self._session)

    async def _delete_read_locks(self) -> None:
        locks = self._database["fences"]
        await locks.update_one({"_id": REGISTRY}, STEP, upsert=True, session=self._session)
        await locks.delete_many({"_id": {"$ne": REGISTRY}}, session=self._session)


async def _page(
    database: AsyncIOMotorDatabase[Document],
    query: Query[S],
    session: AsyncIOMotorClientSession | None = None,
) -> list[StoredState[S]]:
    fields = (*query.order, "_id")
    cursor = (
        database[query.model.collection]
        .find(_filter(query, fields), session=session)
        .sort([(field, ASCENDING) for field in fields])
        .limit(query.limit)
    )
    return [document_to_state(query.model, each) for each in await cursor.to_list(None)]


def _by_collection(states: Sequence[StoredState[Any]]) -> dict[str, list[StoredState[Any]]]:
    groups: defaultdict[str, list[StoredState[Any]]] = defaultdict(list)
    for stored in states:
        groups[stored.model.collection].append(stored)
    return groups


def _operation(stored: StoredState[Any]) -> InsertOne[Document] | ReplaceOne[Document]:
    document = state_to_document(stored)
    if stored.replaces == 0:
        return InsertOne(document)
    return ReplaceOne({"_id": stored.key, "_v": stored.replaces}, document)


def _filter(query: Query[Any], fields: tuple[str, ...]) -> Document:
    """Return the filter of a page: `after` compares field by field, as a tuple does."""
    where: Document = {
        name: {"$in": list(value)} if isinstance(value, tuple) else value
        for name, value in query.where
    }
    if query.after:
        where["$or"] = [
            {
                **dict(zip(fields[:rank], query.after[:rank], strict=True)),
                fields[rank]: {"$gt": query.after[rank]},
            }
            for rank in range(len(fields))
        ]
    return where

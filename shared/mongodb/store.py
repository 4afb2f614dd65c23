"""The store on MongoDB, through motor: only this package knows the driver.

Every write is `w: majority, j: true`; transactions read a snapshot.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, InsertOne, ReplaceOne, WriteConcern
from pymongo.read_concern import ReadConcern

from shared.kernel.decision import State
from shared.kernel.ports import (
    FORM,
    Change,
    ConflictError,
    InboxKey,
    MessageRecord,
    Selection,
    SharedAccess,
    StoredDocument,
)
from shared.kernel.preconditions import check_preconditions
from shared.mongodb.documents import (
    document_to_record,
    document_to_stored,
    inbox_id,
    inbox_key,
    record_to_document,
    state_to_document,
)
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.form import check_form, write_form

REGISTRY = "registry"
STEP = {"$inc": {"n": 1}, "$setOnInsert": {"_form": FORM}}
WAITING = ("pending", "due", "token")
COMMIT_MS_MAX = 5_000
ANSWER_MS_MAX = 5_000
Document = dict[str, Any]


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
        await self.create_collections(states)

    async def create_collections(self, states: Iterable[type[State]]) -> None:
        """Create collections and indexes, whatever the form of the database."""
        with map_driver_errors():
            await self._inbox.create_index(
                [("due", ASCENDING)], name="pending", partialFilterExpression={"pending": True}
            )
            await self._inbox.create_index([("dossier_ids", ASCENDING), ("handled_at", ASCENDING)])
            existing = set(await self._database.list_collection_names())
            for name in {"fences", *(state.collection for state in states)} - existing:
                await self._database.create_collection(name)
            for state in states:
                for fields in state.indexes:
                    keys = [(field, ASCENDING) for field in (*fields, "_id")]
                    await self._database[state.collection].create_index(keys)

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

    async def page(self, selection: Selection) -> list[StoredDocument]:
        """Return a page of documents as committed, outside of any transaction."""
        with map_driver_errors():
            return await _page(self._database, selection)

    async def count(self, selection: Selection) -> int:
        """Count the documents of a page and all behind it."""
        query = _query(selection, (*selection.order, "_id"))
        with map_driver_errors():
            return int(await self._database[selection.collection].count_documents(query))

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

    async def find(self, collection: str, ids: Sequence[str]) -> list[StoredDocument]:
        """Return the documents that exist among `ids`."""
        with map_driver_errors():
            cursor = self._database[collection].find({"_id": {"$in": ids}}, session=self._session)
            return [document_to_stored(each) for each in await cursor.to_list(None)]

    async def page(self, selection: Selection) -> list[StoredDocument]:
        """Return a page of documents."""
        with map_driver_errors():
            return await _page(self._database, selection, self._session)

    async def write(
        self, changes: Sequence[Change], records: Sequence[MessageRecord], access: SharedAccess
    ) -> None:
        """Write documents, records and the read lock, if every precondition holds."""
        has_preconditions = await check_preconditions(self, changes)
        with map_driver_errors():
            for collection, group in _by_collection(changes).items():
                await self._replace(collection, group)
            await self._database["inbox"].insert_many(
                [record_to_document(record) for record in records], session=self._session
            )
            if access.wrote:
                await self._delete_read_locks()
            elif access.read or has_preconditions:
                await self._put_read_lock(access.worker)

    async def _replace(self, collection: str, changes: list[Change]) -> None:
        operations = [_operation(change) for change in changes]
        result = await self._database[collection].bulk_write(
            operations, ordered=False, session=self._session
        )
        expected = sum(1 for change in changes if change.before)
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
    selection: Selection,
    session: AsyncIOMotorClientSession | None = None,
) -> list[StoredDocument]:
    fields = (*selection.order, "_id")
    cursor = (
        database[selection.collection]
        .find(_query(selection, fields), session=session)
        .sort([(field, ASCENDING) for field in fields])
        .limit(selection.limit)
    )
    return [document_to_stored(each) for each in await cursor.to_list(None)]


def _by_collection(changes: Sequence[Change]) -> dict[str, list[Change]]:
    groups: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.collection].append(change)
    return groups


def _operation(change: Change) -> InsertOne[Document] | ReplaceOne[Document]:
    document = state_to_document(change.id, change.after, change.document, change.personal)
    if change.before == 0:
        return InsertOne(document)
    return ReplaceOne({"_id": change.id, "_v": change.before}, document)


def _query(selection: Selection, fields: tuple[str, ...]) -> Document:
    """Return the filter of a page: `after` compares field by field, as a tuple does."""
    query: Document = {
        name: {"$in": list(value)} if isinstance(value, tuple) else value
        for name, value in selection.where
    }
    if selection.after:
        query["$or"] = [
            {
                **dict(zip(fields[:rank], selection.after[:rank], strict=True)),
                fields[rank]: {"$gt": selection.after[rank]},
            }
            for rank in range(len(fields))
        ]
    return query

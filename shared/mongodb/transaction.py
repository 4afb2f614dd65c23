"""A transaction on MongoDB: a snapshot, and the writes that commit together."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo import ASCENDING, InsertOne, ReplaceOne

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.messages import FORM, InboxKey, MessageRecord, outbox_batch
from shared.kernel.ports import ConflictError
from shared.kernel.preconditions import check_preconditions
from shared.mongodb import outbox
from shared.mongodb.documents import (
    document_to_record,
    document_to_state,
    inbox_id,
    inbox_key,
    record_to_document,
    state_to_document,
)
from shared.mongodb.errors import map_driver_errors

REGISTRY = "registry"
STEP = {"$inc": {"n": 1}, "$setOnInsert": {"_form": FORM}}
Document = dict[str, Any]
S = TypeVar("S", bound=State)


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
            return await find_page(self._database, query, self._session)

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
            if records:
                await self._database["inbox"].insert_many(
                    [record_to_document(record) for record in records], session=self._session
                )
            if batch := outbox_batch(records):
                await self._database[outbox.NAME].bulk_write(
                    [outbox.insertion(batch)], session=self._session
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


async def find_page(
    database: AsyncIOMotorDatabase[Document],
    query: Query[S],
    session: AsyncIOMotorClientSession | None = None,
) -> list[StoredState[S]]:
    """Return a page of states, in a transaction or as committed."""
    sorting = [(field, ASCENDING) for field in (*query.order, "_id")]
    cursor = (
        database[query.model.collection]
        .find(page_filter(query), session=session)
        .sort(sorting)
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


def page_filter(query: Query[Any]) -> Document:
    """Return the filter of a page: `after` compares field by field, as a tuple does."""
    fields = (*query.order, "_id")
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

"""Moves databases of release 0.3.0 (form 1) to the form of this release, in batches.

Every batch leaves its documents in the one form or in the other, and the number of a database is
written last. So a migration that was interrupted anywhere goes on where it was, and ends as an
uninterrupted one does. Records get new keys: they are inserted anew and deleted in one transaction.
They get positions in the order they were written, each after the highest one that was given.
Events of which a state now keeps more are decided again (`Service.decided_again`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING, ReplaceOne

from shared.contracts.registry import BY_NAME
from shared.kernel.decided_again import decide_again
from shared.kernel.decision import State
from shared.kernel.messages import FORM, LEGACY, MessageRecord
from shared.kernel.ports import KernelError
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.mongodb import outbox
from shared.mongodb.documents import document_to_record
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.export_register import DATABASE as EXPORTS
from shared.mongodb.form import FIRST, check_form, stored_form, write_form
from shared.mongodb.form_1 import (
    OLD_INDEXES,
    UNNUMBERED,
    outbox_from_form_1,
    record_from_form_1,
    state_from_form_1,
)
from shared.mongodb.indexes import create_collections
from shared.mongodb.store import MongoStore, connect

INBOX, LOCKS = "inbox", "fences"
EXPORT_COLLECTIONS = ("batches", "members", "pieces", "series")
BATCH_DOCUMENTS, BATCH_BYTES = 200, 8 * 1024 * 1024
"""A batch ends at the one or the other: a transaction stays short, and memory bounded."""
DECODED: bson.CodecOptions[dict[str, Any]] = bson.CodecOptions(tz_aware=True)
Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Services = Mapping[str, Service]
"""The services by name."""
Advance = Callable[[int], None]
"""Called after each batch with the number of documents it moved."""


class MigrationError(KernelError):
    """A document cannot be moved, or another migration runs."""


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """A collection: its documents, and the number and size in bytes of those to move."""

    database: str
    collection: str
    documents: int
    to_move: int
    bytes: int


@asynccontextmanager
async def open_migration(settings: Settings, services: Services) -> AsyncIterator["Migration"]:
    """Open the databases of all services and of the exports.

    Raises:
        StoreUnavailableError: when the address is none, or (at the first query) nobody answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url, answer_ms_max=None)
    try:
        yield Migration(client, settings.database_prefix, services)
    finally:
        client.close()


class Migration:
    """Plans and moves. Every method may raise StoreError."""

    def __init__(
        self, client: AsyncIOMotorClient[Document], prefix: str, services: Services
    ) -> None:
        self._client, self._prefix, self._services = client, prefix, services

    async def outdated(self) -> list[str]:
        """Return the databases of form 1, by the names of their services.

        Raises:
            StoreFormError: a database was written by a later release.
        """
        names = []
        for name in (*self._services, EXPORTS):
            database = self._database(name)
            if await stored_form(database) == FIRST:
                names.append(name)
            else:
                await check_form(database)
        return names

    async def plan(self, names: Sequence[str]) -> list[CollectionPlan]:
        """Count what is to be moved; reads every document, writes nothing."""
        plans = []
        for name in names:
            database = self._database(name)
            with map_driver_errors():
                existing = set(await database.list_collection_names())
                present = [each for each in self._collections(name) if each in existing]
                plans += [await _plan(database, collection) for collection in present]
        return plans

    async def run(self, names: Sequence[str], advance: Advance) -> None:
        """Move these databases.

        Raises:
            MigrationError: a document has no form that is known, or another migration runs.
        """
        for name in names:
            database = self._database(name)
            with map_driver_errors():
                for collection, move in self._collections(name).items():
                    await move(database[collection], advance)
                if service := self._services.get(name):
                    await self._index(database, service)
                    await decide_again(_decided(database, service), service, MongoStore(database))
            await write_form(database)

    def _collections(
        self, name: str
    ) -> dict[str, Callable[[Collection, Advance], Awaitable[None]]]:
        """Return the collections of a database, each with what moves it."""
        if name == EXPORTS:
            return dict.fromkeys(EXPORT_COLLECTIONS, _number)
        models = self._services[name].states
        states = {model.collection: partial(_move_states, model) for model in models}
        return {INBOX: _move_records, LOCKS: _number, **states}

    async def _index(self, database: Database, service: Service) -> None:
        await create_collections(database, service.states)
        for index in {*OLD_INDEXES} & {*await database[INBOX].index_information()}:
            await database[INBOX].drop_index(index)

    def _database(self, name: str) -> Database:
        return self._client[f"{self._prefix}{name}"]


async def _plan(database: Database, collection: str) -> CollectionPlan:
    to_move = {"$eq": [{"$type": "$_form"}, "missing"]}
    group = {
        "_id": None,
        "documents": {"$sum": 1},
        "to_move": {"$sum": {"$cond": [to_move, 1, 0]}},
        "bytes": {"$sum": {"$cond": [to_move, {"$bsonSize": "$$ROOT"}, 0]}},
    }
    counts = await database[collection].aggregate([{"$group": group}]).to_list(1)
    total = counts[0] if counts else {"documents": 0, "to_move": 0, "bytes": 0}
    return CollectionPlan(
        database.name, collection, total["documents"], total["to_move"], total["bytes"]
    )


async def _move_records(inbox: Collection, advance: Advance) -> None:
    last = await inbox.find_one({"_form": FORM}, {"position": 1}, sort=[("position", DESCENDING)])
    position = last["position"] if last else 0
    async with await inbox.database.client.start_session() as session:
        # The order they were written is the only one that records of form 1 have.
        async for batch in _batches(inbox, "$natural"):
            records = []
            for document in batch:
                move = partial(record_from_form_1, previous=position)
                records.append(_moved(move, inbox, document))
                position = records[-1]["position"]
            await session.with_transaction(partial(_replace_records, inbox, batch, records))
            advance(len(batch))


async def _replace_records(
    inbox: Collection,
    old: Sequence[Document],
    records: Sequence[Document],
    session: AsyncIOMotorClientSession,
) -> None:
    keys = [document["_id"] for document in old]
    result = await inbox.delete_many({"_id": {"$in": keys}}, session=session)
    if result.deleted_count != len(keys):
        msg = f"{inbox.full_name}: another migration runs; wait for its end, then run this again"
        raise MigrationError(msg)
    await inbox.insert_many(records, session=session)
    batches = map(outbox_from_form_1, old, records)
    if unpublished := [batch for batch in batches if batch]:
        await inbox.database[outbox.NAME].insert_many(unpublished, session=session)


async def _move_states(model: type[State], collection: Collection, advance: Advance) -> None:
    move = partial(state_from_form_1, model=model)
    async for batch in _batches(collection, "_id"):
        states = [_moved(move, collection, document) for document in batch]
        await collection.bulk_write(
            [ReplaceOne({"_id": state["_id"], **UNNUMBERED}, state) for state in states],
            ordered=False,
        )
        advance(len(batch))


async def _decided(database: Database, service: Service) -> AsyncIterator[MessageRecord]:
    """Yield the records of release 0.3.0 that are to be decided again, in order."""
    types = [BY_NAME[event.__name__].type for event in service.decided_again]
    where = {"type": {"$in": types}, "outcome": "decided", "_id.p": LEGACY, "_id.n": 0}
    decoded: Any = database[INBOX].with_options(codec_options=DECODED)
    async for document in decoded.find(where).sort("position", ASCENDING):
        yield document_to_record(document)


async def _number(collection: Collection, advance: Advance) -> None:
    """Give each document its number; nothing else of it changes."""
    async for batch in _batches(collection, "_id", {"_id": 1}):
        keys = [document["_id"] for document in batch]
        await collection.update_many({"_id": {"$in": keys}}, {"$set": {"_form": FORM}})
        advance(len(batch))


def _moved(
    move: Callable[[Document], Document], collection: Collection, document: Document
) -> Document:
    try:
        return move(document)
    except (LookupError, TypeError, AttributeError) as fault:
        msg = (
            f"{collection.full_name}, {document['_id']}: not a document of release 0.3.0"
            f" ({type(fault).__name__}: {fault}); `clas check` of that release says what is wrong"
        )
        raise MigrationError(msg) from fault


async def _batches(
    collection: Collection, order: str, projection: Document | None = None
) -> AsyncIterator[list[Document]]:
    """Yield the documents of form 1, ordered by a field."""
    raw: Any = collection.with_options(codec_options=bson.CodecOptions(RawBSONDocument))
    cursor = raw.find(UNNUMBERED, projection).sort(order, ASCENDING)
    batch: list[Document] = []
    size = 0
    async for document in cursor.batch_size(BATCH_DOCUMENTS):
        batch.append(bson.decode(document.raw, DECODED))
        size += len(document.raw)
        if len(batch) == BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

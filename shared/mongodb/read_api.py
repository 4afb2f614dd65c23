"""The read port on MongoDB: the database of one service, read and never written.

All is read as a majority of the servers keeps it: what was given out, no failover takes back.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bson import MaxKey
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING
from pymongo.read_concern import ReadConcern

from shared.kernel.decision import State, StoredState
from shared.kernel.messages import InboxKey, MessageRecord
from shared.kernel.position import position_of
from shared.kernel.read_port import Reads, StoredOutput, Where, bodies_by_routing_key
from shared.kernel.settings import Settings
from shared.mongodb.documents import document_to_record, document_to_state, inbox_id, inbox_key
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.form import check_forms
from shared.mongodb.store import MongoStore, connect

AT_ONCE = 1_000
"""Documents that one answer of the server carries."""
OUTPUT_FIELDS = ("id", "routing_key", "queue", "dossier_id", "sha256")
Document = dict[str, Any]
S = TypeVar("S", bound=State)


@asynccontextmanager
async def open_reads(settings: Settings, service: str) -> AsyncIterator[Reads]:
    """Open the database of one service for reading.

    Raises:
        StoreFormError: when the database has another form than this release reads.
        StoreUnavailableError: when the address is none, or no server answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url)
    try:
        await check_forms(client, settings.database_prefix, [service])
        yield ReadApi(client[f"{settings.database_prefix}{service}"])
    finally:
        client.close()


class ReadApi:
    """One service's records and states. Every method may raise StoreError."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._store = MongoStore(database)
        self._database = database.with_options(read_concern=ReadConcern("majority"))

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of one message, also a legacy one; None while it was not handled."""
        with map_driver_errors():
            keys = [inbox_id(key), inbox_id(key.legacy)]
            document = await self._database["inbox"].find_one({"_id": {"$in": keys}})
        return document_to_record(document) if document else None

    async def handled(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, of messages that were handled, also as legacy ones."""
        wanted = {own: key for key in keys for own in (key, key.legacy)}
        among = {"_id": {"$in": [inbox_id(own) for own in wanted]}}
        with map_driver_errors():
            cursor = self._database["inbox"].find(among, {"_id": True})
            return {wanted[inbox_key(document["_id"])] async for document in cursor}

    async def recorded(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, that have a record under any redrive number."""
        first = await self.handled(keys)
        wanted = {own: key for key in set(keys) - first for own in (key, key.legacy)}
        if not wanted:
            return first
        with map_driver_errors():
            cursor = self._database["inbox"].find({"$or": list(map(_redriven, wanted))}, {"_id": 1})
            redriven = [inbox_key(document["_id"]) async for document in cursor]
        return first | {wanted[key._replace(replay=0)] for key in redriven}

    async def outputs(self, *, since: datetime | None = None) -> AsyncIterator[StoredOutput]:
        """Yield the events in all records, or in those handled since then, by position."""
        where = {"position": {"$gte": position_of(since)}} if since else {}
        fields = {"position": 1} | {f"outputs.{name}": 1 for name in OUTPUT_FIELDS}
        with map_driver_errors():
            cursor = self._database["inbox"].find(where, fields).sort("position", ASCENDING)
            async for document in cursor.batch_size(AT_ONCE):
                for output in document["outputs"]:
                    if output["queue"] is None:
                        yield _stored_output(document, output)

    async def records(
        self, *, caf: str | None = None, dossier_id: str | None = None
    ) -> AsyncIterator[MessageRecord]:
        """Yield the records of decisions, of one Caf or dossier, ordered by position."""
        with map_driver_errors():
            cursor = self._database["inbox"].find(_decided(caf, dossier_id))
            async for document in cursor.sort("position", ASCENDING):
                yield document_to_record(document)

    async def count_records(self, *, caf: str | None = None, dossier_id: str | None = None) -> int:
        """Count what `records` yields."""
        with map_driver_errors():
            return int(await self._database["inbox"].count_documents(_decided(caf, dossier_id)))

    async def records_of_dossier(self, dossier_id: str) -> list[MessageRecord]:
        """Return the records about a dossier, oldest first.

        A record may be about many dossiers: outputs about others are left out.
        """
        about = {"$in": ["$$this.dossier_id", [{"$literal": dossier_id}, None]]}
        pipeline: list[Document] = [
            {"$match": {"dossier_ids": dossier_id}},
            {"$sort": {"position": ASCENDING}},
            {"$set": {"outputs": {"$filter": {"input": "$outputs", "cond": about}}}},
        ]
        with map_driver_errors():
            cursor = self._database["inbox"].aggregate(pipeline)
            return [document_to_record(document) async for document in cursor]

    async def events_of_caf(self, caf: str, keys: Sequence[str]) -> list[bytes]:
        """Return the events of a Caf under these routing keys, received or published, in order."""
        among = {"$in": list(keys)}
        wanted: Document = {"caf": {"$in": [caf, None]}, "outcome": "decided"}
        wanted["$or"] = [{"routing_key": among}, {"outputs.routing_key": among}]
        with map_driver_errors():
            cursor = self._database["inbox"].find(wanted)
            records = [document_to_record(document) async for document in cursor]
        return list(bodies_by_routing_key(records, keys))

    async def events_of_dossiers(
        self, dossier_ids: AbstractSet[str], keys: Sequence[str]
    ) -> list[bytes]:
        """Return such events in the records of decisions about these dossiers."""
        wanted = {"dossier_ids": {"$in": list(dossier_ids)}, "outcome": "decided"}
        with map_driver_errors():
            cursor = self._database["inbox"].find(wanted)
            records = [document_to_record(document) async for document in cursor]
        return list(bodies_by_routing_key(records, keys))

    async def state(self, model: type[S], key: str) -> S | None:
        """Return one state, None when it does not exist."""
        with map_driver_errors():
            document = await self._database[model.collection].find_one({"_id": key})
        return document_to_state(model, document).state if document else None

    async def states(self, model: type[S], where: Where, order: Sequence[str] = ()) -> list[S]:
        """Return all states that a filter selects, in the order of some fields, then of keys."""
        return [each.existing async for each in self.stream(model, where, order)]

    async def stream(
        self, model: type[S], where: Where, order: Sequence[str] = ()
    ) -> AsyncIterator[StoredState[S]]:
        """Yield such states one by one, not parsed: memory does not grow with their number."""
        sorting = [(field, ASCENDING) for field in (*order, "_id")]
        with map_driver_errors():
            cursor = self._database[model.collection].find(where).sort(sorting)
            async for document in cursor.batch_size(AT_ONCE):
                yield document_to_state(model, document)

    async def find_first(self, model: type[S], where: Where, most: int) -> list[StoredState[S]]:
        """Return the first `most` of these states by key."""
        with map_driver_errors():
            cursor = self._database[model.collection].find(where).sort("_id", ASCENDING).limit(most)
            return [document_to_state(model, document) async for document in cursor]

    async def find_by_ids(self, model: type[S], keys: Sequence[str]) -> list[S]:
        """Return the states that exist among these keys."""
        with map_driver_errors():
            cursor = self._database[model.collection].find({"_id": {"$in": list(keys)}})
            return [document_to_state(model, document).existing async for document in cursor]

    async def count_states(self, model: type[State], where: Where) -> int:
        """Count the states that a filter selects."""
        with map_driver_errors():
            return int(await self._database[model.collection].count_documents(where))

    async def distinct(self, model: type[State], field: str, where: Where) -> list[str]:
        """Return the values of a field over these states, sorted."""
        with map_driver_errors():
            values = await self._database[model.collection].distinct(field, where)
        return sorted(map(str, values))

    async def keys(self, model: type[State]) -> list[str]:
        """Return the keys of all states of a model, sorted."""
        with map_driver_errors():
            cursor = self._database[model.collection].find({}, {"_id": 1}).sort("_id", ASCENDING)
            return [str(document["_id"]) async for document in cursor]

    async def count_unpublished(self) -> int:
        """Count the records whose outputs wait to be published."""
        # A mark of a dispatch waits for no majority: it would be seen late.
        return await self._store.count_unpublished()

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest of them waits, None when there is none."""
        return await self._store.oldest_unpublished()


def _decided(caf: str | None, dossier_id: str | None) -> Document:
    chosen = {"caf": caf, "dossier_ids": dossier_id}
    return {"outcome": "decided"} | {name: value for name, value in chosen.items() if value}


def _redriven(key: InboxKey) -> Document:
    """Return the filter of the records of a message that was redriven: any number but none."""
    most = inbox_id(key) | {"n": MaxKey()}
    return {"_id": {"$gt": inbox_id(key._replace(replay=0)), "$lt": most}}


def _stored_output(record: Document, output: Document) -> StoredOutput:
    return StoredOutput(
        record=inbox_key(record["_id"]),
        position=record["position"],
        id=output["id"],
        routing_key=output["routing_key"],
        sha256=output["sha256"],
        dossier_id=output["dossier_id"],
    )

"""The archive: what services keep, read by people and never written. One query each.

All is read as a majority of the servers keeps it: what was given out, no failover takes back.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import ASCENDING
from pymongo.read_concern import ReadConcern

from shared.kernel.decision import State
from shared.kernel.ports import InboxKey, MessageRecord, StoredDocument, StoreError
from shared.kernel.settings import Settings
from shared.mongodb.documents import document_to_record, document_to_stored, inbox_id
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.store import MongoStore, connect

AT_ONCE = 1_000
"""Documents that one answer of the server carries."""
Document = dict[str, Any]
S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class MongoServer:
    """What a server says of itself. `transaction_s` is None where we may not ask."""

    version: str
    has_transactions: bool
    transaction_s: float | None


@asynccontextmanager
async def open_read_api(settings: Settings) -> AsyncIterator["ReadApi"]:
    """Open the databases of all services for reading.

    Raises:
        StoreAway: when the address is none, or (at the first query) when nobody answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url)
    try:
        yield ReadApi(client, settings.database_prefix)
    finally:
        client.close()


class ReadApi:
    """Every service's records and states. Every method may raise StoreError."""

    def __init__(self, client: AsyncIOMotorClient[Document], prefix: str) -> None:
        self._client, self._prefix = client, prefix

    async def records_of_dossier(self, service: str, dossier_id: str) -> list[MessageRecord]:
        """Return the records about a dossier, oldest first.

        A record may be about many dossiers: outputs about others are left out.
        """
        about = {"$in": ["$$this.subject", [{"$literal": dossier_id}, None]]}
        pipeline: list[Document] = [
            {"$match": {"subjects": dossier_id}},
            {"$sort": {"at": ASCENDING}},
            {"$set": {"outputs": {"$filter": {"input": "$outputs", "cond": about}}}},
        ]
        with map_driver_errors():
            found = self._of(service)["inbox"].aggregate(pipeline)
            return [document_to_record(each) async for each in found]

    async def count_records(self, service: str, where: Document) -> int:
        """Count the records whose fields equal `where`."""
        with map_driver_errors():
            return int(await self._of(service)["inbox"].count_documents(where))

    async def record(self, service: str, key: InboxKey) -> MessageRecord | None:
        """Return the record of one message, None while it was not handled."""
        with map_driver_errors():
            found = await self._of(service)["inbox"].find_one({"_id": inbox_id(key)})
        return document_to_record(found) if found else None

    async def records(self, service: str, where: Document) -> AsyncIterator[MessageRecord]:
        """Yield the records whose fields equal `where`, whole, in the order they were written."""
        with map_driver_errors():
            found = self._of(service)["inbox"].find(where).sort("$natural", ASCENDING)
            async for each in found:
                yield document_to_record(each)

    async def decided_records(self, service: str) -> list[MessageRecord]:
        """Return the record of every message that a service decided on, in the order it did.

        Records of one millisecond stand in the order they were written.
        """
        with map_driver_errors():
            found = self._of(service)["inbox"].find({"outcome": "decided"})
            records = [document_to_record(each) async for each in found.sort("$natural", ASCENDING)]
        return sorted(records, key=_at)

    async def events_by_routing_key(self, service: str, keys: Sequence[str]) -> list[bytes]:
        """Return the events under these routing keys that a service received or said, in order."""
        among = {"$in": list(keys)}
        wanted = {"outcome": "decided", "$or": [{"routing_key": among}, {"outputs.key": among}]}
        with map_driver_errors():
            found = self._of(service)["inbox"].find(wanted)
            records = [document_to_record(each) async for each in found.sort("$natural", ASCENDING)]
        return [
            body
            for record in sorted(records, key=_at)
            for key, body in ((record.routing_key, record.body), *_outputs(record))
            if key in keys and body
        ]

    async def state(self, service: str, model: type[S], key: str) -> S | None:
        """Return one state, None when it does not exist."""
        with map_driver_errors():
            found = await self._of(service)[model.collection].find_one({"_id": key})
        return document_to_stored(found).read(model) if found else None

    async def states(
        self, service: str, model: type[S], where: Document, order: Sequence[str] = ()
    ) -> list[S]:
        """Return all states whose fields equal `where`, in an order, then by id."""
        found = self.stream(service, model.collection, where, order)
        return [each.read(model) async for each in found]

    async def find_first(
        self, service: str, collection: str, where: Document, most: int
    ) -> list[StoredDocument]:
        """Return the first of these states by id, at most so many."""
        with map_driver_errors():
            found = self._of(service)[collection].find(where).sort("_id", ASCENDING).limit(most)
            return [document_to_stored(each) async for each in found]

    async def stream(
        self, service: str, collection: str, where: Document, order: Sequence[str] = ()
    ) -> AsyncIterator[StoredDocument]:
        """Yield such states one by one, unread: memory does not grow with their number."""
        sorting = [(field, ASCENDING) for field in (*order, "_id")]
        with map_driver_errors():
            found = self._of(service)[collection].find(where).sort(sorting)
            async for each in found.batch_size(AT_ONCE):
                yield document_to_stored(each)

    async def count_states(self, service: str, collection: str, where: Document) -> int:
        """Count the states of a collection whose fields equal `where`."""
        with map_driver_errors():
            return int(await self._of(service)[collection].count_documents(where))

    async def find_by_ids(
        self, service: str, collection: str, keys: Sequence[str]
    ) -> list[StoredDocument]:
        """Return the states that exist among these ids."""
        with map_driver_errors():
            found = self._of(service)[collection].find({"_id": {"$in": list(keys)}})
            return [document_to_stored(each) async for each in found]

    async def distinct(
        self, service: str, collection: str, field: str, where: Document
    ) -> list[str]:
        """Return the values of a field over the states whose fields equal `where`, sorted."""
        with map_driver_errors():
            found = await self._of(service)[collection].distinct(field, where)
        return sorted(map(str, found))

    async def keys(self, service: str, collection: str) -> list[str]:
        """Return the ids of a collection, sorted."""
        with map_driver_errors():
            found = self._of(service)[collection].find({}, {"_id": 1}).sort("_id", ASCENDING)
            return [str(each["_id"]) async for each in found]

    async def count_unpublished(self, service: str) -> int:
        """Count the records of a service that wait for dispatch."""
        # A mark of a dispatch waits for no majority: it would be seen late.
        return await MongoStore(self._client[f"{self._prefix}{service}"]).count_unpublished()

    async def server(self) -> MongoServer:
        """Return what the server says of itself."""
        with map_driver_errors():
            info = await self._client.admin.command("buildInfo")
            hello = await self._client.admin.command("hello")
        return MongoServer(
            version=str(info["version"]),
            has_transactions="setName" in hello or hello.get("msg") == "isdbgrid",
            transaction_s=await self._transaction_s(),
        )

    async def _transaction_s(self) -> float | None:
        name = "transactionLifetimeLimitSeconds"
        try:
            with map_driver_errors():
                answer = await self._client.admin.command({"getParameter": 1, name: 1})
        except StoreError:
            return None  # A service's user need not be allowed to ask.
        return float(answer[name])

    def _of(self, service: str) -> AsyncIOMotorDatabase[Document]:
        found = self._client[f"{self._prefix}{service}"]
        return found.with_options(read_concern=ReadConcern("majority"))


def _at(record: MessageRecord) -> datetime:
    return record.handled_at


def _outputs(record: MessageRecord) -> Iterator[tuple[str, bytes]]:
    return ((output.routing_key, output.body) for output in record.outputs)

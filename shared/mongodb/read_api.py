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
from shared.kernel.ports import Found, InboxKey, Record, StoreError
from shared.kernel.settings import Settings
from shared.mongodb.documents import inbox_id, to_found, to_record
from shared.mongodb.errors import translated
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
async def archive(settings: Settings) -> AsyncIterator["Archive"]:
    """Open the databases of all services for reading.

    Raises:
        StoreAway: when the address is none, or (at the first query) when nobody answers.
    """
    with translated():
        client = connect(settings.mongo_url)
    try:
        yield Archive(client, settings.database_prefix)
    finally:
        client.close()


class Archive:
    """Every service's records and states. Every method may raise StoreError."""

    def __init__(self, client: AsyncIOMotorClient[Document], prefix: str) -> None:
        self._client, self._prefix = client, prefix

    async def story(self, service: str, dossier_id: str) -> list[Record]:
        """Return the records about a dossier, oldest first.

        A record may be about many dossiers: outputs about others are left out.
        """
        about = {"$in": ["$$this.subject", [{"$literal": dossier_id}, None]]}
        pipeline: list[Document] = [
            {"$match": {"subjects": dossier_id}},
            {"$sort": {"at": ASCENDING}},
            {"$set": {"outputs": {"$filter": {"input": "$outputs", "cond": about}}}},
        ]
        with translated():
            found = self._of(service)["inbox"].aggregate(pipeline)
            return [to_record(each) async for each in found]

    async def count(self, service: str, where: Document) -> int:
        """Count the records whose fields equal `where`."""
        with translated():
            return int(await self._of(service)["inbox"].count_documents(where))

    async def record(self, service: str, key: InboxKey) -> Record | None:
        """Return the record of one message, None while it was not handled."""
        with translated():
            found = await self._of(service)["inbox"].find_one({"_id": inbox_id(key)})
        return to_record(found) if found else None

    async def records(self, service: str, where: Document) -> AsyncIterator[Record]:
        """Yield the records whose fields equal `where`, whole, in the order they were written."""
        with translated():
            found = self._of(service)["inbox"].find(where).sort("$natural", ASCENDING)
            async for each in found:
                yield to_record(each)

    async def handled(self, service: str) -> list[Record]:
        """Return the record of every message that a service decided on, in the order it did.

        Records of one millisecond stand in the order they were written.
        """
        with translated():
            found = self._of(service)["inbox"].find({"outcome": "decided"})
            records = [to_record(each) async for each in found.sort("$natural", ASCENDING)]
        return sorted(records, key=_at)

    async def heard(self, service: str, keys: Sequence[str]) -> list[bytes]:
        """Return the events under these routing keys that a service received or said, in order."""
        among = {"$in": list(keys)}
        wanted = {"outcome": "decided", "$or": [{"routing_key": among}, {"outputs.key": among}]}
        with translated():
            found = self._of(service)["inbox"].find(wanted)
            records = [to_record(each) async for each in found.sort("$natural", ASCENDING)]
        return [
            body
            for record in sorted(records, key=_at)
            for key, body in ((record.routing_key, record.body), *_spoken(record))
            if key in keys and body
        ]

    async def state(self, service: str, model: type[S], key: str) -> S | None:
        """Return one state, None when it does not exist."""
        with translated():
            found = await self._of(service)[model.collection].find_one({"_id": key})
        return to_found(found).read(model) if found else None

    async def states(
        self, service: str, model: type[S], where: Document, order: Sequence[str] = ()
    ) -> list[S]:
        """Return all states whose fields equal `where`, in an order, then by id."""
        found = self.stream(service, model.collection, where, order)
        return [each.read(model) async for each in found]

    async def first(self, service: str, collection: str, where: Document, most: int) -> list[Found]:
        """Return the first of these states by id, at most so many."""
        with translated():
            found = self._of(service)[collection].find(where).sort("_id", ASCENDING).limit(most)
            return [to_found(each) async for each in found]

    async def stream(
        self, service: str, collection: str, where: Document, order: Sequence[str] = ()
    ) -> AsyncIterator[Found]:
        """Yield such states one by one, unread: memory does not grow with their number."""
        sorting = [(field, ASCENDING) for field in (*order, "_id")]
        with translated():
            found = self._of(service)[collection].find(where).sort(sorting)
            async for each in found.batch_size(AT_ONCE):
                yield to_found(each)

    async def number(self, service: str, collection: str, where: Document) -> int:
        """Count the states of a collection whose fields equal `where`."""
        with translated():
            return int(await self._of(service)[collection].count_documents(where))

    async def among(self, service: str, collection: str, keys: Sequence[str]) -> list[Found]:
        """Return the states that exist among these ids."""
        with translated():
            found = self._of(service)[collection].find({"_id": {"$in": list(keys)}})
            return [to_found(each) async for each in found]

    async def distinct(
        self, service: str, collection: str, field: str, where: Document
    ) -> list[str]:
        """Return the values of a field over the states whose fields equal `where`, sorted."""
        with translated():
            found = await self._of(service)[collection].distinct(field, where)
        return sorted(map(str, found))

    async def keys(self, service: str, collection: str) -> list[str]:
        """Return the ids of a collection, sorted."""
        with translated():
            found = self._of(service)[collection].find({}, {"_id": 1}).sort("_id", ASCENDING)
            return [str(each["_id"]) async for each in found]

    async def pending(self, service: str) -> int:
        """Count the records of a service that wait for dispatch."""
        # A mark of a dispatch waits for no majority: it would be seen late.
        return await MongoStore(self._client[f"{self._prefix}{service}"]).pending()

    async def server(self) -> MongoServer:
        """Return what the server says of itself."""
        with translated():
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
            with translated():
                answer = await self._client.admin.command({"getParameter": 1, name: 1})
        except StoreError:
            return None  # A service's user need not be allowed to ask.
        return float(answer[name])

    def _of(self, service: str) -> AsyncIOMotorDatabase[Document]:
        found = self._client[f"{self._prefix}{service}"]
        return found.with_options(read_concern=ReadConcern("majority"))


def _at(record: Record) -> datetime:
    return record.at


def _spoken(record: Record) -> Iterator[tuple[str, bytes]]:
    return ((output.routing_key, output.body) for output in record.outputs)

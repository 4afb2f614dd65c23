"""All databases as they were at one moment, streamed: for checks while services work."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from bson import Int64
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING
from pymongo.errors import OperationFailure

from shared.contracts.registry import SERVICES
from shared.kernel.decision import State, StoredState
from shared.kernel.messages import MessageRecord
from shared.kernel.ports import SnapshotExpiredError
from shared.kernel.position import position_of
from shared.kernel.settings import Settings
from shared.mongodb import outbox
from shared.mongodb.batch_digest import KeysDigest, batch_digest, bytes_of
from shared.mongodb.documents import altered_parts, document_to_record, document_to_state
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.export_register import DATABASE as EXPORTS
from shared.mongodb.export_register import chunks_of, keys_of
from shared.mongodb.form import check_forms
from shared.mongodb.store import connect

RECORDS_AT_ONCE, STATES_AT_ONCE = 200, 1_000
"""Documents that one answer of the server carries: memory holds no more of them."""
TOO_OLD = {239, 246}
COMMIT_MAX = timedelta(minutes=10)
"""How long after its position a record may be committed, and how far clocks may differ."""
Document = dict[str, Any]
S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it is stored: `record` is None where it can no longer be read.

    `unpublished`: it waits to be published. `altered` names outputs (by id) and the receipt whose
    stored bytes do not have their stored hash.
    """

    name: str
    record: MessageRecord | None
    unpublished: bool
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch of an export as it is stored: its manifest, and the hash and size of its file now.

    `sealed` is the hash of the rest when it was frozen, `seal` that of what is stored now. `keys`
    are those of its entries, empty where batches of its series repeat entries.
    """

    series: str
    number: int
    manifest: bytes
    sha256: str
    size: int
    sealed: str | None
    seal: str
    keys: tuple[str, ...] = ()


@asynccontextmanager
async def open_snapshot(settings: Settings) -> AsyncIterator["Snapshot"]:
    """Read all services at the moment of the first query.

    The server holds that moment for a few minutes (`minSnapshotHistoryWindowInSeconds`).

    Raises:
        StoreFormError: when a database has another form than this release reads.
        StoreUnavailableError: when the address is none, or nobody answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url)
    try:
        await check_forms(client, settings.database_prefix, (*SERVICES, EXPORTS))
        with map_driver_errors():
            session = await client.start_session(snapshot=True)
        async with session:
            yield Snapshot(client, settings.database_prefix, session)
    finally:
        client.close()


class Snapshot:
    """Every service's records and states. Methods may raise StoreError, SnapshotExpiredError."""

    def __init__(
        self,
        client: AsyncIOMotorClient[Document],
        prefix: str,
        session: AsyncIOMotorClientSession,
    ) -> None:
        self._client, self._prefix, self._session = client, prefix, session
        self._position = position_of(datetime.now(UTC) - COMMIT_MAX)

    async def count(self, service: str, collection: str, where: Document) -> int:
        """Count documents, `inbox` for records."""
        documents = self._of(service)[collection]
        options = {} if where else {"hint": "_id_"}  # Else all documents would be read.
        with reading():
            return int(await documents.count_documents(where, session=self._session, **options))

    async def records(self, service: str, where: Document) -> AsyncIterator[StoredRecord]:
        """Yield records in the order of their positions, readable or not."""
        inbox = self._of(service)["inbox"]
        with reading():
            unpublished = await self._unpublished(service)
            cursor = inbox.find(where, session=self._session).sort("position", ASCENDING)
            async for document in cursor.batch_size(RECORDS_AT_ONCE):
                yield _stored_record(document, unpublished)

    async def _unpublished(self, service: str) -> set[str]:
        """Return the names of the records that wait to be published."""
        batches = self._of(service)[outbox.NAME].find({}, session=self._session)
        in_order = batches.sort("due", ASCENDING)  # Else no index would be used.
        return {str(each) async for batch in in_order for each in _records_of(batch)}

    async def states(
        self, service: str, model: type[S], where: Document, order: Sequence[str] = ()
    ) -> AsyncIterator[StoredState[S]]:
        """Yield the states of a model, in an order that an index gives, then by id."""
        sorting = [(field, ASCENDING) for field in (*order, "_id")]
        with reading():
            states = self._of(service)[model.collection]
            cursor = states.find(where, session=self._session).sort(sorting)
            async for document in cursor.batch_size(STATES_AT_ONCE):
                yield _stored_state(model, document)

    async def arrived_since(self, service: str, ids: Iterable[str]) -> set[str]:
        """Return which messages a service handled after the snapshot, by their ids.

        Records near the snapshot are read whatever their ids: ids alone have no index.
        """
        where = {"position": {"$gte": self._position}}
        with map_driver_errors():
            cursor = self._of(service)["inbox"].find(where, {"_id": 1})
            return {each["_id"]["i"] async for each in cursor} & set(ids)

    async def batches(self) -> AsyncIterator[StoredBatch]:
        """Yield every frozen batch of the exports, by series and number; files are streamed."""
        with reading():
            cursor = self._of(EXPORTS)["batches"].find({"state": "frozen"}, session=self._session)
            async for document in cursor.sort("_id", ASCENDING):
                yield await self._batch(document)

    async def last_batches(self) -> dict[str, int]:
        """Return the number of the last batch that was frozen, by series."""
        with reading():
            cursor = self._of(EXPORTS)["series"].find({}, session=self._session).sort("_id")
            return {str(each["_id"]): each["last"] async for each in cursor if _numbered(each)}

    async def _batch(self, document: Document) -> StoredBatch:
        token, manifest = str(document.get("token")), document.get("manifest")
        digest, size = await self._file(token)
        keys_digest, keys = await self._keys(token)
        return StoredBatch(
            series=document["_id"]["series"],
            number=document["_id"]["number"],
            manifest=manifest if isinstance(manifest, bytes) else b"",
            sha256=digest,
            size=size,
            sealed=document.get("seal"),
            seal=batch_digest(document, keys_digest),
            keys=tuple(keys),
        )

    async def _file(self, token: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        pieces = self._of(EXPORTS)["pieces"].find(chunks_of(token), session=self._session)
        async for piece in pieces.sort("_id", ASCENDING).batch_size(1):
            content = bytes_of(piece)
            digest.update(content)
            size += len(content)
        return digest.hexdigest(), size

    async def _keys(self, token: str) -> tuple[KeysDigest, list[str]]:
        digest, keys = KeysDigest(), list[str]()
        pages = self._of(EXPORTS)["members"].find(keys_of(token), session=self._session)
        async for page in pages.sort("_id", ASCENDING):
            digest.add(page)
            if isinstance(page.get("keys"), list):
                keys += map(str, page["keys"])
        return digest, keys

    def _of(self, service: str) -> AsyncIOMotorDatabase[Document]:
        return self._client[f"{self._prefix}{service}"]


@contextmanager
def reading() -> Iterator[None]:
    """Raise the errors of the port in place of the driver's.

    Raises:
        SnapshotExpiredError: the moment is too long ago.
        StoreError: whatever else the driver raises.
    """
    with map_driver_errors():
        try:
            yield
        except OperationFailure as fault:
            if fault.code in TOO_OLD:
                raise SnapshotExpiredError(str(fault)[:200]) from fault
            raise


def _numbered(series: Document) -> bool:
    return isinstance(series.get("last"), int)


def _records_of(batch: Document) -> list[Any]:
    records = batch.get("records")
    return records if isinstance(records, list) else []


def _stored_record(document: Document, unpublished: set[str]) -> StoredRecord:
    name = str(document.get("_id"))
    waits = name in unpublished
    try:
        record, altered = document_to_record(document), altered_parts(document)
    except Exception:  # noqa: BLE001 - whatever was done to it, it is one record that cannot be read
        return StoredRecord(name, None, waits)
    return StoredRecord(name, record if _is_whole(record) else None, waits, altered)


def _is_whole(record: MessageRecord) -> bool:
    """Tell whether every field has its type: the database itself takes anything."""
    receipt, outputs = record.receipt, record.outputs
    texts: list[Any] = [record.sha256, record.routing_key, record.outcome, *record.dossier_ids]
    texts += [*record.key[:3], *(text for each in outputs for text in (each.id, each.routing_key))]
    texts += [receipt.hash] if receipt else []
    optional: list[Any] = [record.type, record.caf, record.reason]
    optional += [text for each in outputs for text in (each.queue, each.subject)]
    bodies: list[Any] = [record.body, receipt and receipt.content, *(each.body for each in outputs)]
    others: list[Any] = [record.handled_at, record.position, record.size, record.key.replay]
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(text, str | None) for text in optional)
        and all(isinstance(body, bytes | None) for body in bodies)
        and [type(other) for other in others] == [datetime, Int64, int, int]
    )


def _stored_state(model: type[S], document: Document) -> StoredState[S]:
    """Read a state whatever was done to it: no version counts as 0."""
    try:
        return document_to_state(model, dict(document))
    except (LookupError, TypeError, ValueError, AttributeError):
        rest = {name: value for name, value in document.items() if name not in {"_id", "_v"}}
        version = cast("int", document.get("_v", 0))
        return StoredState(model, str(document["_id"]), version, rest)

"""The register of exports: each file that was published, byte for byte, never deleted.

    batches    one document per batch: a draft under a token, then frozen with its manifest
    members    keys of the entries of a batch, in pages and in their order
    pieces     the file of each batch, chunk by chunk
    series     the number of the last frozen batch of each series: that one has no successor

A draft was published to nobody: discarded, it leaves no trace and its number is free.
"""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import Binary, MaxKey, MinKey
from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.kernel.messages import FORM
from shared.kernel.ports import ConflictError, KernelError
from shared.kernel.settings import Settings
from shared.mongodb.batch_digest import KeysDigest, batch_digest, bytes_of
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.form import check_form, write_form
from shared.mongodb.store import connect

DATABASE = "exports"
PIECE_BYTES = 1024 * 1024
"""The part of a file that is in memory; the driver's GridFS holds many of its chunks at once."""
Document = dict[str, Any]


class ExportInProgressError(KernelError):
    """Another export makes the next batch of this series, or was interrupted while it did."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        super().__init__(f"being cut since {since.isoformat()}")


@dataclass(frozen=True, slots=True)
class Batch:
    """A frozen batch. `manifest` is its JSON as bytes; `file` the name of its file."""

    series: str
    number: int
    token: str
    file: str
    fingerprint: str
    manifest: bytes


@asynccontextmanager
async def open_register(settings: Settings) -> AsyncIterator["ExportRegister"]:
    """Open the register, and create its index where it is new.

    Raises:
        StoreFormError: when it has another form than this release reads.
        StoreUnavailableError: when the address is none, or nobody answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url)
    try:
        register = ExportRegister(client[f"{settings.database_prefix}{DATABASE}"])
        await register.prepare()
        yield register
    finally:
        client.close()


class ExportRegister:
    """All batches. Every method may raise StoreError."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._database, self._batches = database, database["batches"]
        self._members, self._pieces = database["members"], database["pieces"]
        self._series = database["series"]

    async def prepare(self) -> None:
        """Create the index; doing it again is safe.

        Raises:
            StoreFormError: when the register has another form; nothing is written.
        """
        await check_form(self._database)
        await write_form(self._database)
        with map_driver_errors():
            await self._members.create_index([("series", 1), ("last", 1)])

    async def batches_of(self, series: str) -> list[Batch]:
        """Return the batches of a series by number."""
        return await self._read(_of_series(series))

    async def last_number(self, series: str) -> int:
        """Return the number of the last batch that was frozen, 0 before the first.

        It is written after the batch: read before the batches, it is never beyond them.
        """
        with map_driver_errors():
            document = await self._series.find_one({"_id": series})
        return int(document["last"]) if document else 0

    async def all(self) -> list[Batch]:
        """Return every batch, by series and number."""
        return await self._read({"state": "frozen"})

    async def write_to(self, batch: Batch, path: Path) -> None:
        """Write the file of a batch.

        Raises:
            OSError: when the path cannot be written.
        """
        with map_driver_errors(), path.open("wb") as file:
            chunks = self._pieces.find(chunks_of(batch.token)).sort("_id", 1)
            async for chunk in chunks.batch_size(1):
                file.write(bytes_of(chunk))

    @asynccontextmanager
    async def draft(
        self, series: str, number: int, *, take_over: bool
    ) -> AsyncIterator["ExportDraft"]:
        """Reserve a number; a draft that was not frozen at the end of the block is discarded.

        Raises:
            ExportInProgressError: another draft has this number, and `take_over` is not set.
        """
        draft = ExportDraft(self._database, series, number)
        if take_over:
            await draft.discard_stale()
        await draft.reserve()
        try:
            yield draft
        finally:
            await draft.discard()

    async def _read(self, where: Document) -> list[Batch]:
        with map_driver_errors():
            cursor = self._batches.find(where).sort("_id", 1)
            return [_batch(each) async for each in cursor]


class ExportDraft:
    """A batch in the making. Its token distinguishes it from other drafts of the same number."""

    def __init__(self, database: AsyncIOMotorDatabase[Document], series: str, number: int) -> None:
        # Documents of several forms: the driver's own types would have one.
        self._batches: Any = database["batches"]
        self._members: Any = database["members"]
        self._pieces: Any = database["pieces"]
        self._series: Any = database["series"]
        self.series, self.number = series, number
        self.id, self.token = {"series": series, "number": number}, secrets.token_hex(16)
        self._pages, self._keys = 0, KeysDigest()
        self._earlier: list[str] = []

    async def reserve(self) -> None:
        """Reserve the number.

        Raises:
            ExportInProgressError: another draft has it.
        """
        now = datetime.now(UTC)
        draft = {"_id": self.id, "_form": FORM, "state": "cutting", "token": self.token}
        try:
            with map_driver_errors():
                await self._batches.insert_one({**draft, "since": now})
        except ConflictError:
            with map_driver_errors():
                other = await self._batches.find_one({"_id": self.id})
            raise ExportInProgressError((other or {}).get("since", now)) from None
        with map_driver_errors():
            earlier = self._batches.find(_of_series(self.series))
            self._earlier = [each["token"] async for each in earlier]

    async def entry_keys(self, first: str, last: str) -> set[str]:
        """Return the keys between these two that earlier batches of the series hold.

        A draft that was taken over while it was written may have left keys: they do not count.
        """
        where = {"series": self.series, "last": {"$gte": first}, "first": {"$lte": last}}
        published = {**where, "_id.token": {"$in": self._earlier}}
        with map_driver_errors():
            pages = self._members.find(published, {"keys": 1})
            return {key async for page in pages for key in page["keys"]}

    async def add_keys(self, keys: Sequence[str]) -> None:
        """Add a page of keys, in their order, to this batch."""
        page = {
            "_id": {"token": self.token, "page": self._pages},
            "_form": FORM,
            "series": self.series,
            "number": self.number,
            "first": keys[0],
            "last": keys[-1],
            "keys": list(keys),
        }
        with map_driver_errors():
            await self._members.insert_one(page)
        self._keys.add(page)
        self._pages += 1

    async def publish(self, path: Path, *, fingerprint: str, manifest: bytes) -> Batch:
        """Store the bytes of the file, then freeze the batch: from here on it is published.

        Raises:
            ConflictError: another export took this number over; nothing was published.
        """
        done: Document = {"file": path.name, "fingerprint": fingerprint, "manifest": manifest}
        done["seal"] = batch_digest({"_id": self.id, "token": self.token, **done}, self._keys)
        with map_driver_errors():
            await self._store_file(path)
            result = await self._batches.update_one(
                {"_id": self.id, "token": self.token, "state": "cutting"},
                {"$set": {"state": "frozen", **done}, "$unset": {"since": ""}},
            )
        if not result.matched_count:
            msg = f"{_name(self.series, self.number)} was taken over by another export"
            raise ConflictError(msg)
        last = {"$max": {"last": self.number}, "$setOnInsert": {"_form": FORM}}
        with map_driver_errors():
            await self._series.update_one({"_id": self.series}, last, upsert=True)
        return Batch(self.series, self.number, self.token, path.name, fingerprint, manifest)

    async def discard(self) -> None:
        """Delete all of this draft, unless it was frozen.

        Only the database knows: freezing may have succeeded although its answer was lost.
        """
        own = {"_id": self.id, "token": self.token}
        with map_driver_errors():
            await self._batches.delete_one({**own, "state": "cutting"})
            if not await self._batches.find_one(own):
                await self._delete_parts(self.token)

    async def discard_stale(self) -> None:
        """Delete all of a draft of this number that was interrupted."""
        with map_driver_errors():
            stale = await self._batches.find_one_and_delete({"_id": self.id, "state": "cutting"})
            if stale:
                await self._delete_parts(stale["token"])

    async def _store_file(self, path: Path) -> None:
        with path.open("rb") as file:
            for number, content in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
                place = {"token": self.token, "piece": number}
                chunk = {"_id": place, "_form": FORM, "bytes": Binary(content)}
                await self._pieces.insert_one(chunk)

    async def _delete_parts(self, token: str) -> None:
        await self._members.delete_many(keys_of(token))
        await self._pieces.delete_many(chunks_of(token))


def chunks_of(token: str) -> Document:
    """Return the filter of all chunks of one file."""
    return _numbered("token", token, "piece")


def keys_of(token: str) -> Document:
    """Return the filter of all keys that one batch holds."""
    return _numbered("token", token, "page")


def _of_series(series: str) -> Document:
    """Return the filter of all frozen batches of a series."""
    return _numbered("series", series, "number") | {"state": "frozen"}


def _numbered(name: str, value: str, number: str) -> Document:
    """Return the filter of all documents numbered under a value: a range of ids has an index."""
    first, last = ({name: value, number: end} for end in (MinKey(), MaxKey()))
    return {"_id": {"$gt": first, "$lt": last}}


def _batch(document: Document) -> Batch:
    return Batch(
        series=document["_id"]["series"],
        number=document["_id"]["number"],
        token=document["token"],
        file=document["file"],
        fingerprint=document["fingerprint"],
        manifest=bytes(document["manifest"]),
    )


def _name(series: str, number: int) -> str:
    return f"{series}-{number:03}"

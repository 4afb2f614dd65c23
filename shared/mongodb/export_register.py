"""The register of exports: what was given out, kept as the very bytes, for good.

    batches    one document per batch: being cut under a token, then frozen with its manifest
    members    keys of what a batch holds, in pages and in their order
    pieces     the file of each batch, piece by piece
    series     the number of the last frozen batch of each series: that one has no successor

A batch that is being cut is nobody's yet: dropped, it leaves no trace and its number is free.
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

from shared.kernel.ports import ConflictError, KernelError
from shared.kernel.settings import Settings
from shared.mongodb.batch_digest import KeysDigest, batch_digest, bytes_of
from shared.mongodb.errors import map_driver_errors
from shared.mongodb.store import connect

DATABASE = "exports"
PIECE_BYTES = 1024 * 1024
"""What is in memory of a file; GridFS, as the driver has it, holds many of its chunks at once."""
Document = dict[str, Any]


class ExportInProgressError(KernelError):
    """Another export cuts the next batch of this series, or was interrupted while it did."""

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
    """Open the register, and make it ready where it is new.

    Raises:
        StoreAway: when the address is none, or nobody answers.
    """
    with map_driver_errors():
        client = connect(settings.mongo_url)
    try:
        found = ExportRegister(client[f"{settings.database_prefix}{DATABASE}"])
        await found.prepare()
        yield found
    finally:
        client.close()


class ExportRegister:
    """All batches. Every method may raise StoreError."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._database, self._batches = database, database["batches"]
        self._members, self._pieces = database["members"], database["pieces"]
        self._series = database["series"]

    async def prepare(self) -> None:
        """Create the index; asking again is safe."""
        with map_driver_errors():
            await self._members.create_index([("series", 1), ("last", 1)])

    async def batches_of(self, series: str) -> list[Batch]:
        """Return the batches of a series by number."""
        return await self._read({"_id.series": series, "state": "frozen"})

    async def last_number(self, series: str) -> int:
        """Return the number of the last batch that was frozen, 0 before the first.

        It is written after the batch: asked before `frozen`, it never says more than is there.
        """
        with map_driver_errors():
            found = await self._series.find_one({"_id": series})
        return int(found["last"]) if found else 0

    async def all(self) -> list[Batch]:
        """Return every batch, by series and number."""
        return await self._read({"state": "frozen"})

    async def write_to(self, batch: Batch, path: Path) -> None:
        """Write the file of a batch.

        Raises:
            OSError: when the path cannot be written.
        """
        with map_driver_errors(), path.open("wb") as file:
            found = self._pieces.find(chunks_of(batch.token)).sort("_id", 1)
            async for piece in found.batch_size(1):
                file.write(bytes_of(piece))

    @asynccontextmanager
    async def draft(
        self, series: str, number: int, *, take_over: bool
    ) -> AsyncIterator["ExportDraft"]:
        """Reserve a number; what was not frozen at the end of the block is dropped.

        Raises:
            BeingCut: when somebody else holds this number, and `take_over` is not set.
        """
        attempt = ExportDraft(self._database, series, number)
        if take_over:
            await attempt.discard_stale()
        await attempt.reserve()
        try:
            yield attempt
        finally:
            await attempt.discard()

    async def _read(self, where: Document) -> list[Batch]:
        with map_driver_errors():
            found = self._batches.find(where).sort("_id", 1)
            return [_batch(each) async for each in found]


class ExportDraft:
    """A batch being cut. Its token tells it from any other attempt at the same number."""

    def __init__(self, database: AsyncIOMotorDatabase[Document], series: str, number: int) -> None:
        # Documents of several forms: the driver's own types would have one.
        self._batches: Any = database["batches"]
        self._members: Any = database["members"]
        self._pieces: Any = database["pieces"]
        self._series: Any = database["series"]
        self.series, self.number = series, number
        self.id, self.token = {"series": series, "number": number}, secrets.token_hex(16)
        self._pages, self._held = 0, KeysDigest()
        self._earlier: list[str] = []

    async def reserve(self) -> None:
        """Take the number.

        Raises:
            BeingCut: somebody else has it.
        """
        now = datetime.now(UTC)
        mine = {"_id": self.id, "state": "cutting", "token": self.token, "since": now}
        try:
            with map_driver_errors():
                await self._batches.insert_one(mine)
        except ConflictError:
            with map_driver_errors():
                held = await self._batches.find_one({"_id": self.id})
            raise ExportInProgressError(
                held["since"] if held and "since" in held else now
            ) from None
        with map_driver_errors():
            earlier = self._batches.find({"_id.series": self.series, "state": "frozen"})
            self._earlier = [each["token"] async for each in earlier]

    async def entry_keys(self, first: str, last: str) -> set[str]:
        """Return the keys between these two that earlier batches of the series hold.

        An attempt that was taken over while it lived may have left keys: nobody was given them.
        """
        where = {"series": self.series, "last": {"$gte": first}, "first": {"$lte": last}}
        given = {**where, "_id.token": {"$in": self._earlier}}
        with map_driver_errors():
            found = self._members.find(given, {"keys": 1})
            return {key async for page in found for key in page["keys"]}

    async def add_keys(self, keys: Sequence[str]) -> None:
        """Keep a page of keys, in their order, as held by this batch."""
        page = {"token": self.token, "page": self._pages}
        of = {"series": self.series, "number": self.number, "first": keys[0], "last": keys[-1]}
        held = {"_id": page, **of, "keys": list(keys)}
        with map_driver_errors():
            await self._members.insert_one(held)
        self._held.add(held)
        self._pages += 1

    async def publish(self, path: Path, *, fingerprint: str, manifest: bytes) -> Batch:
        """Keep the bytes of the file, then make the batch known: from here on it stands.

        Raises:
            Conflict: another export took this number over meanwhile; nothing was given out.
        """
        done: Document = {"file": path.name, "fingerprint": fingerprint, "manifest": manifest}
        done["seal"] = batch_digest({"_id": self.id, "token": self.token, **done}, self._held)
        with map_driver_errors():
            await self._keep(path)
            result = await self._batches.update_one(
                {"_id": self.id, "token": self.token, "state": "cutting"},
                {"$set": {"state": "frozen", **done}, "$unset": {"since": ""}},
            )
        if not result.matched_count:
            msg = f"{_name(self.series, self.number)} was taken over by another export"
            raise ConflictError(msg)
        last = {"$max": {"last": self.number}}
        with map_driver_errors():
            await self._series.update_one({"_id": self.series}, last, upsert=True)
        return Batch(self.series, self.number, self.token, path.name, fingerprint, manifest)

    async def discard(self) -> None:
        """Leave no trace of this attempt, unless it was frozen.

        The store knows, not we: freezing may have gone through although its answer was lost.
        """
        mine = {"_id": self.id, "token": self.token}
        with map_driver_errors():
            await self._batches.delete_one({**mine, "state": "cutting"})
            if not await self._batches.find_one(mine):
                await self._sweep(self.token)

    async def discard_stale(self) -> None:
        """Leave no trace of an attempt at this number that was interrupted."""
        with map_driver_errors():
            held = await self._batches.find_one_and_delete({"_id": self.id, "state": "cutting"})
            if held:
                await self._sweep(held["token"])

    async def _keep(self, path: Path) -> None:
        with path.open("rb") as file:
            for number, piece in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
                place = {"token": self.token, "piece": number}
                await self._pieces.insert_one({"_id": place, "bytes": Binary(piece)})

    async def _sweep(self, token: str) -> None:
        await self._members.delete_many(keys_of(token))
        await self._pieces.delete_many(chunks_of(token))


def chunks_of(token: str) -> Document:
    """Return the filter of all pieces of one file."""
    return _of(token, "piece")


def keys_of(token: str) -> Document:
    """Return the filter of all keys that one batch holds."""
    return _of(token, "page")


def _of(token: str, number: str) -> Document:
    """Return the filter of all that is numbered under a token: a range of ids has an index."""
    first, last = ({"token": token, number: end} for end in (MinKey(), MaxKey()))
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

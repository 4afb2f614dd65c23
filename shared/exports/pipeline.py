"""A batch is made once, frozen, and delivered on every request as the same bytes.

It is delivered as a folder, `fec-761-2025-001/`, with the file and `manifest.json`. The folder is
written under another name, synced, then renamed: it is complete or absent.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import orjson

if TYPE_CHECKING:
    # The verification of a batch needs this module, and no database.
    from shared.mongodb.export_register import Batch, ExportRegister

MANIFEST = "manifest.json"
COMPANIONS = "companions"
"""The field of a manifest with the texts beside its file, by name."""
LEFT_OUT = "left_out"
"""The field of a manifest with what its file cannot hold, French sentences; absent if nothing."""
Control = dict[str, Any]
"""The control fields of a manifest: at least its `count`, and totals as text."""


class Draft(Protocol):
    """A batch that is being made, before it is frozen."""

    number: int

    async def entry_keys(self, first: str, last: str) -> set[str]:
        """Return the keys between these two that earlier batches of the series hold."""
        ...

    async def add_keys(self, keys: Sequence[str]) -> None:
        """Record a page of keys, in their order, as held by this batch."""
        ...


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """One series of batches, `fec-761-2025`, and how its next batch is made.

    `make` writes the file and returns its control; a count of 0 means that nothing is new, unless
    the series is of `states`: that nothing is left of the last batch is a state too.
    `fingerprint` names the content: while it is that of the last batch nothing is new; None where
    only making a batch shows it. `made` names the content that was made, where it may be more
    than what was requested.
    """

    series: str
    file: str
    make: Callable[[Path, Draft], Awaitable[Control]]
    fingerprint: str | None = None
    made: Callable[[Control], str] | None = None
    states: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was delivered: the batch, its folder, and whether it was made just now."""

    batch: Batch
    folder: Path
    new: bool


class NoSuchBatchError(Exception):
    """There is no batch of this number, or nothing to export; `numbers` lists the batches."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self.numbers = ", ".join(str(each.number) for each in batches)
        super().__init__(self.numbers)


class TamperedBatchError(Exception):
    """The register's content of this batch is no longer what was frozen."""


class TargetExistsError(Exception):
    """The folder exists and does not hold this batch."""


async def deliver(
    register: ExportRegister,
    request: ExportRequest,
    to: Path,
    *,
    number: int | None,
    take_over: bool,
) -> ExportResult:
    """Deliver a batch: the one of this number, else a new one, else the last.

    Raises:
        NoSuchBatchError, TargetExistsError, TamperedBatchError, ExportInProgressError,
            UnrepresentableContentError: nothing was written.
        OSError: the folder cannot be written.
        StoreError: the store is away.
    """
    last_number = await register.last_number(request.series)
    batches = await register.batches_of(request.series)
    if number is not None:
        chosen = next((each for each in batches if each.number == number), None)
        if chosen is None:
            raise NoSuchBatchError(batches)
        return ExportResult(chosen, await _write_folder(register, chosen, to), new=False)
    last = batches[-1] if batches else None
    if last_number > (last.number if last else 0):
        raise TamperedBatchError(f"{request.series}-{last_number:03}")
    if last and request.fingerprint == last.fingerprint:
        return ExportResult(last, await _write_folder(register, last, to), new=False)
    fresh = await _build_batch(register, request, last, to, take_over=take_over)
    if not (fresh or last):
        raise NoSuchBatchError(batches)
    chosen = fresh or last
    assert chosen
    return ExportResult(chosen, await _write_folder(register, chosen, to), new=fresh is not None)


async def _build_batch(
    register: ExportRegister,
    request: ExportRequest,
    last: Batch | None,
    to: Path,
    *,
    take_over: bool,
) -> Batch | None:
    number = last.number + 1 if last else 1
    async with register.draft(request.series, number, take_over=take_over) as draft:
        with _temporary_folder(to, f"{request.series}-{number:03}") as folder:
            path = folder / request.file
            control = await request.make(path, draft)
            if not (control["count"] or (request.states and last)):
                return None
            manifest = _manifest(request, number, last, path, control)
            return await draft.publish(
                path, fingerprint=_fingerprint(request, control), manifest=manifest
            )


def _fingerprint(request: ExportRequest, control: Control) -> str:
    """Return the fingerprint of the content that a batch holds."""
    return request.made(control) if request.made else request.fingerprint or ""


async def _write_folder(register: ExportRegister, batch: Batch, to: Path) -> Path:
    """Write a frozen batch; one that is there already is compared, never replaced."""
    folder = to / f"{batch.series}-{batch.number:03}"
    if not folder.exists():
        with _temporary_folder(to, folder.name) as temporary:
            await _write(register, batch, temporary)
            if not _holds(temporary, batch):
                raise TamperedBatchError(folder.name)
            for path in (*temporary.iterdir(), temporary):
                _sync(path)
            _move(temporary, folder)
        _sync(to)
    if not _holds(folder, batch):
        raise TargetExistsError(str(folder))
    return folder


async def _write(register: ExportRegister, batch: Batch, folder: Path) -> None:
    await register.write_to(batch, folder / batch.file)
    (folder / MANIFEST).write_bytes(batch.manifest)
    for name, text in _companions(batch).items():
        (folder / name).write_bytes(text)


def _move(temporary: Path, folder: Path) -> None:
    """Give a folder its name; another export may have been faster: then its folder is used."""
    try:
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


@contextmanager
def _temporary_folder(to: Path, name: str) -> Iterator[Path]:
    """Make a folder, with its parents; whatever was made and not renamed is removed at the end."""
    made = [each for each in (to, *to.parents) if not each.exists()]
    temporary = to / f".{name}.{secrets.token_hex(8)}.partial"
    temporary.mkdir(parents=True)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):  # One that holds anything stays.
            for folder in made:
                folder.rmdir()


def _holds(folder: Path, batch: Batch) -> bool:
    """Return whether a folder holds this batch, byte for byte."""
    manifest = orjson.loads(batch.manifest)
    try:
        same = (folder / MANIFEST).read_bytes() == batch.manifest
        same = same and sha256_of(folder / batch.file) == manifest["sha256"]
        beside = _companions(batch).items()
        return same and all((folder / name).read_bytes() == text for name, text in beside)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _companions(batch: Batch) -> dict[str, bytes]:
    texts: dict[str, str] = orjson.loads(batch.manifest).get(COMPANIONS, {})
    return {name: text.encode() for name, text in texts.items()}


def _manifest(
    request: ExportRequest, number: int, last: Batch | None, path: Path, control: Control
) -> bytes:
    content = {
        "series": request.series,
        "number": number,
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
        **control,
        "previous_manifest_sha256": last and hashlib.sha256(last.manifest).hexdigest(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": f"clas {version('clas')}",
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

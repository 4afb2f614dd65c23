"""Verification of an exported batch without any server: complete and unchanged."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from services.accounting.domain.entries import Entry
from services.accounting.exercise import Chain, ExerciseBuilder
from services.accounting.exports.fec_report import finding_line
from services.accounting.exports.formats.events import line_of
from services.accounting.exports.journal_control import batch_totals
from shared.contracts.accounting import AccountingEntryPosted
from shared.exports.pipeline import COMPANIONS, MANIFEST, sha256_of
from shared.fec_validator import validate

Manifest = dict[str, Any]
UNREADABLE = (AttributeError, KeyError, OSError, TypeError, ValueError)
"""The errors of parsing a malformed manifest or file."""


def faults(folder: Path) -> Iterator[str]:
    """Yield the faults of the folder of a batch, in French; none when it is valid."""
    try:
        manifest: Manifest = orjson.loads((folder / MANIFEST).read_bytes())
        yield from _batch_faults(folder, manifest)
    except FileNotFoundError as fault:
        yield f"{Path(fault.filename).name} manque : le dossier d’un lot est attendu, ou un FEC"
    except UNREADABLE as fault:
        yield f"manifeste ou fichier illisible : {fault}"


def _batch_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    if (name := f"{manifest['series']}-{manifest['number']:03}") != folder.resolve().name:
        yield f"le dossier ne porte pas le nom de son lot, {name}"
    path = folder / _own_file(manifest["file"])
    if (digest := sha256_of(path)) != manifest["sha256"]:
        yield f"{path.name} : empreinte {digest}, le manifeste dit {manifest['sha256']}"
    yield from _differences(manifest, {"bytes": path.stat().st_size})
    yield from _companion_faults(folder, manifest)
    yield from _previous_batch_faults(folder, manifest)
    if check := CONTENT_CHECKS.get(str(manifest["series"]).partition("-")[0]):
        yield from check(path, manifest)


def _own_file(name: str) -> str:
    """Return a file name, which must be one of the folder itself: another file proves nothing."""
    if Path(name).name != name:
        msg = f"{name} n’est pas le nom d’un fichier de ce dossier"
        raise ValueError(msg)
    return name


def _companion_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compare the companion files with the manifest."""
    for name, text in manifest.get(COMPANIONS, {}).items():
        if (folder / _own_file(name)).read_bytes() != text.encode():
            yield f"{name} : le texte n’est pas celui du manifeste"


def _previous_batch_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Compare with the previous batch, when its folder is beside this one."""
    previous = folder.parent / f"{manifest['series']}-{manifest['number'] - 1:03}" / MANIFEST
    if previous.exists():
        digest = hashlib.sha256(previous.read_bytes()).hexdigest()
        if digest != manifest["previous_manifest_sha256"]:
            yield f"le lot précédent n’est pas celui dont ce lot est la suite : {previous}"


def _validated_faults(path: Path, manifest: Manifest) -> Iterator[str]:
    """Verify the entries and the hash chain of a closed exercise."""
    return _entry_faults(path, manifest, Chain(manifest["caf"], manifest["exercise"]))


def _event_faults(path: Path, manifest: Manifest) -> Iterator[str]:
    """Verify entries that are not, or not all, of a hash chain."""
    return _entry_faults(path, manifest, None)


def _entry_faults(path: Path, manifest: Manifest, chain: Chain | None) -> Iterator[str]:
    builder = ExerciseBuilder(chain)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            entry = _parse_entry(line)
            if entry is None:
                yield f"ligne {number} : ce n’est pas une écriture telle qu’elle a été annoncée"
                return
            builder.add(entry)
            if builder.broken_at:
                yield f"ligne {number} : la chaîne d’empreintes se rompt"
                return
    if chain and chain.head != manifest["head_hash"]:
        yield f"la chaîne finit par {chain.head}, la clôture a publié {manifest['head_hash']}"
        return
    yield from _differences(manifest, batch_totals(builder.exercise))


def _parse_entry(line: bytes) -> Entry | None:
    """Return the entry of a line, None unless the line has the exact bytes of the export.

    Of a repeated key some parsers take the first value, others the last.
    """
    try:
        record = orjson.loads(line)
        posted = AccountingEntryPosted.model_validate_json(orjson.dumps(record["data"]))
        entry = Entry(
            entry_id=posted.entry_id,
            caf=posted.caf,
            exercise=posted.exercise,
            place="",
            posted=posted,
            sequence=record["sequence"],
            previous_hash=record["previous_hash"],
            hash=record["hash"],
        )
    except UNREADABLE:
        return None
    return entry if line_of(entry) == line else None


def _fec_faults(path: Path, manifest: Manifest) -> Iterator[str]:
    """Validate a FEC; warnings do not make a batch wrong."""
    report = validate(path)
    yield from map(finding_line, report.errors)
    sums = {"debit": str(report.debit), "credit": str(report.credit)}
    yield from _differences(manifest, {"count": report.entries, "lines": report.lines, **sums})


def _differences(manifest: Manifest, actual: Mapping[str, Any]) -> Iterator[str]:
    return (
        f"{name} : {value} dans le fichier, le manifeste dit {manifest.get(name)}"
        for name, value in actual.items()
        if manifest.get(name) != value
    )


CONTENT_CHECKS: dict[str, Callable[[Path, Manifest], Iterator[str]]] = {
    "validated": _validated_faults,
    "events": _event_faults,
    "fec": _fec_faults,
}
"""The check of the content of a series, by the first part of its name."""

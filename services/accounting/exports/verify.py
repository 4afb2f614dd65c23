"""What was given out, looked at again without any server: is it whole and unchanged."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from services.accounting.domain.entries import Entry
from services.accounting.exports.fec_report import in_one_line
from services.accounting.exports.formats.events import line_of
from services.accounting.exports.journal_totals import JournalTotals
from services.accounting.ledger import Chain
from shared.contracts.accounting import AccountingEntryPosted
from shared.exports.pipeline import COMPANIONS, MANIFEST, sha256_of
from shared.fec_validator import validate

Manifest = dict[str, Any]
UNREADABLE = (AttributeError, KeyError, OSError, TypeError, ValueError)
"""What reading raises of a manifest or a file that has not its form."""


def faults(folder: Path) -> Iterator[str]:
    """Yield all that is wrong with the folder of a batch, in French; nothing when it is right."""
    try:
        said: Manifest = orjson.loads((folder / MANIFEST).read_bytes())
        yield from _faults(folder, said)
    except FileNotFoundError as fault:
        yield f"{Path(fault.filename).name} manque : le dossier d’un lot est attendu, ou un FEC"
    except UNREADABLE as fault:
        yield f"manifeste ou fichier illisible : {fault}"


def _faults(folder: Path, said: Manifest) -> Iterator[str]:
    if (name := f"{said['series']}-{said['number']:03}") != folder.resolve().name:
        yield f"le dossier ne porte pas le nom de son lot, {name}"
    path = folder / _plain(said["file"])
    if (found := sha256_of(path)) != said["sha256"]:
        yield f"{path.name} : empreinte {found}, le manifeste dit {said['sha256']}"
    yield from _unequal(said, {"bytes": path.stat().st_size})
    yield from _beside(folder, said)
    yield from _previous(folder, said)
    if check := CHECKS.get(str(said["series"]).partition("-")[0]):
        yield from check(path, said)


def _plain(name: str) -> str:
    """Return the name of a file of the folder itself: that of another one proves nothing."""
    if Path(name).name != name:
        msg = f"{name} n’est pas le nom d’un fichier de ce dossier"
        raise ValueError(msg)
    return name


def _beside(folder: Path, said: Manifest) -> Iterator[str]:
    """Compare the texts beside the file."""
    for name, text in said.get(COMPANIONS, {}).items():
        if (folder / _plain(name)).read_bytes() != text.encode():
            yield f"{name} : le texte n’est pas celui du manifeste"


def _previous(folder: Path, said: Manifest) -> Iterator[str]:
    """Compare with the batch before, where its folder stands beside this one."""
    before = folder.parent / f"{said['series']}-{said['number'] - 1:03}" / MANIFEST
    if before.exists():
        found = hashlib.sha256(before.read_bytes()).hexdigest()
        if found != said["previous_manifest_sha256"]:
            yield f"le lot précédent n’est pas celui dont ce lot est la suite : {before}"


def _chained(path: Path, said: Manifest) -> Iterator[str]:
    """Follow the chain of hashes of a closed exercise from its first entry to its head."""
    return _entries(path, said, Chain(said["caf"], said["exercise"]))


def _events(path: Path, said: Manifest) -> Iterator[str]:
    """Read entries that are of no chain yet, or not all of it."""
    return _entries(path, said, None)


def _entries(path: Path, said: Manifest, chain: Chain | None) -> Iterator[str]:
    tally = JournalTotals()
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            entry = _entry(line)
            if entry is None:
                yield f"ligne {number} : ce n’est pas une écriture telle qu’elle a été annoncée"
                return
            if chain and not chain.follow(entry).holds(entry):
                yield f"ligne {number} : la chaîne d’empreintes se rompt"
                return
            tally.add(entry)
    if chain and chain.head != said["head_hash"]:
        yield f"la chaîne finit par {chain.head}, la clôture a publié {said['head_hash']}"
        return
    yield from _unequal(said, tally.totals)


def _entry(line: bytes) -> Entry | None:
    """Return the entry of a line, None where it is written otherwise than we write it.

    Of a key that comes twice some readers take the first, others the last.
    """
    try:
        said = orjson.loads(line)
        posted = AccountingEntryPosted.model_validate_json(orjson.dumps(said["data"]))
        entry = Entry(
            entry_id=posted.entry_id,
            caf=posted.caf,
            exercise=posted.exercise,
            place="",
            posted=posted,
            sequence=said["sequence"],
            previous_hash=said["previous_hash"],
            hash=said["hash"],
        )
    except UNREADABLE:
        return None
    return entry if line_of(entry) == line else None


def _fec(path: Path, said: Manifest) -> Iterator[str]:
    """Check a FEC; what is only a warning does not make a batch wrong."""
    report = validate(path)
    yield from map(in_one_line, report.errors)
    sums = {"debit": str(report.debit), "credit": str(report.credit)}
    yield from _unequal(said, {"count": report.entries, "lines": report.lines, **sums})


def _unequal(said: Manifest, found: Mapping[str, Any]) -> Iterator[str]:
    return (
        f"{name} : {value} dans le fichier, le manifeste dit {said.get(name)}"
        for name, value in found.items()
        if said.get(name) != value
    )


CHECKS: dict[str, Callable[[Path, Manifest], Iterator[str]]] = {
    "validated": _chained,
    "events": _events,
    "fec": _fec,
}
"""What the content of a series must fulfil, by the first word of its name."""

"""What was given out, looked at again without any server: is it whole and unchanged."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from services.accounting.domain.chain import link, seed
from services.cli.export.deliver import MANIFEST, sha256_of
from services.cli.export.fec_check import check_fec
from services.cli.export.fec_told import in_one_line
from shared.contracts.accounting import AccountingEntryPosted

Manifest = dict[str, Any]


def faults(folder: Path) -> Iterator[str]:
    """Yield all that is wrong with the folder of a batch, in French; nothing when it is right."""
    try:
        said: Manifest = orjson.loads((folder / MANIFEST).read_bytes())
        path = folder / said["file"]
        found = sha256_of(path)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        yield f"manifeste ou fichier illisible : {fault}"
        return
    if found != said["sha256"]:
        yield f"{path.name} : empreinte {found}, le manifeste dit {said['sha256']}"
    yield from _previous(folder, said)
    if check := CHECKS.get(str(said["series"]).partition("-")[0]):
        yield from check(path, said)


def _previous(folder: Path, said: Manifest) -> Iterator[str]:
    """Compare with the batch before, where its folder stands beside this one."""
    before = folder.parent / f"{said['series']}-{said['number'] - 1:03}" / MANIFEST
    if before.exists():
        found = hashlib.sha256(before.read_bytes()).hexdigest()
        if found != said["previous_manifest_sha256"]:
            yield f"le lot précédent n’est pas celui dont ce lot est la suite : {before}"


def _chain(path: Path, said: Manifest) -> Iterator[str]:
    """Follow the chain of hashes of a closed exercise from its first entry to its head."""
    head = seed(said["caf"], said["exercise"])
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = orjson.loads(line)
                posted = AccountingEntryPosted.model_validate_json(orjson.dumps(entry["data"]))
                head = link(head, posted)
                broken = (entry["sequence"], entry["hash"]) != (number, head)
            except (ValueError, KeyError, TypeError):
                broken = True
            if broken:
                yield f"ligne {number} : la chaîne d’empreintes se rompt"
                return
    if head != said["head_hash"]:
        yield f"la chaîne finit par {head}, la clôture a publié {said['head_hash']}"


def _fec(path: Path, _: Manifest) -> Iterator[str]:
    """Check a FEC; what is only a warning does not make a batch wrong."""
    yield from map(in_one_line, check_fec(path).errors)


CHECKS: dict[str, Callable[[Path, Manifest], Iterator[str]]] = {
    "validated": _chain,
    "fec": _fec,
}
"""What the content of a series must fulfil, by the first word of its name."""

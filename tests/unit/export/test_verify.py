"""A closed ledger as JSON lines: verified by our command, and by the program for third parties."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.events import EventLines
from services.accounting.exports.verify import faults
from tests.support.samples import advance_granted, funding_granted
from tests.unit.accounting.ledger import Ledger
from tests.unit.export.journal import head

Lines = list[dict[str, Any]]
PROGRAM = Path("docs/verify.py")
TOTAL = "5516.50"
"""An advance of 772.31, accruals of 330.99 and 1 103.30, two commitments of 1 654.95."""
GONE = object()


@pytest.fixture(scope="module")
def closed() -> list[Entry]:
    """Two grants and an advance of 2025, closed: five entries."""
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(funding_granted(dossier_id="E-2"))
    ledger.handle(advance_granted(ordered_on="2025-11-20"))
    ledger.close(2025)
    return ledger.entries


@pytest.fixture
def batch(closed: list[Entry], tmp_path: Path) -> Path:
    """The folder of their batch, as it is given out."""
    folder = tmp_path / "validated-761-2025-001"
    folder.mkdir()
    writer = EventLines(folder / "clas.jsonl", head())
    for entry in closed:
        writer.add(entry)
    writer.close()
    put_manifest(folder, head_hash=closed[-1].hash)
    return folder


def put_manifest(folder: Path, **changes: Any) -> None:
    document = {
        "series": "validated-761-2025",
        "number": 1,
        "file": "clas.jsonl",
        "sha256": hashlib.sha256((folder / "clas.jsonl").read_bytes()).hexdigest(),
        "caf": "761",
        "exercise": 2025,
        "count": 5,
        "lines": 10,
        "debit": TOTAL,
        "credit": TOTAL,
        "first_sequence": 1,
        "last_sequence": 5,
        "previous_manifest_sha256": None,
    }
    document["bytes"] = (folder / "clas.jsonl").stat().st_size
    text = {name: value for name, value in (document | changes).items() if value is not GONE}
    (folder / "manifest.json").write_text(json.dumps(text))


def outside(batch: Path, head_hash: str | None) -> subprocess.CompletedProcess[str]:
    """Run the program for third parties: nothing of ours is on its path."""
    command = [sys.executable, "-I", str(PROGRAM), str(batch / "clas.jsonl"), head_hash or ""]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def as_written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def amount_changed(lines: Lines) -> None:
    lines[2]["data"]["lines"][0]["debit"] = "9.99"


def entry_removed(lines: Lines) -> None:
    del lines[1]


def entries_swapped(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def entry_doubled(lines: Lines) -> None:
    lines.insert(1, lines[1])


def number_changed(lines: Lines) -> None:
    lines[3]["sequence"] = 9


def end_cut_off(lines: Lines) -> None:
    del lines[-1]


def about_another_dossier(lines: Lines) -> None:
    lines[1]["subject"] = "E-9"


def chain_computed_again(lines: Lines) -> None:
    """A chain that is computed again after a change has another head."""
    lines[0]["data"]["label"] = "Acompte"
    link = hashlib.sha256(b"761|2025").hexdigest()
    for line in lines:
        text = as_written(line["data"])
        line["previous_hash"] = link
        line["hash"] = link = hashlib.sha256((link + text).encode()).hexdigest()


TAMPERED: dict[Callable[[Lines], None], tuple[str, str]] = {
    amount_changed: ("line 3: not the entry", "ligne 3 : la chaîne d’empreintes se rompt"),
    entry_removed: ("line 2: not the entry", "ligne 2 : la chaîne"),
    entries_swapped: ("line 2: not the entry", "ligne 2 : la chaîne"),
    entry_doubled: ("line 3: not the entry", "ligne 3 : la chaîne"),
    number_changed: ("line 4: not the entry", "ligne 4 : la chaîne"),
    about_another_dossier: ("line 2: not the entry", "ligne 2 : ce n’est pas"),
    end_cut_off: ("the chain ends with", "la chaîne finit par"),
    chain_computed_again: ("the chain ends with", "la chaîne finit par"),
}


def test_what_was_validated_is_verified_by_both(batch: Path, closed: list[Entry]) -> None:
    text = outside(batch, closed[-1].hash)

    assert (text.stdout, text.returncode) == ("5 entries, as they were validated\n", 0)
    assert list(faults(batch)) == []


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__name__)
def test_each_way_to_tamper_is_seen_by_both(
    batch: Path, closed: list[Entry], tamper: Callable[[Lines], None]
) -> None:
    path = batch / "clas.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    tamper(lines)
    text = "".join(f"{as_written(line)}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    put_manifest(batch, head_hash=closed[-1].hash)  # The forger makes it fit.

    messages, (error_outside, message) = outside(batch, closed[-1].hash), TAMPERED[tamper]

    assert messages.returncode == 1
    assert error_outside in messages.stderr
    assert [fault[: len(message)] for fault in faults(batch)] == [message]


def test_a_file_that_is_not_the_manifests_is_told(batch: Path) -> None:
    with (batch / "clas.jsonl").open("ab") as file:
        file.write(b"\n")

    first, *_ = faults(batch)

    assert first.startswith("clas.jsonl : empreinte ")


def test_a_folder_without_its_manifest_is_told(batch: Path) -> None:
    (batch / "manifest.json").unlink()

    (fault,) = faults(batch)

    assert fault == "manifest.json manque : le dossier d’un lot est attendu, ou un FEC"


def test_a_batch_that_follows_another_one_is_told(batch: Path, closed: list[Entry]) -> None:
    second = batch.parent / "validated-761-2025-002"
    batch.rename(second)
    batch.mkdir()
    (batch / "manifest.json").write_text("{}")
    put_manifest(second, number=2, previous_manifest_sha256="0", head_hash=closed[-1].hash)

    (fault,) = faults(second)

    assert fault.startswith("le lot précédent n’est pas celui")


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ('"data":{', '"data":{"amount":"9.99",'),
        ('"debit":', '"debit":"9.99","debit":'),
        ('{"data":', '{"data":{"debit":"9.99"},"data":'),
        ('"debit":', '"debit": '),
    ],
    ids=["a field more", "a key twice", "all of it twice", "a space"],
)
def test_what_a_reader_may_take_otherwise_is_no_entry_that_was_validated(
    batch: Path, closed: list[Entry], was: str, is_now: str
) -> None:
    """Of a key that comes twice, some readers take the first, others the last."""
    path = batch / "clas.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace(was, is_now, 1)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    put_manifest(batch, head_hash=closed[-1].hash)

    text = "ligne 3 : ce n’est pas une écriture telle qu’elle a été annoncée"
    assert list(faults(batch)) == [text]
    assert outside(batch, closed[-1].hash).returncode == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("bytes", "1"),
        ("count", 6),
        ("lines", 9),
        ("debit", "5516.51"),
        ("credit", "0.00"),
        ("first_sequence", 2),
        ("last_sequence", 4),
    ],
)
def test_a_manifest_that_counts_otherwise_is_told(
    batch: Path, closed: list[Entry], name: str, wrong: object
) -> None:
    put_manifest(batch, head_hash=closed[-1].hash, **{name: wrong})

    (fault,) = faults(batch)

    assert fault.endswith(f"le manifeste dit {wrong}")
    assert fault.startswith(f"{name} : ")


@pytest.mark.parametrize("name", ["series", "number", "file", "sha256", "caf", "exercise", "count"])
@pytest.mark.parametrize("value", [GONE, None, "../autre", [], {}])
def test_a_manifest_without_its_form_is_told(
    batch: Path, closed: list[Entry], name: str, value: object
) -> None:
    put_manifest(batch, head_hash=closed[-1].hash, **{name: value})

    assert len(list(faults(batch))) >= 1


def test_the_file_of_another_folder_is_not_that_of_this_one(
    batch: Path, closed: list[Entry]
) -> None:
    whole = batch.parent / "whole.jsonl"
    (batch / "clas.jsonl").rename(whole)
    (batch / "clas.jsonl").write_text("forged\n")
    digest, size = hashlib.sha256(whole.read_bytes()).hexdigest(), whole.stat().st_size
    put_manifest(batch, head_hash=closed[-1].hash, file="../whole.jsonl", sha256=digest, bytes=size)

    (fault,) = faults(batch)

    assert fault.startswith("manifeste ou fichier illisible")


def test_a_text_beside_the_file_that_changed_is_told(batch: Path, closed: list[Entry]) -> None:
    (batch / "clas.txt").write_text("Décrit.\n", encoding="utf-8")
    put_manifest(batch, head_hash=closed[-1].hash, companions={"clas.txt": "Décrit.\n"})
    assert list(faults(batch)) == []

    (batch / "clas.txt").write_text("Autre chose.\n", encoding="utf-8")

    assert list(faults(batch)) == ["clas.txt : le texte n’est pas celui du manifeste"]


def test_entries_of_an_open_exercise_are_read_one_by_one(batch: Path, closed: list[Entry]) -> None:
    folder = batch.parent / "events-761-2025-001"
    folder.mkdir()
    writer = EventLines(folder / "clas.jsonl", head())
    for entry in closed:
        writer.add(entry.with_changes(sequence=None, previous_hash=None, hash=None))
    writer.close()
    of_no_number = {"first_sequence": None, "last_sequence": None}
    put_manifest(folder, series="events-761-2025", **of_no_number)
    assert list(faults(folder)) == []

    put_manifest(folder, series="events-761-2025", **of_no_number | {"debit": "5516.51"})
    assert list(faults(folder)) == ["debit : 5516.50 dans le fichier, le manifeste dit 5516.51"]


def test_the_program_says_what_it_wants_to_be_given() -> None:
    command = [sys.executable, "-I", str(PROGRAM)]
    text = subprocess.run(command, capture_output=True, text=True, check=False)
    assert text.returncode == 1
    assert text.stderr.startswith("Tells whether a closed ledger is as it was validated")

"""Workbooks of what running services keep: whole, numbered, and the same when asked for again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pymongo import MongoClient

from deploy.embedded import Servers
from tests.support.client import event
from tests.support.command_line import Stage, staged
from tests.unit.report.published import interleaved_requests

pytestmark = pytest.mark.servers
CAF = ("--caf", "761")
OF_2026 = (*CAF, "--exercise", "2026")


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def test_a_workbook_holds_the_whole_exercise_each_time_it_changed(stage: Stage) -> None:
    stage.start("serve", "all")
    lives = [event(each["event"], each["data"]) for each in interleaved_requests()]
    accounts = [rank for rank, each in enumerate(lives) if "ResultAccountFiled" in each["type"]]
    stage.clas("publish", "--step", stage.file(*lives[: accounts[1]]))
    first = _exported(stage, "xlsx", *OF_2026)
    assert _exported(stage, "xlsx", *OF_2026) == first
    stage.clas("publish", "--step", stage.file(*lives[accounts[1] :]))
    second = _exported(stage, "xlsx", *OF_2026)
    assert (first.parent.name, second.parent.name) == ("xlsx-761-2026-001", "xlsx-761-2026-002")
    assert "Exercice non clôturé" in _note(first)
    assert "Exercice clôturé le 31/01/2027" in _note(second)
    assert _journal(first) < _journal(second)
    _bonuses(stage)
    _tampered(stage, second)


def _tampered(stage: Stage, before: Path) -> None:
    """A manipulated closed exercise is not exported; earlier batches remain available."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        entries = client[f"{stage.prefix}accounting"]["entries"]
        last = entries.find_one_and_delete({"exercise": 2026}, sort=[("sequence", -1)])
        assert last
        refused = stage.clas("export", "csv", *OF_2026, "--to", str(stage.folder), code=1).stderr
        assert "Le livre ne finit pas par l’empreinte que la clôture lui a donnée." in refused
        entries.insert_one(last | {"sequence": 1})
        refused = stage.clas("export", "csv", *OF_2026, "--to", str(stage.folder), code=1).stderr
    assert f"À l’écriture {last['_id']} (dossier " in refused
    assert "`clas check` dit ce qui a changé" in refused
    assert "csv-761-2026" not in stage.clas("export", "list").stdout
    assert _exported(stage, "xlsx", *OF_2026, "--batch", "2") == before


def _bonuses(stage: Stage) -> None:
    of_all = _exported(stage, "bonus", "--school-year", "2025-2026")
    of_one = _exported(stage, "bonus", "--school-year", "2025-2026", *CAF)
    assert of_all.parent.name == "bonus-all-2025-2026-001"
    assert of_one.parent.name == "bonus-761-2025-2026-001"
    (_, *rows) = load_workbook(of_one, data_only=True)["Totaux par Caf"].iter_rows(
        min_row=4, values_only=True
    )
    assert rows[0] == ("761", 3, 3, 329, 329, 305, 305)
    again = stage.folder / "again"
    printed = stage.clas("export", "bonus", "--school-year", "2025-2026", "--to", str(again)).stdout
    assert "lot déjà fait, rendu à l’identique" in printed
    stage.clas("export", "bonus", "--school-year", "2030-2031", "--to", str(again), code=1)
    row = r"bonus-761-2025-2026\.xlsx +3 +\d+ \d{3} +\d\d/\d\d/\d{4} \d\d:\d\d +[0-9a-f]{64}"
    assert re.search(row, stage.clas("export", "list").stdout)


def _exported(stage: Stage, *words: str) -> Path:
    printed = stage.clas("export", *words, "--to", str(stage.folder)).stdout
    return Path(printed.rpartition("→ ")[2].strip())


def _note(path: Path) -> str:
    return str(load_workbook(path)["Balance"]["A2"].value)


def _journal(path: Path) -> set[Any]:
    """Return the ids of the entries of a workbook."""
    rows = load_workbook(path)["Journal"].iter_rows(min_row=5, values_only=True)
    return {row[16] for row in rows if row[16]}

"""`clas deliveries` on a database: counts, what was rejected or not answered, the file."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from services.accounting import queries
from services.accounting.commands import deliveries
from services.accounting.domain.entries import Entry
from shared.kernel.decision import StoredState
from shared.kernel.messages import FORM
from shared.mongodb.documents import state_to_document
from tests.support.command_line import Stage
from tests.support.decide import Story
from tests.support.life import entry_acknowledged, entry_rejected
from tests.support.samples import advance_granted, funding_granted
from tests.support.services import ACCOUNTING

pytestmark = pytest.mark.servers
MORNING = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)
ADVANCES = (("ORD-1", "700.00"), ("ORD-2", "50.00"), ("ORD-3", "22.31"))


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(real_servers, tmp_path)
    yield stage
    stage.close()


def booked() -> tuple[Story, list[str]]:
    """Return books of four advances, and the ids of their entries in the order of the orders."""
    story = Story(ACCOUNTING)
    story.when(funding_granted())
    for order, amount in ADVANCES:
        story.when(advance_granted(order_id=order, amount=amount))
    later = advance_granted(order_id="ORD-4", amount="1158.46", exercise=2026)
    story.when(later.with_changes(ordered_on=date(2026, 3, 10)))
    entries = [state for state in story.states if isinstance(state, Entry)]
    return story, [each.entry_id for each in entries]


def keep(stage: Stage, story: Story) -> None:
    """Store what accounting knows, as it would."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        database = client[f"{stage.prefix}accounting"]
        database["meta"].insert_one({"_id": "form", "form": FORM})
        for state in story.states:
            document = state_to_document(StoredState.of(state, 1))
            database[state.collection].insert_one(document)


def answered(stage: Stage) -> list[str]:
    """Keep four entries: one booked, one rejected by two reasons, two not answered."""
    story, ids = booked()
    story.when(entry_acknowledged(entry_id=ids[0]), id="w1", time=MORNING)
    reasons = [
        {"code": "COMPTE", "message": "=Compte T 467 inconnu", "line": 2},
        {"code": "PERIODE", "message": "Période fermée"},
    ]
    story.when(entry_rejected(entry_id=ids[1], reasons=reasons), id="w2", time=MORNING)
    keep(stage, story)
    return ids


def test_counts_stand_above_what_is_to_be_taken_up(stage: Stage) -> None:
    booked, rejected, waiting, later = answered(stage)

    printed = stage.clas("deliveries", "--caf", "761").stdout

    counts = [
        re.split(r"  +", line.strip()) for line in printed.splitlines() if "compta-761" in line
    ]
    assert counts[:2] == [
        ["compta-761", "2025", "1", "700,00", "1", "50,00", "1", "22,31"],
        ["compta-761", "2026", "0", "0,00", "0", "0,00", "1", "1 158,46"],
    ]
    assert "À reprendre : 1 rejetée, 2 sans réponse" in printed
    assert "COMPTE, ligne 2 : =Compte T 467 inconnu ; PERIODE : Période fermée" in printed
    assert booked not in printed
    assert sorted(row[0] for row in counts[2:4]) == sorted([rejected, waiting])
    assert counts[4][0] == later


def test_one_exercise_of_a_system_that_never_answered(stage: Stage) -> None:
    answered(stage)

    printed = stage.clas(
        "deliveries", "--caf", "761", "--exercise", "2025", "--system", "paie"
    ).stdout

    assert "paie n’a encore répondu à aucune écriture. Ont répondu : compta-761." in printed
    assert "À reprendre : 0 rejetée, 3 sans réponse" in printed
    assert "2026" not in printed


def test_the_file_holds_all_of_them_where_the_table_is_cut(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "SHOWN", 1)
    monkeypatch.setattr(queries, "PAGE", 2)
    _, rejected, waiting, later = answered(stage)
    path = stage.folder / "outstanding.csv"

    printed = stage.clas("deliveries", "--caf", "761", "--csv", str(path)).stdout

    assert "… et 2 autres : --csv FILE les donne toutes." in printed
    assert f"→ {path}" in printed
    head, *rows = csv.reader(path.read_text("utf-8").splitlines())
    by_id = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert sorted(by_id) == sorted([rejected, waiting, later])
    assert by_id[rejected].pop("Jours").isdigit()
    assert by_id[rejected] == {
        "Écriture": rejected,
        "Système": "compta-761",
        "Exercice": "2025",
        "Période": "11",
        "Date": "2025-11-05",
        "Nature": "acompte",
        "Dossier": "ELAN-2025-761-000001",
        "Montant": "50.00",
        "État": "rejetée",
        "Depuis le": "2025-11-21",
        "Motif": "COMPTE, ligne 2 : =Compte T 467 inconnu ; PERIODE : Période fermée",
    }
    assert by_id[later]["État"] == "sans réponse"
    assert by_id[later]["Depuis le"] == "2026-03-10"


def test_where_no_system_ever_answered_it_says_how_to_begin(stage: Stage) -> None:
    story, _ = booked()
    keep(stage, story)

    path = stage.folder / "none.csv"
    result = stage.clas("deliveries", "--caf", "761", "--csv", str(path))
    printed = result.stdout

    assert f"{path} n’est pas écrit : --system NAME dit pour quel système" in result.stderr
    assert not path.exists()
    assert "Aucun système comptable n’a encore répondu à une écriture de la Caf 761." in printed
    assert "EntryAcknowledged ou EntryRejected" in printed
    assert "docs/consumer.py" in printed


def test_a_caf_without_books_is_named_and_no_file_is_written(stage: Stage) -> None:
    answered(stage)
    path = stage.folder / "none.csv"

    printed = stage.clas("deliveries", "--caf", "999", "--csv", str(path), code=1).stderr

    assert "accounting has no books of Caf 999; it has those of: 761" in printed
    assert not path.exists()

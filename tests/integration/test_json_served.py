"""The JSON documents of commands on running services: one life, then each command once."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import Servers
from tests.support import samples
from tests.support.client import event
from tests.support.command_line import Stage, staged
from tests.support.letters import QUEUE, dead_letter, put
from tests.support.stories import load

pytestmark = pytest.mark.servers
CAF = ("--caf", "761")
OF_2025 = (*CAF, "--exercise", "2025")


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def test_each_command_prints_one_document(stage: Stage) -> None:
    story = load("01-full-life-at-the-ceiling", "761")["given"]
    stage.start("serve", "all")
    stage.clas(
        "publish", "--step", stage.file(*(event(each["event"], each["data"]) for each in story))
    )
    assert _document(stage, "wait", "--timeout", "300") == {"idle": True, "backlog": []}
    _books(stage)
    _dossier(stage)
    _operations(stage)
    _dead_letters(stage)


def _document(stage: Stage, *words: str, code: int = 0) -> Any:
    return json.loads(stage.clas(*words, "--json", code=code).stdout)


def _books(stage: Stage) -> None:
    ledger = _document(stage, "ledger", *OF_2025, "--limit", "2")
    assert (ledger["status"], ledger["count"], ledger["problem"]) == ("closed", 3, None)
    assert [entry["sequence"] for entry in ledger["entries"]] == [1, 2]
    assert ledger["entries"][0]["posted"]["lines"][0]["debit"] == "772.31"
    assert ledger["chain"]["entries"] == 3
    credits_2025, _ = _document(stage, "envelopes", *CAF)["exercises"]
    assert (credits_2025["allotted"], credits_2025["granted"]) == (None, "1103.30")
    assert _document(stage, "deliveries", *CAF)["systems"] == []
    total = _document(stage, "report", "accruals", *OF_2025)["total"]
    assert total[2:5] == ["1103.30", "772.31", "330.99"]
    stage.clas("export", "csv", *OF_2025, "--to", str(stage.folder))
    (batch,) = _document(stage, "export", "list", *CAF)["batches"]
    assert (batch["series"], batch["manifest"]["debit"]) == ("csv-761-2025", "2758.25")
    assert _document(stage, "export", "list", "--caf", "762")["batches"] == []


def _dossier(stage: Stage) -> None:
    dossier = _document(stage, "dossier", samples.DOSSIER)
    assert dossier["school_year"] == "2025-2026"
    granted = next(each for each in dossier["events"] if each["event"] == "FundingGranted")
    assert granted["data"]["ps_total"] == "2758.25"
    explained = _document(stage, "explain", samples.DOSSIER, "--for", "auditeur")
    assert all(decision["intact"] for decision in explained["decisions"])


def _operations(stage: Stage) -> None:
    check = _document(stage, "check")
    assert check["consistent"]
    assert check["comparisons"] == sum(rule["comparisons"] for rule in check["rules"])
    replay = _document(stage, "replay")
    assert replay["decisions"] > 0
    assert replay["differing"] == []
    doctor = _document(stage, "doctor")
    assert doctor["healthy"]
    assert {"RabbitMQ", "MongoDB", "topology"} <= {probe["subject"] for probe in doctor["probes"]}
    topology = _document(stage, "topology", "--check")
    assert (topology["exchange"], topology["declared"]) == ("clas.events", False)
    assert len(topology["queues"]) == 9


def _dead_letters(stage: Stage) -> None:
    asyncio.run(put(stage.servers.amqp_url, dead_letter("order-1"), dead_letter("order-3")))
    stage.holds(QUEUE, 2)
    words = ("dead-letters", "list", "funding", "--event", "AdvanceOrdered", "--limit", "1")
    result = stage.clas(*words, "--json")
    document = json.loads(result.stdout)
    assert document["count"] == 2
    assert [letter["id"] for letter in document["dead_letters"]] == ["order-1"]
    assert result.stderr == "clas: 1 more; --limit 0 lists all\n"

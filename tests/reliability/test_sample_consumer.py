"""The sample of an accounting system is killed at random over a campaign: it ends with the ledger.

The very file of docs/, as a process of its own, on the stream of a real broker.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, randrange
from typing import Any

import pytest

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from tests.support import life
from tests.support.campaign import Campaign, play_on
from tests.support.client import LONGEST_S, event, rabbit_client, until
from tests.support.command_line import Stage
from tests.support.oracle import assert_no_dead_letters
from tests.support.processes import Processes, processes

SAMPLE = Path(__file__).parents[2] / "docs" / "consumer.py"
ACCOUNTS = "SF 6562322410\nSF 65623224191\nSF 65623224192\nT 408143111\nT 8091\nT 80182\nT 467\n"
"""Those of the contract but T 409: it is not opened yet."""
DEATHS = 10
Line = tuple[str, int, str, int, int]


@dataclass
class Sample:
    """The sample as a process, with its books; `unsent` counts deaths with an answer to send."""

    folder: Path
    amqp_url: str
    deaths: int = 0
    unsent: int = 0
    running: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "consumer.log"
        self.knows(ACCOUNTS)

    def knows(self, accounts: str) -> None:
        (self.folder / "accounts.txt").write_text(accounts, encoding="utf-8")

    def start(self, *exported: str) -> None:
        words = [str(SAMPLE), "761", "books.sqlite", "accounts.txt", *exported]
        environment = os.environ | {"CLAS_AMQP_URL": self.amqp_url}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, *words], cwd=self.folder, env=environment, stderr=log
            )

    def kill(self) -> None:
        assert self.running
        assert self.running.poll() is None, self.log.read_text(encoding="utf-8")
        self.running.kill()
        self.running.wait()
        self.deaths += 1
        self.unsent += bool(self.ask("SELECT 1 FROM outbox"))

    def ask(self, question: str) -> list[Any]:
        """Read its books; before its first start there are none."""
        with closing(sqlite3.connect(self.folder / "books.sqlite")) as books:
            try:
                return books.execute(question).fetchall()
            except sqlite3.OperationalError:
                return []

    def count(self) -> int:
        return len(self.ask("SELECT DISTINCT entry FROM journal"))

    def has(self, entries: int) -> bool:
        return self.count() == entries and not self.ask("SELECT 1 FROM outbox")

    def journal(self) -> list[Line]:
        return self.ask("SELECT entry, line, account, debit, credit FROM journal ORDER BY 1, 2")


async def _kill_at_random(sample: Sample, campaign: asyncio.Task[None], draw: Random) -> None:
    """Start it and kill it after a few more entries, or a while, until the campaign is over."""
    while sample.deaths < DEATHS or not campaign.done():
        sample.start()
        aim, clock = sample.count() + draw.randint(1, 9), asyncio.get_running_loop().time()
        while sample.count() < aim and asyncio.get_running_loop().time() < clock + 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(draw.uniform(0, 0.02))
        sample.kill()
    sample.start()


def _campaign() -> Campaign:
    """Two closings; between them the accounts of a dossier that did not run: an indu, on T 409."""
    campaign = Campaign(dossiers=30)
    accounts = life.result_account_filed(
        dossier_id="D-761-00000", collectifs__0__ran=False, collectifs__0__bonus_done=[]
    )
    filed = event("ResultAccountFiled", accounts.model_dump(mode="json"), event_id="accounts-0")
    campaign.phases.insert(-1, [filed])
    return campaign


def _lines(entries: list[dict[str, Any]]) -> list[Line]:
    return [
        (
            entry["entry_id"],
            rank,
            f"{line['ledger']} {line['account']}",
            int(line["debit"].replace(".", "")),
            int(line["credit"].replace(".", "")),
        )
        for entry in entries
        for rank, line in enumerate(entry["posted"]["lines"], 1)
    ]


def _statuses(stage: Processes) -> Counter[str]:
    return Counter(each["word"]["status"] for each in stage.documents("accounting", "deliveries"))


@pytest.mark.servers
async def test_killed_at_random_it_ends_with_exactly_the_ledger(
    real_servers: Servers, tmp_path: Path
) -> None:
    seed = randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    sample = Sample(tmp_path, real_servers.amqp_url)
    async with processes(real_servers) as stage, rabbit_client(real_servers.amqp_url) as client:
        await stage.start(*SERVICES)
        playing = asyncio.create_task(play_on(stage, client, _campaign()))
        try:
            await _kill_at_random(sample, playing, Random(seed))
            await playing
            entries = stage.documents("accounting", "entries")
            rejected = [each for each in entries if "T 409" in str(_lines([each]))]
            booked = [each for each in entries if each not in rejected]
            assert (len(entries), len(rejected)) == (27 + 30 + 30 + 30 + 1, 1)
            await until(lambda: sample.has(len(booked)), what="all is booked")
            await until(
                lambda: _statuses(stage) == {"acknowledged": len(booked), "rejected": 1},
                what="all is answered",
            )
        finally:
            playing.cancel()
            sample.kill()
        sys.stdout.write(f"{sample.deaths} deaths, {sample.unsent} with an answer to send\n")

        assert sample.journal() == _lines(booked)
        await assert_no_dead_letters(stage)
        replies = Counter(each["type"] for each in stage.documents("accounting", "inbox"))
        assert replies["fr.caf.clas.EntryAcknowledged.v1"] == len(booked), (
            "each once, byte for byte"
        )
        assert replies["fr.caf.clas.EntryRejected.v1"] == 1
        clas = Stage(real_servers, tmp_path, stage.prefix).clas
        printed = (await asyncio.to_thread(clas, "deliveries", "--caf", "761")).stdout
        assert "À reprendre : 1 rejetée, 0 sans réponse" in printed
        assert "COMPTE, ligne 3 : Compte T 409 inconnu" in printed
        assert [
            token for token in printed.split() if token in {each["entry_id"] for each in entries}
        ] == [rejected[0]["entry_id"]]

        await _the_account_is_opened(sample, stage, clas)
        assert sample.journal() == _lines(entries)
        printed = (await asyncio.to_thread(clas, "deliveries", "--caf", "761")).stdout
        assert "À reprendre : 0 rejetée, 0 sans réponse" in printed
        await assert_no_dead_letters(stage)
        _a_place_that_is_gone(sample)


async def _the_account_is_opened(sample: Sample, stage: Processes, clas: Any) -> None:
    """Book what was rejected from an export, then go on from the place."""
    folder = str(sample.folder)
    await asyncio.to_thread(
        clas, "export", "events", "--caf", "761", "--exercise", "2026", "--to", folder
    )
    (exported,) = sample.folder.rglob("clas-761-2026.jsonl")
    sample.knows(f"{ACCOUNTS}T 409\n")
    sample.start(str(exported))
    await until(lambda: _statuses(stage) == {"acknowledged": 118}, what="all is acknowledged")
    sample.kill()


def _a_place_that_is_gone(sample: Sample) -> None:
    """It stops where events may be missing, and names the remedy."""
    with closing(sqlite3.connect(sample.folder / "books.sqlite")) as books, books:
        books.execute("UPDATE place SET event = 'another'")
    sample.start()
    assert sample.running
    assert sample.running.wait(LONGEST_S) == 1
    assert "Export them (clas export events), forget the place" in sample.log.read_text("utf-8")

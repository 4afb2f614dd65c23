"""The FastStream sample is killed and restarted: each entry is booked and acknowledged once.

The file of docs/, as a process of its own, on a real broker.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import Servers
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import QueueStats, connected, queue_stats
from tests.support import samples
from tests.support.broker import drain
from tests.support.client import LONGEST_S, RabbitClient, event, rabbit_client, send, until
from tests.support.oracle import assert_no_dead_letters
from tests.support.processes import Processes, processes

SAMPLE = Path(__file__).parents[2] / "docs" / "consumer_faststream.py"
KEY = "AccountingEntryPosted.v1.761"
QUEUE = "exemple.761"
DEAD_LETTERS = "exemple.761.dead-letters"
ADVANCES = 31
LAST = ADVANCES - 1


def start(folder: Path, amqp_url: str) -> subprocess.Popen[bytes]:
    own = {"CLAS_AMQP_URL": amqp_url, "CAF": "761", "BOOKS": "books.sqlite"}
    with (folder / "sample.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(SAMPLE)], cwd=folder, env=os.environ | own, stderr=log
        )


async def queue_becomes(amqp_url: str, holds: Callable[[QueueStats], bool]) -> None:
    """Return once the numbers of the sample's queue are as wanted."""
    async with connected(Settings(amqp_url=amqp_url)) as connection, asyncio.timeout(LONGEST_S):
        while not ((stats := await queue_stats(connection, QUEUE)) and holds(stats)):
            await asyncio.sleep(0.05)


def rows(folder: Path, query: str) -> list[Any]:
    """Return rows of the sample's books; none before its first start."""
    with closing(sqlite3.connect(folder / "books.sqlite")) as books:
        try:
            return books.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []


def booked(folder: Path) -> int:
    return len(rows(folder, "SELECT 1 FROM entries"))


def acknowledged(stage: Processes) -> int:
    deliveries = stage.documents("accounting", "deliveries")
    return sum(delivery["word"]["status"] == "acknowledged" for delivery in deliveries)


async def order_advance(client: RabbitClient, rank: int) -> None:
    """Publish one advance: accounting books it and posts its entry to the sample."""
    advance = samples.advance_granted(dossier_id=f"D-{rank}", order_id=f"O-{rank}")
    await send(client, event("AdvanceGranted", advance.model_dump(mode="json"), f"advance-{rank}"))


@pytest.mark.servers
async def test_killed_it_books_and_acknowledges_each_entry_once(
    real_servers: Servers, tmp_path: Path
) -> None:
    url = real_servers.amqp_url
    async with processes(real_servers) as stage, rabbit_client(url) as client:
        for queue in (QUEUE, DEAD_LETTERS):
            await client.channel.queue_delete(queue)
        await stage.start("accounting")
        sample = start(tmp_path, url)
        try:
            await queue_becomes(url, lambda stats: stats.consumers == 1)
            for rank in range(LAST):
                await order_advance(client, rank)
                if rank % 10 == 9:  # Some are booked, others in transit.
                    await until(lambda few=rank - 5: booked(tmp_path) > few, what="some booked")  # type: ignore[misc]
                    sample.kill()
                    sample.wait()
                    sample = start(tmp_path, url)
            await client.send(b"not JSON", KEY)
            await until(lambda: acknowledged(stage) == LAST, what="all is acknowledged")
            await stage.wait_until_idle(["accounting"])
            for posted in [e for e in client.events() if "AccountingEntryPosted" in e["type"]]:
                await send(client, posted)
            # Deliveries start in order and a stop waits for those that run: none is given back.
            await order_advance(client, LAST)
            await until(lambda: acknowledged(stage) == ADVANCES, what="the last is acknowledged")
        finally:
            sample.terminate()
            sample.wait()

        assert booked(tmp_path) == ADVANCES
        ledger = stage.documents("accounting", "entries")
        lines = {(entry["entry_id"], len(entry["posted"]["lines"])) for entry in ledger}
        assert set(rows(tmp_path, "SELECT entry, count(*) FROM lines GROUP BY 1")) == lines
        received = [record["type"] for record in stage.documents("accounting", "inbox")]
        assert received.count("fr.caf.clas.EntryAcknowledged.v1") == ADVANCES
        (dead,) = await drain(url, DEAD_LETTERS)
        assert dead.body == b"not JSON"
        await queue_becomes(url, lambda stats: (stats.messages, stats.consumers) == (0, 0))
        for queue in (QUEUE, DEAD_LETTERS):
            await client.channel.queue_delete(queue)
        await assert_no_dead_letters(stage)

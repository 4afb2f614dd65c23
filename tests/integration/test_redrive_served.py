"""`clas redrive` on running services: after a lost binding, and after databases were restored."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import aio_pika
import pytest

from deploy.embedded import Servers
from shared.audit.delivery_reconciliation import HANDLED
from shared.contracts.registry import SERVICES
from shared.kernel.settings import Settings
from tests.support.auditing import audit
from tests.support.campaign import Campaign, calm_books
from tests.support.client import LONGEST_S
from tests.support.command_line import Stage, staged
from tests.support.mongo_copy import backup, restore
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_no_dead_letters,
    assert_same_books,
    books_of,
)
from tests.support.processes import Processes

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
OPENING, DOSSIERS, DECISIONS, CONVENTIONS, ADVANCES = range(5)
WAIT = ("--timeout", str(LONGEST_S))


@pytest.fixture
def campaign() -> Campaign:
    """A dozen dossiers, one of whose advances is refused."""
    return Campaign(dossiers=12)


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def _settings(stage: Stage) -> Settings:
    return Settings(mongo_url=stage.servers.mongo_url, database_prefix=stage.prefix)


def _play(stage: Stage, campaign: Campaign, phases: Sequence[int]) -> None:
    """Publish phases of a campaign, each handled before the next one."""
    for phase in phases:
        stage.clas("publish", stage.file(*campaign.phases[phase]))
        stage.clas("wait", *WAIT)


def _assert_as_after_a_calm_run(stage: Stage, campaign: Campaign) -> None:
    served = Processes(stage.servers, stage.folder, stage.prefix)
    assert_inboxes_agree(served)
    assert_ledger_agrees(served)
    asyncio.run(assert_no_dead_letters(served))
    assert_same_books(books_of(served), asyncio.run(calm_books(campaign)))
    assert "Tout concorde : " in stage.clas("check").stdout
    assert "Nothing is missing" in stage.clas("redrive", *WAIT).stdout


async def _bind(url: str, queue: str, key: str, *, bound: bool) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        to = await channel.get_queue(queue)
        await (to.bind if bound else to.unbind)("clas.events", key)


def test_events_that_a_lost_binding_kept_away_are_sent_again(
    stage: Stage, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.clas("topology")
    monkeypatch.setenv("CLAS_DECLARE", "check")  # A service would bind its queue again.
    stage.start("serve", "all")
    lost = (stage.servers.amqp_url, "clas.funding", "AgrementGranted.v1.*")
    _play(stage, campaign, (OPENING, DOSSIERS))
    asyncio.run(_bind(*lost, bound=False))
    _play(stage, campaign, (DECISIONS,))
    asyncio.run(_bind(*lost, bound=True))
    missed = asyncio.run(audit(_settings(stage))).results.by_rule[HANDLED]
    assert missed.violation_count == 12
    assert "clas redrive" in HANDLED.remedy

    rehearsal = json.loads(stage.clas("redrive", "--json", *WAIT, code=1).stdout)
    assert rehearsal["sent"] == 0
    (row,) = rehearsal["missing"]
    assert (row["event"], row["consumer"], row["count"]) == ("AgrementGranted", "funding", 12)
    assert row["bytes_from"] == "outbox"
    assert stage.clas("redrive", "--dry-run", *WAIT).stdout.splitlines()[1].startswith("Agrement")
    of_another = stage.clas("redrive", "--caf", "762", *WAIT).stdout
    assert "Nothing is missing" in of_another
    done = stage.clas("redrive", "--yes", *WAIT).stdout
    assert "12 sent and handled." in done

    _play(stage, campaign, range(CONVENTIONS, len(campaign.phases)))
    _assert_as_after_a_calm_run(stage, campaign)


@pytest.mark.parametrize("services", [("funding",), SERVICES], ids=["one", "all"])
def test_databases_restored_older_than_the_broker_are_made_whole(
    stage: Stage, campaign: Campaign, services: Sequence[str]
) -> None:
    settings = _settings(stage)
    program = stage.start("serve", "all")
    _play(stage, campaign, (OPENING, DOSSIERS))
    saved = backup(settings, services)
    _play(stage, campaign, range(DECISIONS, ADVANCES))
    program.terminate()
    program.wait(LONGEST_S)
    stage.clas("publish", stage.file(*campaign.phases[ADVANCES]))
    restore(settings, saved)
    asyncio.run(_purge(stage.servers.amqp_url, services))
    stage.start("serve", "all")

    done = json.loads(stage.clas("redrive", "--yes", "--json", *WAIT).stdout)

    assert done["complete"]
    assert done["sent"] >= 12
    assert "log" in {row["bytes_from"] for row in done["missing"]}
    _play(stage, campaign, range(ADVANCES + 1, len(campaign.phases)))
    _assert_as_after_a_calm_run(stage, campaign)


async def _purge(url: str, services: Sequence[str]) -> None:
    """Empty the queues of services: an advance would be decided before its grant."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for service in services:
            await (await channel.get_queue(f"clas.{service}")).purge()

"""Every service is killed at every numbered step of the unit of work, under load, and restarted.

Points are those of `shared.kernel.fault_injection`; the letters are the rows of the fault table
they show.
"""

import asyncio

import pytest

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from tests.support.broker import drain
from tests.support.campaign import Campaign, calm_books, play_on
from tests.support.client import RabbitClient, rabbit_client
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_same_books,
    books_of,
)
from tests.support.processes import Processes, processes

ROUNDS = (
    ("taken",),  # C1 before the transaction
    ("begun",),  # C1 in the transaction, nothing written
    ("written",),  # C2 all written, not committed: documents stay locked for a while
    ("committing",),  # C3 the commit is on its way, its answer lost
    ("committed",),  # C4 committed, not acknowledged
    ("acked",),  # C5 acknowledged, not published
    ("publishing",),  # C6 published, confirms unknown
    ("published",),  # C7 confirmed, not marked
    ("marked",),  # C8 all done
    ("dead_lettered",),  # C9 a dead letter recorded, its message not acknowledged
    ("publishing", "leased"),  # C10 the relay dies with its lease
)
PER_ROUND = 4


@pytest.mark.servers
@pytest.mark.timeout(1_200)
async def test_a_kill_anywhere_changes_no_entry(real_servers: Servers) -> None:
    campaigns = [
        Campaign(dossiers=PER_ROUND, first=rank * PER_ROUND, closed=False)
        for rank in range(len(ROUNDS))
    ]
    complete = Campaign(dossiers=PER_ROUND * len(ROUNDS))
    async with processes(real_servers) as stage, rabbit_client(real_servers.amqp_url) as client:
        await stage.start(*SERVICES)
        for points, campaign in zip(ROUNDS, campaigns, strict=True):
            await _round(stage, client, points, campaign)
        closing = Campaign(dossiers=0)
        closing.phases = complete.phases[-2:]
        await play_on(stage, client, closing)

        assert_same_books(books_of(stage), await calm_books(complete))
        assert_inboxes_agree(stage)
        assert_ledger_agrees(stage)
        for service in SERVICES:
            dead_letters = await drain(real_servers.amqp_url, f"clas.{service}.dead-letters")
            # The same one twice where it left again with its record.
            assert len({message.message_id for message in dead_letters}) == 1, service


async def _round(
    stage: Processes, client: RabbitClient, points: tuple[str, ...], campaign: Campaign
) -> None:
    """Arm all services at one point and put them to work; each dies there and comes back."""
    for replica in list(stage.running):
        replica.kill()
        stage.running.remove(replica)
    if points == ("dead_lettered",):
        for service in SERVICES:
            await client.send_to_queue(f"clas.{service}", b"not JSON")
    dying = [asyncio.create_task(_die_and_return(stage, service, points)) for service in SERVICES]
    await play_on(stage, client, campaign)
    await asyncio.gather(*dying)
    await stage.wait_until_idle()


async def _die_and_return(stage: Processes, service: str, points: tuple[str, ...]) -> None:
    for point in points:
        armed = stage.launch(service, crash_at=f"{service}.{point}", relay_lease_s="3")
        await stage.died(armed)
    await stage.start(service)

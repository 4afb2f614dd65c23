"""Each message three times, to two replicas of each service: the books of a run without faults."""

import pytest

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.campaign import COLLECTIONS, Campaign, books, calm_books, play, play_on
from tests.support.client import MemoryClient, rabbit_client
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_no_dead_letters,
    assert_same_books,
    books_of,
)
from tests.support.processes import processes
from tests.support.services import ALL


async def test_in_process() -> None:
    campaign = Campaign(dossiers=40)
    calm = await calm_books(campaign)

    async with running(ALL, Settings(), replicas=2) as system:
        await play(MemoryClient(system), campaign, system.wait_until_idle, copies=3)
        stormy = books({c: system.stores["accounting"].documents(c) for c in COLLECTIONS})

    assert len(calm["entries"]) == 40 * 3 + 36
    assert stormy == calm


@pytest.mark.servers
async def test_on_rabbitmq_and_mongodb(real_servers: Servers) -> None:
    campaign = Campaign(dossiers=120)
    calm = await calm_books(campaign)

    async with processes(real_servers) as stage:
        await stage.start(*SERVICES, replicas=2)
        async with rabbit_client(real_servers.amqp_url) as client:
            await play_on(stage, client, campaign, copies=3)

        assert_same_books(books_of(stage), calm)
        assert_inboxes_agree(stage)
        assert_ledger_agrees(stage)
        await assert_no_dead_letters(stage)

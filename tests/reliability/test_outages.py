"""RabbitMQ restarted, mongod killed, services started first: nothing lost, nothing given up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from deploy.embedded import PrivateServers
from shared.contracts.registry import SERVICES
from tests.support.campaign import Campaign, calm_books, play
from tests.support.client import rabbit_client
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_no_dead_letters,
    books_of,
)
from tests.support.processes import Processes, processes

Break = Callable[[PrivateServers], None]


def restart_rabbitmq(servers: PrivateServers) -> None:
    servers.rabbit.restart()


def kill_rabbitmq(servers: PrivateServers) -> None:
    servers.rabbit.kill()
    servers.rabbit.start()


def kill_mongod(servers: PrivateServers) -> None:
    servers.mongo.kill()
    servers.mongo.start()


@pytest.mark.servers
@pytest.mark.timeout(420)
async def test_outages_in_mid_campaign_change_no_entry(breakable: PrivateServers) -> None:
    campaign = Campaign(dossiers=150)
    async with processes(breakable.servers) as stage:
        await stage.start(*SERVICES)
        async with rabbit_client(breakable.servers.amqp_url) as client:
            for breaking, phase in zip(
                (restart_rabbitmq, kill_mongod, kill_rabbitmq, kill_mongod),
                campaign.phases[1:5],
                strict=True,
            ):
                head, tail = Campaign(dossiers=0), Campaign(dossiers=0)
                head.phases = [campaign.phases[0]] if phase is campaign.phases[1] else []
                tail.phases = [phase]
                await play(client, head, stage.quiet)
                await _broken_meanwhile(breaking, breakable, lambda: play(client, tail, _at_once))
                await stage.quiet(within_s=120)
            end = Campaign(dossiers=0)
            end.phases = campaign.phases[5:]
            await play(client, end, stage.quiet)

        assert books_of(stage) == await calm_books(campaign)
        assert_inboxes_agree(stage)
        assert_ledger_agrees(stage)
        await assert_no_dead_letters(stage)
        assert not [replica for replica in stage.running if replica.dead]


async def _at_once() -> None:
    """Do not wait: the outage comes while the services work."""


async def _broken_meanwhile(
    breaking: Break, servers: PrivateServers, sending: Callable[[], Awaitable[None]]
) -> None:
    await sending()
    await asyncio.to_thread(breaking, servers)

"""RabbitMQ restarted, mongod killed, services started first: nothing lost, nothing given up."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded import PrivateMongo, PrivateRabbit, PrivateServers, Servers
from deploy.embedded.rabbit import QUORUM_QUEUE_SETTLES_S
from shared.contracts.registry import SERVICES
from tests.support.campaign import Campaign, calm_books, play_on, send_all
from tests.support.client import Event, name_of, rabbit_client, until
from tests.support.oracle import (
    assert_inboxes_agree,
    assert_ledger_agrees,
    assert_no_dead_letters,
    assert_same_books,
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


BREAKS: tuple[Break, ...] = (restart_rabbitmq, kill_mongod, kill_rabbitmq, kill_mongod)


@pytest.mark.servers
async def test_outages_in_mid_campaign_change_no_entry(breakable: PrivateServers) -> None:
    campaign = Campaign(dossiers=150)
    opening, *lives, closing, reversal = campaign.phases
    async with processes(breakable.servers) as stage:
        await stage.start(*SERVICES)
        await asyncio.sleep(QUORUM_QUEUE_SETTLES_S)
        async with rabbit_client(breakable.servers.amqp_url) as client:
            await play_on(stage, client, _part(opening))
            for breaking, phase in zip(BREAKS, lives, strict=True):
                stage.sent += [(name_of(sent), sent["id"]) for sent in phase]
                await client.channel.ready()  # It comes back at its own pace after a break.
                await send_all(client, phase)
                await asyncio.to_thread(breaking, breakable)
                await stage.wait_until_idle()
            await client.channel.ready()
            await play_on(stage, client, _part(closing, reversal))

        assert_same_books(books_of(stage), await calm_books(campaign))
        assert_inboxes_agree(stage)
        assert_ledger_agrees(stage)
        await assert_no_dead_letters(stage)
        assert not [replica for replica in stage.running if replica.dead]


@pytest.mark.servers
async def test_services_that_start_before_their_servers_wait_for_them() -> None:
    campaign = Campaign(dossiers=3)
    rabbit, mongo = PrivateRabbit(), PrivateMongo()
    with rabbit, mongo:
        rabbit.kill()
        mongo.kill()
        stage_servers = Servers(amqp_url=rabbit.url, mongo_url=mongo.url, origin="private servers")
        with tempfile.TemporaryDirectory() as folder:
            stage = Processes(stage_servers, Path(folder))
            launched = [stage.launch(service) for service in SERVICES]
            await asyncio.sleep(3)
            assert not any(replica.dead or replica.started for replica in launched)
            await asyncio.to_thread(rabbit.start)
            await asyncio.to_thread(mongo.start)
            for replica in launched:
                await until(lambda r=replica: r.started, what=replica.service)  # type: ignore[misc]
            async with rabbit_client(rabbit.url) as client:
                await play_on(stage, client, campaign)
            assert_same_books(books_of(stage), await calm_books(campaign))
            stage.stop()


def _part(*phases: list[Event]) -> Campaign:
    part = Campaign(dossiers=0)
    part.phases = list(phases)
    return part

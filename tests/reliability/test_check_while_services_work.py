"""`clas check` while a campaign runs and its exercises close: nothing is taken for a breach."""

import asyncio

import pytest

from deploy.embedded import Servers
from services.cli.check.command import check_services
from shared.audit.scanner import Scope
from shared.contracts.registry import SERVICES
from shared.kernel.settings import Settings
from tests.support.campaign import Campaign, play_on
from tests.support.client import rabbit_client
from tests.support.processes import Processes, processes


@pytest.mark.servers
async def test_what_is_on_its_way_is_never_lost(real_servers: Servers) -> None:
    async with processes(real_servers) as stage:
        await stage.start(*SERVICES, replicas=2)
        async with rabbit_client(real_servers.amqp_url) as client:
            campaign = Campaign(dossiers=60)
            playing = asyncio.create_task(play_on(stage, client, campaign))
            looks, moving = await _look(stage, playing)
            await playing
        assert looks >= 5
        assert moving > 0, "nothing was seen on its way: the looks came between the phases"
        seen = await check_services(_settings(stage), Scope())
        assert (seen.in_transit, seen.results.violation_count) == (0, 0)


async def _look(stage: Processes, playing: asyncio.Task[None]) -> tuple[int, int]:
    """Check repeatedly until the campaign is over; count the checks and the events in transit."""
    looks = moving = 0
    while not playing.done():
        seen = await check_services(_settings(stage), Scope())
        breaches = [b for row in seen.results.by_rule.values() for b in row.violations]
        assert breaches == []
        looks, moving = looks + 1, moving + seen.in_transit
    return looks, moving


def _settings(stage: Processes) -> Settings:
    servers = stage.servers
    return Settings(
        amqp_url=servers.amqp_url, mongo_url=servers.mongo_url, database_prefix=stage.prefix
    )

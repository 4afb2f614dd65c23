"""The stories of the contract on real servers, sent by a partner with AMQP and JSON only."""

import asyncio

import pytest

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from tests.support.broker import depth
from tests.support.client import rabbit_client
from tests.support.processes import processes
from tests.support.stories import NAMES, load, play


@pytest.mark.servers
async def test_every_story_ends_as_the_contract_says(real_servers: Servers) -> None:
    url = real_servers.amqp_url
    async with processes(real_servers) as stage:
        await stage.start(*SERVICES)
        async with rabbit_client(url) as client:
            cafs = {name: str(900 + rank) for rank, name in enumerate(NAMES)}
            await asyncio.gather(*(play(client, load(n, caf), caf) for n, caf in cafs.items()))
        await stage.wait_until_idle()
        for service in SERVICES:
            assert await depth(url, f"clas.{service}.dead-letters") == 0

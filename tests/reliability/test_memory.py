"""Twenty thousand messages through each service: its memory stays where it was."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aio_pika
import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.contracts.base import WireModel
from shared.contracts.registry import SERVICES
from tests.support import samples
from tests.support.client import Event, event, key_of
from tests.support.processes import Processes, Replica, processes

MESSAGES = 20_000
WARM = 5_000
GROWTH_MIB_MAX = 16


def _report(rank: int) -> dict[str, Any]:
    return {"caf": f"{rank // 90:03d}", "school_year": f"{2000 + rank % 90}-{2001 + rank % 90}"}


def _dossier(rank: int) -> dict[str, Any]:
    return {"dossier_id": f"D-{rank}"}


def _order(rank: int) -> dict[str, Any]:
    return {"dossier_id": f"D-{rank}", "order_id": f"A-{rank}"}


STREAMS: dict[str, tuple[WireModel, Callable[[int], dict[str, Any]]]] = {
    "submission": (samples.interim_report(), _report),
    "eligibility": (samples.committee_decision(), _dossier),
    "funding": (samples.convention(), _dossier),
    "accounting": (samples.advance_granted(), _order),
}


@pytest.mark.servers
@pytest.mark.timeout(1_200)
async def test_memory_is_flat(real_servers: Servers) -> None:
    async with processes(real_servers) as stage:
        replicas = await stage.start(*SERVICES)
        sending = asyncio.create_task(_send_all(real_servers.amqp_url))
        warm = await _memory_at(stage, replicas, WARM)
        done = await _memory_at(stage, replicas, MESSAGES)
        await sending

    growth = {service: done[service] - warm[service] for service in SERVICES}
    assert max(growth.values()) < GROWTH_MIB_MAX, (warm, done)


async def _send_all(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("clas.events")
        for first in range(0, MESSAGES, 250):
            ranks = range(first, first + 250)
            for wire, vary in STREAMS.values():
                name, data = type(wire).__name__, wire.model_dump(mode="json")
                sent = [event(name, data | vary(rank)) for rank in ranks]
                await asyncio.gather(*(_send(exchange, each) for each in sent))


async def _send(exchange: aio_pika.abc.AbstractExchange, sent: Event) -> None:
    message = aio_pika.Message(json.dumps(sent).encode(), delivery_mode=2)
    await exchange.publish(message, key_of(sent))


async def _memory_at(stage: Processes, replicas: list[Replica], messages: int) -> dict[str, float]:
    """Return each service's resident memory, in MiB, once it handled so many messages."""
    memory: dict[str, float] = {}
    with MongoClient[dict[str, object]](stage.servers.mongo_url) as client:
        while len(memory) < len(replicas):
            for replica in replicas:
                inbox = client[f"{stage.prefix}{replica.service}"]["inbox"]
                if replica.service not in memory and inbox.estimated_document_count() >= messages:
                    memory[replica.service] = replica.rss_mib()
            await asyncio.sleep(0.2)
    return memory

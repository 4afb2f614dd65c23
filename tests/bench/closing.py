"""One measurement of a closing: accounting learns the grants, then the closing alone is timed."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aio_pika
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.kernel.settings import Settings
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.bench.hop import Process
from tests.support.broker import wipe
from tests.support.many import closing, grants, publish

EXERCISE = 2025
ENTRIES_PER_GRANT = 2
"""What is accrued, and what is committed."""


async def measure_closing(servers: Servers, count: int) -> float:
    """Return the entries that one replica books, numbers and chains in a second of a closing."""
    await wipe(servers.amqp_url)
    async with await aio_pika.connect(servers.amqp_url) as connection:
        await declare_or_verify(connection, Settings(amqp_url=servers.amqp_url))
    with (
        Process(servers, ["services.accounting"]) as accounting,
        MongoClient[dict[str, Any]](servers.mongo_url) as client,
    ):
        database = client[f"{accounting.prefix}accounting"]
        await publish(servers.amqp_url, grants(count))
        await _until(lambda: database.grants.estimated_document_count() == count)
        began = time.perf_counter()
        await publish(servers.amqp_url, [closing(EXERCISE)])
        await _until(lambda: database.closings.count_documents({"step": "done"}) == 1)
        seconds = time.perf_counter() - began
    return ENTRIES_PER_GRANT * count / seconds


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.02)

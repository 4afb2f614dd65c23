"""One measurement of a closing: accounting learns the grants, then the closing alone is timed."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Servers
from tests.bench.figures import Figures
from tests.bench.hops import GRANT
from tests.bench.measure import empty, per_message
from tests.bench.processor import read_processor_time
from tests.bench.ways import SERVICE, command, databases, started
from tests.support.many import closing, grants, publish

EXERCISE = 2025
ENTRIES_PER_GRANT = 2
"""What is accrued, and what is committed."""
LOOK_EVERY_S = 0.02


async def measure_closing(servers: Servers, count: int) -> Figures:
    """Return what one replica books, numbers and chains in a second, and its cost per entry."""
    await empty(servers)
    with (
        databases(servers) as prefix,
        started(servers, prefix, command(GRANT, SERVICE)) as pid,
        MongoClient[dict[str, Any]](servers.mongo_url) as client,
    ):
        database = client[f"{prefix}accounting"]
        await publish(servers.amqp_url, grants(count))
        await _until(lambda: database.grants.estimated_document_count() == count)
        since, before = time.perf_counter(), read_processor_time([pid])
        await publish(servers.amqp_url, [closing(EXERCISE)])
        await _until(lambda: database.closings.count_documents({"step": "done"}) == 1)
        seconds, used = time.perf_counter() - since, read_processor_time([pid]).since(before)
    return per_message(ENTRIES_PER_GRANT * count, seconds, used)


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(LOOK_EVERY_S)

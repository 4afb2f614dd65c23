"""What a message costs when much is stored already, what a dossier takes on disk, and memory."""

import asyncio
import os
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from shared.kernel.messages import DEVELOPMENT, InboxKey
from shared.mongodb.documents import inbox_id
from tests.bench.copies import Sample, read_sample, write_copies
from tests.bench.figures import Disk, Figures
from tests.bench.hops import CONVENTION, DOSSIER, Hop
from tests.bench.measure import Trial, empty, fill, measure_on, prepare
from tests.bench.processor import read_processor_time
from tests.bench.sample import DOSSIERS, play_sample
from tests.bench.watch import reaches, watching
from tests.bench.ways import SERVICE, command, databases, started
from tests.support.processes import processes

HOPS = (DOSSIER, CONVENTION)
IDLE_SHARE, IDLE_S_MAX = 0.03, 120.0
OWN_STATES = {"_id": {"$regex": "^D-"}}
"""States of the messages that are measured."""
Growth = dict[str, dict[int, list[Figures]]]


async def samples_of(servers: Servers) -> dict[str, Sample]:
    """Play the sample campaign; return the documents of each service."""
    async with processes(servers) as stage:
        await play_sample(stage)
        return {service: read_sample(stage, service) for service in SERVICES}


async def measure_growth(
    servers: Servers,
    samples: Mapping[str, Sample],
    growth: Growth,
    options: Namespace,
    show: Callable[[str], None],
) -> None:
    """Measure each hop on databases of each size, in alternating rounds, into `growth`."""
    for hop in HOPS:
        sizes = growth[hop.name] = {size: [] for size in options.sizes}
        with ExitStack() as stack:
            prefixes = {size: stack.enter_context(databases(servers)) for size in sizes}
            for size, prefix in prefixes.items():
                show(f"growth: {hop.name}, writing {size} records")
                await write_copies(servers, hop.service, prefix, samples[hop.service], size)
                await empty(servers)
                await prepare(servers, hop, prefix, 0)
            for number in range(options.growth_rounds):
                for size, prefix in prefixes.items():
                    show(f"growth, round {number + 1}: {hop.name}, {size} records")
                    sizes[size].append(await _measure(servers, hop, prefix, options.messages))


async def measure_disk(
    servers: Servers, samples: Mapping[str, Sample], dossiers: int
) -> list[Disk]:
    """Measure what whole lives of so many dossiers take in each service's database."""
    measured = []
    for service, sample in samples.items():
        records = len(sample["inbox"]) * dossiers // DOSSIERS
        with (
            databases(servers) as prefix,
            MongoClient[dict[str, Any]](servers.mongo_url) as client,
        ):
            await write_copies(servers, service, prefix, sample, records)
            client.admin.command("fsync")
            stats = client[f"{prefix}{service}"].command("dbStats")
        parts = (part / dossiers for part in (records, stats["storageSize"], stats["indexSize"]))
        measured.append(Disk(service, *parts))
    return measured


async def measure_memory(servers: Servers, messages: int, steps: int) -> dict[int, float]:
    """Return the resident MiB of submission after each of so many steps of dossiers."""
    memory = {}
    await empty(servers)
    with databases(servers) as prefix:
        await prepare(servers, DOSSIER, prefix, messages)
        async with watching(servers, DOSSIER, messages) as watch:
            await fill(servers, DOSSIER.service, DOSSIER.takes.messages(messages))
            with started(servers, prefix, command(DOSSIER, SERVICE)) as pid:
                for step in range(1, steps + 1):
                    await reaches(watch.count, messages * step // steps)
                    memory[messages * step // steps] = _resident_mib(pid)
    return memory


async def _measure(servers: Servers, hop: Hop, prefix: str, messages: int) -> Figures:
    """Measure once; what it added is deleted, so that each round begins with the same size."""
    await empty(servers)
    await asyncio.to_thread(_wait_for_idle_database)
    figures = await measure_on(servers, Trial(hop, SERVICE, messages), prefix)
    with MongoClient[dict[str, Any]](servers.mongo_url) as client:
        database = client[f"{prefix}{hop.service}"]
        ids = [message.id for message in hop.takes.messages(messages)]
        keys = [inbox_id(InboxKey(DEVELOPMENT, "/elan/test", event_id)) for event_id in ids]
        database["inbox"].delete_many({"_id": {"$in": keys}})
        for name in database.list_collection_names():
            database[name].delete_many(OWN_STATES)
    return figures


def _wait_for_idle_database() -> None:
    """Wait until what was written before is on disk: its work is not that of the messages."""
    deadline, used = time.monotonic() + IDLE_S_MAX, float("inf")
    while used > IDLE_SHARE and time.monotonic() < deadline:
        before = read_processor_time([])
        time.sleep(1)
        used = read_processor_time([]).since(before).database


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

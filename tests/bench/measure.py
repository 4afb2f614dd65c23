"""One measurement: fill a queue, let one way empty it, time the middle of what comes out."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any

import aio_pika
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from shared.rabbitmq.bus import RabbitBus
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.bench.figures import Figures
from tests.bench.hops import Hop
from tests.bench.processor import ProcessorTime, read_processor_time
from tests.bench.throttle import throttled
from tests.bench.watch import Count, reaches, watching
from tests.bench.ways import DECIDING, SERVICE, command, databases, started
from tests.support.broker import wipe

AT_ONCE = 500
WARM, COLD = 0.2, 0.85
"""At both ends of the stretch batches are under way: what is counted is also paid for."""


@dataclass(frozen=True)
class Trial:
    """What is measured: a way on a hop, with so many messages and replicas.

    `share`: the part of a core that each replica may use.
    """

    hop: Hop
    way: str
    messages: int
    replicas: int = 1
    share: float = 1.0


async def measure(servers: Servers, trial: Trial) -> Figures:
    """Measure on an empty broker and empty databases."""
    await empty(servers)
    with databases(servers) as prefix:
        if trial.way in DECIDING:
            await prepare(servers, trial.hop, prefix, trial.messages)
        return await measure_on(servers, trial, prefix)


async def measure_on(servers: Servers, trial: Trial, prefix: str) -> Figures:
    """Measure on the databases of a prefix; the queue of the service is empty."""
    hop, messages = trial.hop, trial.messages
    async with watching(servers, hop, messages) as watch:
        await fill(servers, hop.service, hop.takes.messages(messages))
        arguments = command(hop, trial.way)
        with ExitStack() as running:
            processes = [started(servers, prefix, arguments) for _ in range(trial.replicas)]
            pids = [running.enter_context(process) for process in processes]
            await reaches(watch.consumers, trial.replicas)
            with throttled(pids, trial.share):
                return await _figures(watch.count, messages, pids)


async def empty(servers: Servers) -> None:
    """Make the broker as on its first day, with the whole topology."""
    await wipe(servers.amqp_url)
    async with await aio_pika.connect(servers.amqp_url) as connection:
        await declare_or_verify(connection, Settings(amqp_url=servers.amqp_url))


async def prepare(servers: Servers, hop: Hop, prefix: str, messages: int) -> None:
    """Let the service handle what the messages of a hop refer to."""
    sent = [*(hop.opening.messages(1) if hop.opening else ())]
    sent += hop.prior.messages(messages) if hop.prior else ()
    if not sent:
        return
    with (
        MongoClient[dict[str, Any]](servers.mongo_url) as client,
        started(servers, prefix, command(hop, SERVICE)),
    ):
        inbox = client[f"{prefix}{hop.service}"]["inbox"]
        wanted = inbox.estimated_document_count() + len(sent)
        await fill(servers, hop.service, sent)
        await reaches(lambda: asyncio.to_thread(inbox.estimated_document_count), wanted)


async def fill(servers: Servers, service: str, messages: Iterable[OutgoingMessage]) -> None:
    """Publish messages with confirms; `service` is any that has a queue."""
    bus = RabbitBus(service, Settings(amqp_url=servers.amqp_url))
    await bus.start()
    remaining = iter(messages)
    while batch := list(islice(remaining, AT_ONCE)):
        assert set(await bus.publish(batch)) == {Published.CONFIRMED}
    await bus.close()


async def _figures(count: Count, messages: int, pids: Sequence[int]) -> Figures:
    """Measure the stretch from WARM to COLD of what comes out."""
    first = await reaches(count, WARM * messages)
    since, before = time.perf_counter(), read_processor_time(pids)
    done = await reaches(count, COLD * messages) - first
    seconds, used = time.perf_counter() - since, read_processor_time(pids).since(before)
    if not done:
        msg = f"{messages} messages are too few: all of them came out between two looks"
        raise ValueError(msg)
    return per_message(done, seconds, used)


def per_message(done: int, seconds: float, used: ProcessorTime) -> Figures:
    """Return the figures of so many messages."""
    parts = (1e6 * part / done for part in (used.service, used.database, used.broker))
    return Figures(done / seconds, *parts)

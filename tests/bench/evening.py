"""The window's last evening: deposits at a steady rate, and how long each waits to be assessed.

Four services run as processes; the load is what partners send, confirmed one by one.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aio_pika
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from shared.rabbitmq.topology import EXCHANGE
from tests.bench.dossiers import filed, opening
from tests.bench.figures import Evening, Recovery
from tests.bench.latency import Deposit, evening, recovery
from tests.bench.measure import fill
from tests.bench.watch import reaches
from tests.support.client import Event, key_of
from tests.support.processes import Processes, processes

PER_SECOND = 100
ANSWERED_S_MAX = 60.0
KILL_AFTER_S, LOOK_EVERY_S = 10.0, 0.1


async def measure_evening(servers: Servers, seconds: int) -> Evening:
    """Deposit for so long; return the latencies."""
    async with processes(servers) as stage:
        await _start(stage, seconds)
        return evening(await _deposit(stage, seconds), seconds, time.perf_counter())


async def measure_recovery(servers: Servers, service: str, seconds: int) -> Recovery:
    """Kill a service under the load and start it again at once, as a supervisor does."""
    async with processes(servers) as stage:
        await _start(stage, seconds)
        load = asyncio.create_task(_deposit(stage, seconds))
        await asyncio.sleep(KILL_AFTER_S)
        killed_at = time.perf_counter()
        (victim,) = (each for each in stage.running if each.service == service)
        victim.kill()
        stage.running.remove(victim)
        stage.launch(service)
        return recovery(service, await load, killed_at, time.perf_counter())


async def _start(stage: Processes, seconds: int) -> None:
    """Start the services; what deposits refer to is received."""
    await stage.start(*SERVICES)
    before = list(opening(PER_SECOND * seconds))
    await fill(stage.servers, "submission", before)
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        inbox = client[f"{stage.prefix}submission"]["inbox"]
        count = inbox.estimated_document_count
        await reaches(lambda: asyncio.to_thread(count), len(before))


@dataclass
class _Load:
    """Deposits on their way, by dossier."""

    exchange: Any
    deposits: dict[str, Deposit] = field(default_factory=dict)

    async def send(self, sent: Event) -> None:
        body = json.dumps(sent).encode()
        message = aio_pika.Message(body, message_id=sent["id"], delivery_mode=2)
        deposit = self.deposits[sent["data"]["dossier_id"]] = Deposit()
        await self.exchange.publish(message, key_of(sent), mandatory=True)
        deposit.confirmed_at = time.perf_counter()

    async def receive(self, message: Any) -> None:
        deposit = self.deposits[json.loads(message.body)["data"]["dossier_id"]]
        deposit.assessed_at = min(deposit.assessed_at, time.perf_counter())

    @property
    def answered(self) -> bool:
        return all(deposit.is_assessed for deposit in self.deposits.values())


async def _deposit(stage: Processes, seconds: int) -> list[Deposit]:
    sent = list(filed(PER_SECOND * seconds))
    async with await aio_pika.connect(stage.servers.amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        load = _Load(await channel.get_exchange(EXCHANGE))
        answers = await (await connection.channel()).declare_queue(exclusive=True)
        await answers.bind(EXCHANGE, "EligibilityAssessed.v1.*")
        await answers.consume(load.receive, no_ack=True)
        await _send_evenly(load, sent)
        deadline = time.perf_counter() + ANSWERED_S_MAX
        while not load.answered and time.perf_counter() < deadline:
            await asyncio.sleep(LOOK_EVERY_S)
    return list(load.deposits.values())


async def _send_evenly(load: _Load, sent: Sequence[Event]) -> None:
    began, sending = time.perf_counter(), []
    for rank, deposit in enumerate(sent):
        await asyncio.sleep(began + rank / PER_SECOND - time.perf_counter())
        sending.append(asyncio.create_task(load.send(deposit)))
    await asyncio.gather(*sending)

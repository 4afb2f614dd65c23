"""One measurement: fill a queue, let one way empty it, time the middle of what comes out."""

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aio_pika
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.kernel.settings import Settings
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.bench.processor import ProcessorTime, read_processor_time
from tests.support import samples
from tests.support.broker import wipe
from tests.support.client import event

SINK = "bench.sink"
BODY_BYTES = 1_200
WARM, COLD = 0.2, 0.95


@dataclass(frozen=True)
class Hop:
    """A service, the event it consumes and the event it publishes."""

    name: str
    service: str
    takes: str
    says: str
    data: Callable[[int], dict[str, Any]]


def _convention(rank: int) -> dict[str, Any]:
    data = {"caf": "761", "dossier_id": f"D-{rank}", "signed_on": "2025-11-05"}
    return data | {"unknown_to_us": "x" * (BODY_BYTES - 330)}


def _dossier(rank: int) -> dict[str, Any]:
    data: dict[str, Any] = samples.dossier(dossier_id=f"D-{rank}").model_dump(mode="json")
    return data


@dataclass(frozen=True)
class Figures:
    """What one way on one hop did: messages per second, microseconds of processor per message."""

    rate: float
    service: float
    database: float
    broker: float


HOPS = (
    Hop("convention, 1.2 KB", "funding", "ConventionSigned", "ConventionRegistered", _convention),
    Hop("dossier, 2.6 KB", "submission", "DossierSubmitted", "DossierReceived", _dossier),
)


async def measure(servers: Servers, hop: Hop, way: str, messages: int) -> Figures:
    """Return rate and processor time of one way on one hop."""
    await wipe(servers.amqp_url)
    async with await aio_pika.connect(servers.amqp_url) as connection:
        await declare_or_verify(connection, Settings(amqp_url=servers.amqp_url))
        channel = await connection.channel()
        exchange = await channel.get_exchange("clas.events")
        sink = await channel.declare_queue(SINK, durable=True, arguments={"x-queue-type": "quorum"})
        await sink.purge()
        await sink.bind(exchange, f"{hop.says}.v1.*")
        if hop.service == "submission":
            campaign = samples.campaign().model_dump(mode="json")
            await _send(exchange, event("CampaignOpened", campaign))
        await _fill(exchange, hop, messages)
        with _running(servers, hop, way) as process:
            figures = await _figures(channel, messages, process.pid)
        await sink.delete(if_unused=False, if_empty=False)
    return figures


async def _send(exchange: Any, sent: dict[str, Any]) -> None:
    name = sent["type"].split(".")[3]
    message = aio_pika.Message(json.dumps(sent).encode(), message_id=sent["id"], delivery_mode=2)
    await exchange.publish(message, f"{name}.v1.{sent['data']['caf']}")


async def _fill(exchange: Any, hop: Hop, messages: int) -> None:
    for first in range(0, messages, 500):
        ranks = range(first, min(first + 500, messages))
        await asyncio.gather(*(_send(exchange, event(hop.takes, hop.data(r))) for r in ranks))


def _running(servers: Servers, hop: Hop, way: str) -> "Process":
    module = {
        "service": [f"services.{hop.service}"],
        "forwarder": ["tests.bench.forwarder", hop.service, hop.says],
        "transaction per message": ["tests.bench.single", hop.service, hop.says],
    }[way]
    return Process(servers, module)


class Process:
    """A way as a process of its own, with databases of its own under `prefix`."""

    def __init__(self, servers: Servers, module: list[str]) -> None:
        self._servers, self._module = servers, module
        self.prefix = f"bench{uuid.uuid4().hex[:6]}_"

    def __enter__(self) -> Self:
        environment = os.environ | {
            "CLAS_AMQP_URL": self._servers.amqp_url,
            "CLAS_MONGO_URL": self._servers.mongo_url,
            "CLAS_DATABASE_PREFIX": self.prefix,
            "CLAS_PORT": "0",
            "CLAS_LOG_LEVEL": "error",
        }
        self._process = subprocess.Popen([sys.executable, "-m", *self._module], env=environment)
        return self

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        with MongoClient[dict[str, Any]](self._servers.mongo_url) as client:
            for name in client.list_database_names():
                if name.startswith(self.prefix):
                    client.drop_database(name)


async def _figures(channel: Any, messages: int, pid: int) -> Figures:
    """Measure the stretch from WARM to COLD of what comes out."""
    began: tuple[float, int, ProcessorTime] | None = None
    while True:
        declared = await channel.declare_queue(SINK, durable=True, passive=True)
        count, now = int(declared.declaration_result.message_count or 0), time.perf_counter()
        if began is None and count >= WARM * messages:
            began = (now, count, read_processor_time(pid))
        if began and count >= COLD * messages:
            done = count - began[1]
            used = read_processor_time(pid).since(began[2])
            per_message = (1e6 * each / done for each in (used.service, used.database, used.broker))
            return Figures(done / (now - began[0]), *per_message)
        await asyncio.sleep(0.02)

"""One run of a scenario: servers, services and what the scenario may do to them."""

import asyncio
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aio_pika

from deploy.embedded import PrivateMongo, PrivateRabbit
from deploy.embedded.mongo_set import PrivateMongoSet
from deploy.embedded.rabbit import QUORUM_QUEUE_SETTLES_S
from shared.contracts.registry import SERVICES
from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.outbox import queue_of
from tests.chaos.load import Load, send_confirmed
from tests.chaos.proxy import Proxy
from tests.chaos.servers import ChaosServers
from tests.support.client import LONGEST_S, Event, name_of
from tests.support.command_line import CLAS
from tests.support.processes import Processes, Replica


@dataclass
class Run:
    """What a scenario works on. `seconds` is how long its load and its fault last."""

    servers: ChaosServers
    stage: Processes
    load: Load
    seconds: float
    replicas: int
    settings: dict[str, Any]
    amqp_proxy: Proxy | None = None
    mongo_proxy: Proxy | None = None
    poison: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By service, the message ids of the dead letters that the scenario provokes."""
    decides_again: bool = False
    """Whether services lost decisions, and take them again at another time."""
    notes: list[str] = field(default_factory=list)

    @property
    def rabbit(self) -> PrivateRabbit:
        """The broker."""
        return self.servers.rabbit

    @property
    def mongo(self) -> PrivateMongo:
        """The database, where it is one node."""
        assert isinstance(self.servers.mongo, PrivateMongo)
        return self.servers.mongo

    @property
    def mongo_set(self) -> PrivateMongoSet:
        """The database, where it is three nodes."""
        assert isinstance(self.servers.mongo, PrivateMongoSet)
        return self.servers.mongo

    async def start(self, *services: str, **settings: str) -> list[Replica]:
        """Start services, all of them by default, with the scenario's settings and these."""
        return await self.stage.start(
            *(services or SERVICES), replicas=self.replicas, **self.settings | settings
        )

    async def restart(self, replica: Replica) -> None:
        """Start a process in the place of one that ended."""
        self.stage.running.remove(replica)
        await self.stage.start(replica.service, **self.settings)

    async def send(self, events: Iterable[Event], **how: Any) -> None:
        """Publish events until confirmed; they are to be handled."""
        events = list(events)
        self.stage.sent += [(name_of(event), event["id"]) for event in events]
        await send_confirmed(self.stage.servers.amqp_url, events, **how)

    async def send_malformed(self, service: str, body: bytes, routing_key: str = "") -> None:
        """Publish a message straight to a queue that becomes a dead letter."""
        message_id = f"malformed-{service}-{len(self.poison[service])}"
        headers: dict[str, Any] = {ROUTING_KEY_HEADER: routing_key} if routing_key else {}
        async with await aio_pika.connect(self.stage.servers.amqp_url) as connection:
            channel = await connection.channel()
            message = aio_pika.Message(
                body, message_id=message_id, headers=headers, delivery_mode=2
            )
            await channel.default_exchange.publish(message, queue_of(service))
        self.poison[service][message_id] += 1

    async def send_poison(self, service: str, event: Event) -> None:
        """Publish an event that becomes a dead letter of a service."""
        self.poison[service][event["id"]] += 1
        await send_confirmed(self.stage.servers.amqp_url, [event])

    async def rabbitmqctl(self, *arguments: str) -> str:
        """Run a command on the broker, beside the load."""
        return await asyncio.to_thread(self.rabbit.rabbitmqctl, *arguments)

    async def clas(
        self,
        *words: str,
        within: Sequence[str] = (),
        code: int = 0,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run a command of `clas`, by way of the program `within`; return what it printed.

        `variables` of its environment are added to the addresses.

        Raises:
            AssertionError: when it ends with another code.
        """
        addresses = {
            "CLAS_AMQP_URL": self.rabbit.url,
            "CLAS_MONGO_URL": self.servers.mongo.url,
            "CLAS_DATABASE_PREFIX": self.stage.prefix,
        }
        done = await asyncio.to_thread(
            subprocess.run,
            [*within, CLAS, *words],
            env=os.environ | addresses | dict(variables or {}),
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
        )
        printed = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode == code, f"clas {' '.join(words)}: {printed[-300:]}"
        return printed

    async def queues_settle(self) -> None:
        """Wait until the broker wrote its new queues to disk: killed before, it loses them."""
        await asyncio.sleep(QUORUM_QUEUE_SETTLES_S)

    def logs(self, service: str) -> str:
        """Return what all replicas of a service wrote to standard error so far."""
        files = sorted(self.stage.folder.glob(f"{service}-*.log"))
        return "".join(file.read_text(encoding="utf-8") for file in files)

    def broker_log(self) -> str:
        """Return what the broker wrote to its log so far."""
        files = sorted((self.rabbit.folder / "log").glob("*.log"))
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)

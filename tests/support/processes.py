"""The four services as processes of their own, to be started, killed and restarted."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Servers
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.personal import join
from tests.support.broker import depth, wipe
from tests.support.client import LONGEST_S, until

IDLE_S_MAX = 2 * LONGEST_S
IDLE_CHECKS = 3


@dataclass
class Replica:
    """One process of a service, with what it wrote to standard error."""

    service: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def started(self) -> bool:
        return '"event": "started"' in self.log.read_text(encoding="utf-8")

    @property
    def dead(self) -> bool:
        return self.process.poll() is not None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def rss_mib(self) -> float:
        """Return its resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass
class Processes:
    """Services on given servers, with databases of this run alone."""

    servers: Servers
    folder: Path
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}_")
    running: list[Replica] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Name and id of the events that a partner sent and that are to be handled."""
    programs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By service, the module to run instead of its own, and its arguments."""
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    """By service, variables of the processes that are started from now on."""

    def launch(self, service: str, **settings: str) -> Replica:
        """Start one process; `settings` are `CLAS_…` variables without their prefix."""
        log = self.folder / f"{service}-{len(list(self.folder.iterdir()))}.log"
        variables = {f"CLAS_{name.upper()}": value for name, value in settings.items()}
        environment = os.environ | {
            "CLAS_AMQP_URL": self.servers.amqp_url,
            "CLAS_MONGO_URL": self.servers.mongo_url,
            "CLAS_DATABASE_PREFIX": self.prefix,
            "CLAS_PORT": "0",
            **variables,
            **self.environments.get(service, {}),
        }
        program = self.programs.get(service, (f"services.{service}",))
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", *program], env=environment, stderr=stderr
            )
        replica = Replica(service, process, log)
        self.running.append(replica)
        return replica

    async def start(self, *services: str, replicas: int = 1, **settings: str) -> list[Replica]:
        """Start services and wait until they consume."""
        launched = [self.launch(s, **settings) for s in services for _ in range(replicas)]
        for replica in launched:
            await until(
                lambda replica=replica: replica.started or replica.dead,  # type: ignore[misc]
                what=f"{replica.service} started",
            )
            assert not replica.dead, replica.log.read_text(encoding="utf-8")
        return launched

    async def died(self, *replicas: Replica) -> None:
        """Wait until replicas were killed by their own crash point."""
        for replica in replicas:
            await until(
                lambda replica=replica: replica.dead,  # type: ignore[misc]
                what=f"{replica.service} died: {replica.log.read_text(encoding='utf-8')[-2000:]}",
            )
            assert replica.process.returncode == -signal.SIGKILL
            self.running.remove(replica)

    async def wait_until_idle(self, services: Sequence[str] = SERVICES) -> None:
        """Wait until all queues and outboxes are empty and every published event is handled.

        An unacknowledged message is in no queue count, and the locks of a killed service may hold
        it up: so inboxes are compared, event by event.
        """
        checks, deadline = 0, asyncio.get_running_loop().time() + IDLE_S_MAX
        while checks < IDLE_CHECKS:
            await asyncio.sleep(0.1)
            remaining = await self._remaining(services)
            checks = 0 if remaining else checks + 1
            assert asyncio.get_running_loop().time() < deadline, f"not idle, remaining: {remaining}"

    async def _remaining(self, services: Sequence[str]) -> dict[str, Any]:
        """Return what is in queues and outboxes, and events missing in a consumer's inbox."""
        url = self.servers.amqp_url
        queues = {s: ready for s in services if (ready := await depth(url, queue_of(s)))}
        if queues:
            return {"queues": queues}
        if outboxes := {s: batches for s in services if (batches := self._outbox(s))}:
            return {"outboxes": outboxes}
        inboxes = {service: self._inbox(service) for service in services}
        handled = {s: {record["_id"]["i"] for record in inboxes[s]} for s in services}
        missing = [
            (consumer, name, event_id)
            for name, event_id in [*self.sent, *_published(inboxes)]
            for consumer in BY_NAME[name].consumers
            if consumer in handled and event_id not in handled[consumer]
        ]
        return {"missing": (len(missing), missing[:3])} if missing else {}

    def _inbox(self, service: str) -> list[dict[str, Any]]:
        fields = ("outputs.id", "outputs.routing_key", "outputs.key", "outputs.queue")
        with MongoClient[dict[str, Any]](self.servers.mongo_url) as client:
            return list(client[f"{self.prefix}{service}"]["inbox"].find({}, fields))

    def _outbox(self, service: str) -> int:
        """Return what waits to be published; release 0.3.0 marked it in the inbox."""
        with MongoClient[dict[str, Any]](self.servers.mongo_url) as client:
            database = client[f"{self.prefix}{service}"]
            pending = database["inbox"].count_documents({"pending": True})
            return database["outbox"].count_documents({}) + pending

    def documents(self, service: str, collection: str) -> list[dict[str, Any]]:
        """Return a collection in the order of its ids, personal values in their places."""
        with MongoClient[dict[str, Any]](self.servers.mongo_url, tz_aware=True) as client:
            documents = client[f"{self.prefix}{service}"][collection].find().sort("_id")
            return [join(each, each.pop("_personal", {})) for each in documents]

    def stop(self) -> None:
        """Stop every process, and forget its databases."""
        for replica in self.running:
            replica.process.send_signal(signal.SIGTERM)
        for replica in self.running:
            try:
                replica.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                replica.kill()
        with MongoClient[dict[str, Any]](self.servers.mongo_url) as client:
            for service in SERVICES:
                client.drop_database(f"{self.prefix}{service}")


def _published(inboxes: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield name and id of every event in the services' outboxes; 0.3.0 named the key otherwise."""
    for record in (record for records in inboxes.values() for record in records):
        for output in record["outputs"]:
            if output["queue"] is None:
                key = output.get("routing_key") or output["key"]
                yield key.partition(".")[0], output["id"]


@asynccontextmanager
async def processes(servers: Servers) -> AsyncIterator[Processes]:
    """Yield a system without services on wiped servers."""
    await wipe(servers.amqp_url)
    with tempfile.TemporaryDirectory() as folder:
        stage = Processes(servers, Path(folder))
        try:
            yield stage
        finally:
            stage.stop()

"""One replica of a service: killed, suspended, ended gracefully, and started again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from tests.simulation.broker import Broker
from tests.simulation.bus import SimulatedBus
from tests.simulation.injector import HEARTBEAT_S, Injector
from tests.simulation.loop import Process
from tests.simulation.store import Database, SimulatedStore

RESTART_S = 8.0
OPERATORS = Process("operators")


@dataclass(frozen=True, slots=True)
class Site:
    """What replicas share: the servers, the faults, and the settings."""

    broker: Broker
    databases: Mapping[str, Database]
    injector: Injector
    settings: Settings


class Replica:
    """Runs a worker in a process of its own; a process that ended is followed by another."""

    def __init__(self, service: Service, rank: int, site: Site) -> None:
        self.service, self.database = service, site.databases[service.name]
        self._name, self._site, self._injector = f"{service.name}-{rank}", site, site.injector
        self.held_back = False
        self.failures: list[str] = []
        self._terminating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start a process with a worker."""
        site, injector = self._site, self._injector
        injector.trace(self._name, "started")
        self.process = process = Process(self._name)
        self.bus = SimulatedBus(site.broker, self.service.name, process, injector, site.settings)
        process.disconnected, process.killed = self._disconnected, self._killed
        store = SimulatedStore(self.database, process, injector)
        clock = injector.clock(injector.skew())
        self.worker = Worker(self.service, self.bus, store, site.settings, clock)
        self._running = injector.loop.spawn(process, self.worker.run())
        self._running.add_done_callback(self._ended)

    async def terminate(self) -> None:
        """End the process gracefully, or kill it when it does not end."""
        process, running = self.process, self._running
        self._injector.trace(self._name, "terminated")
        self._terminating = running
        self._injector.loop.spawn(process, self.worker.stop())
        await asyncio.wait([running], timeout=HEARTBEAT_S)
        process.kill()

    def _disconnected(self) -> None:
        self.bus.lose_connection()
        self.database.abort_of(self.process)

    def _killed(self) -> None:
        """The network tells the broker; the database finds out, or its limit ends transactions."""
        self.bus.close()
        delay_s = self._injector.rng.choice((0.0, HEARTBEAT_S)) * self._injector.rng.random()
        loop = self._injector.loop
        loop.spawn(OPERATORS, self._abort_later(self.process, delay_s))
        loop.spawn(OPERATORS, self._start_later())

    async def _abort_later(self, process: Process, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self.database.abort_of(process)

    async def _start_later(self) -> None:
        await asyncio.sleep(self._injector.rng.uniform(0.1, RESTART_S))
        while self.held_back:
            await asyncio.sleep(1.0)
        self.start()

    def _ended(self, running: "asyncio.Task[None]") -> None:
        """Note a worker that ended although nobody ended it."""
        if self.process.alive and running is not self._terminating:
            self.failures.append(f"{self._name} ended: {running.exception()!r}")
            self.process.kill()

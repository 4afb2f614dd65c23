"""Periods of trouble: servers away, blocked, without a route or restored, poison sent."""

import asyncio
import random
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from shared.contracts.registry import EVENTS, SERVICES
from shared.kernel.outbox import queue_of
from tests.simulation import poison
from tests.simulation.redrive import redrive

if TYPE_CHECKING:
    from tests.simulation.replica import Replica
    from tests.simulation.world import World

PERIOD_S = 20.0
ROUTES = [
    (consumer, spec.name)
    for spec in EVENTS
    if spec.producer in SERVICES
    for consumer in spec.consumers
]


class Troubles:
    """Draws periods of trouble over a storm, and ends them all."""

    def __init__(self, world: "World", rng: random.Random) -> None:
        self._world, self._rng = world, rng
        self.poison: list[poison.Poison] = []

    def start(self, storm_s: float) -> "asyncio.Future[Any]":
        """Start every period at a drawn time; the result is done when all have ended."""
        faults, periods = self._world.setting.faults, list[Coroutine[Any, Any, None]]()
        for kind in ("terminate", "store_away", "flapping", "blocked", "unbound", "restore"):
            most = int(getattr(faults, kind))
            count = self._rng.randint(1, most) if most else 0
            periods += [getattr(self, f"_{kind}")() for _ in range(count)]
        periods += [self._poison(rank) for rank in range(int(faults.poison))]
        return asyncio.gather(*(self._later(period, storm_s) for period in periods))

    def heal(self) -> None:
        """End all faults; suspended processes go on by themselves."""
        world = self._world
        world.trace("operators", "healed")
        world.injector.active = False

    async def _later(self, period: Coroutine[Any, Any, None], storm_s: float) -> None:
        await asyncio.sleep(self._rng.uniform(0, storm_s))
        await period

    async def _terminate(self) -> None:
        replica = self._rng.choice(self._world.replicas)
        if replica.process.alive and not replica.process.stopped:
            await replica.terminate()

    async def _store_away(self) -> None:
        service = self._rng.choice(SERVICES)
        database = self._world.databases[service]
        self._note("store away", service)
        database.up = False
        await self._period()
        database.up = True
        self._note("store back", service)

    async def _flapping(self) -> None:
        replicas = self._of(self._rng.choice(SERVICES))
        for _ in range(self._rng.randint(1, int(PERIOD_S))):
            for replica in replicas:
                if replica.process.alive:
                    replica.bus.lose_connection()
            await asyncio.sleep(1.0)

    async def _blocked(self) -> None:
        broker = self._world.broker
        self._note("publishers blocked")
        broker.blocked += 1
        await self._period()
        broker.blocked -= 1
        self._note("publishers free")

    async def _unbound(self) -> None:
        route = self._rng.choice(ROUTES)
        self._note("unbound", " ".join(route))
        self._world.broker.unbound.add(route)
        await self._period()
        self._world.broker.unbound.discard(route)
        await self._period()
        self._note("redriven", str(redrive(self._world.broker, self._world.databases)))

    async def _restore(self) -> None:
        """Restore a store: stop, restore, purge, send all that is missing, start one replica first.

        Unlike docs/operations.md everything is sent at once: one replica keeps the order that the
        waves of `clas redrive` keep there.
        """
        service = self._rng.choice(SERVICES)
        world, database = self._world, self._world.databases[service]
        snapshot = database.snapshot()
        self._note("snapshot", service)
        await self._period()
        first, *others = self._of(service)
        for replica in (first, *others):
            replica.held_back = True
        alive = [each for each in (first, *others) if each.process.alive]
        await asyncio.gather(*(replica.terminate() for replica in alive))
        database.restore(snapshot)
        world.broker.queues[queue_of(service)].ready.clear()
        self._note("restored", f"{service}, redriven: {redrive(world.broker, world.databases)}")
        first.held_back = False
        while not world.broker.queues[queue_of(service)].empty:
            await asyncio.sleep(1.0)
        for replica in others:
            replica.held_back = False

    async def _poison(self, rank: int) -> None:
        sent = poison.drawn(self._rng, rank)
        self.poison.append(sent)
        self._note("poison", f"{sent.message.id} for {sent.service}")
        self._world.broker.publish(sent.message)

    async def _period(self) -> None:
        await asyncio.sleep(self._rng.uniform(0.5, PERIOD_S))

    def _of(self, service: str) -> "list[Replica]":
        return [each for each in self._world.replicas if each.service.name == service]

    def _note(self, what: str, details: str = "") -> None:
        self._world.trace("operators", what, details)

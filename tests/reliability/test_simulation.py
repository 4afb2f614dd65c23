"""Seeded faults on the in-process adapters: replicas die, commits fail or do not answer,
messages arrive twice, publishes are lost. Every seed ends with the books of a run without any."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from shared.kernel.memory import MemoryBroker, MemoryBus, MemoryStore
from shared.kernel.memory.system import MemorySystem
from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import ConflictError, Published, StoreUnavailableError, Transaction
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from tests.support.campaign import COLLECTIONS, Campaign, books, calm_books
from tests.support.client import Event, key_of
from tests.support.oracle import assert_same_books
from tests.support.services import ALL

SETTINGS = Settings(
    linger_ms=0,
    batch_max=7,
    relay_every_s=0.01,
    relay_grace_s=0.03,
    publish_timeout_s=0.02,
    relay_lease_s=0.05,
    backoff_s_max=0.01,
)
SEEDS = range(12)


class StormyStore:
    """Fails before the writes, or after the commit without an answer, by the seed."""

    def __init__(self, store: MemoryStore, rng: random.Random) -> None:
        self._store, self._rng = store, rng

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        fate = self._rng.random()
        async with self._store.transaction() as transaction:
            yield transaction
            if fate < 0.05:
                raise ConflictError("the storm")
            if fate < 0.1:
                raise StoreUnavailableError("the storm, before the commit")
        if fate < 0.2:
            raise StoreUnavailableError("the storm, after the commit")


class StormyBus(MemoryBus):
    """Breaks off in the middle of publishing, or loses the confirms of what arrived."""

    rng: random.Random

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        fate, count = self.rng.random(), len(outgoing)
        arrived = self.rng.randrange(count) if fate < 0.1 else count
        confirms = await super().publish(outgoing[:arrived])
        confirmed = self.rng.randrange(count) if 0.1 <= fate < 0.2 else arrived
        return [*confirms[:confirmed], *[Published.UNKNOWN] * (count - min(arrived, confirmed))]


class Replica:
    """A worker that can be killed between any two of its steps."""

    def __init__(
        self, service: Service, broker: MemoryBroker, store: Any, rng: random.Random
    ) -> None:
        self._make = (service, broker, store, rng)
        self.task: asyncio.Task[None] | None = None
        self.bus: StormyBus | None = None

    def start(self) -> None:
        service, broker, store, rng = self._make
        self.bus = StormyBus(broker, service.name)
        self.bus.rng = rng
        worker = Worker(service, self.bus, StormyStore(store, rng), SETTINGS)
        self.task = asyncio.create_task(worker.run())

    async def kill(self) -> None:
        assert self.task is not None
        assert self.bus is not None
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        self.bus.die()


async def storm(seed: int, campaign: Campaign) -> dict[str, Any]:
    """Play a campaign through the storm of one seed, and return the books."""
    rng = random.Random(seed)
    broker = MemoryBroker()
    stores = {service.name: MemoryStore() for service in ALL}
    replicas = [Replica(s, broker, stores[s.name], rng) for s in ALL for _ in range(2)]
    for replica in replicas:
        replica.start()
    killing = asyncio.create_task(_kill_now_and_then(replicas, rng))
    for phase in campaign.phases:
        for sent in rng.sample(phase, len(phase)):
            for _ in range(rng.choice((1, 1, 2, 3))):
                _send(broker, sent)
        async with asyncio.timeout(60):
            await MemorySystem(broker, stores).wait_until_idle()
    killing.cancel()
    for replica in replicas:
        await replica.kill()
    assert not any(broker.dead_letters(service.name) for service in ALL)
    return books({c: stores["accounting"].documents(c) for c in COLLECTIONS})


async def _kill_now_and_then(replicas: list[Replica], rng: random.Random) -> None:
    while True:
        await asyncio.sleep(rng.uniform(0.001, 0.03))
        victim = rng.choice(replicas)
        await victim.kill()
        await asyncio.sleep(rng.uniform(0, 0.01))
        victim.start()


def _send(broker: MemoryBroker, sent: Event) -> None:
    broker.publish(OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode()))


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_books_do_not_know_the_storm(seed: int) -> None:
    campaign = Campaign(dossiers=20)

    assert_same_books(await storm(seed, campaign), await calm_books(campaign))

"""All services in one process on in-process adapters, for simulations and tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.kernel.memory.bus import MemoryBroker, MemoryBus
from shared.kernel.memory.store import MemoryStore
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker

POLL_S = 0.002


@dataclass(frozen=True, slots=True)
class MemorySystem:
    """A broker and one store per service, with running workers."""

    broker: MemoryBroker
    stores: Mapping[str, MemoryStore]

    async def wait_until_idle(self) -> None:
        """Wait until no queue holds a message, none is unacknowledged and every outbox is empty.

        All are checked at one instant: between two checks a message could move from an unchecked
        outbox into a checked queue.
        """
        while not self._is_idle():  # noqa: ASYNC110 - several conditions, not one event
            await asyncio.sleep(POLL_S)

    def _is_idle(self) -> bool:
        return self.broker.idle() and not any(store.waiting for store in self.stores.values())


@asynccontextmanager
async def running(
    services: Sequence[Service], settings: Settings, replicas: int = 1
) -> AsyncIterator[MemorySystem]:
    """Run services, each with its own store and `replicas` workers, within the block."""
    system = MemorySystem(MemoryBroker(), {service.name: MemoryStore() for service in services})
    workers = [
        Worker(
            service, MemoryBus(system.broker, service.name), system.stores[service.name], settings
        )
        for service in services
        for _ in range(replicas)
    ]
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield system
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        await asyncio.gather(*tasks)

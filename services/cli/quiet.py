"""Quiet: nothing waits in a queue of the services, nor in an outbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.registry import SERVICES
from shared.kernel.answers import queue_of
from shared.kernel.settings import Settings
from shared.mongodb.archive import archive
from shared.rabbitmq.inspect import connected, depth
from shared.rabbitmq.topology import TopologyError

LOOKS = 3
PACE_S = 0.2
"""A message that a service has in hand shows nowhere: only several empty looks mean quiet."""


@dataclass(frozen=True, slots=True)
class Left:
    """What waits, by service: messages in its queue, records in its outbox."""

    queues: dict[str, int]
    outboxes: dict[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.queues.values()) + sum(self.outboxes.values())

    def __str__(self) -> str:
        """Return `accounting: 3 in its queue, 1 in its outbox; …`."""
        told = (self._of(service) for service in self.queues)
        return "; ".join(each for each in told if each) or "nothing waits"

    def _of(self, service: str) -> str:
        places = (("queue", self.queues[service]), ("outbox", self.outboxes[service]))
        counted = ", ".join(f"{count} in its {place}" for place, count in places if count)
        return f"{service}: {counted}" if counted else ""


class Look(Protocol):
    """A look at all queues and outboxes."""

    async def __call__(self) -> Left:
        """Return what waits now."""
        ...


async def settle(look: Look, timeout_s: float, tell: Callable[[Left], None]) -> Left | None:
    """Return None once it is quiet, or what is left where after the timeout."""
    deadline, empty = time.monotonic() + timeout_s, 0
    while True:
        left = await look()
        tell(left)
        empty = 0 if left.total else empty + 1
        if empty == LOOKS:
            return None
        if time.monotonic() > deadline:
            return left
        await asyncio.sleep(PACE_S)


@asynccontextmanager
async def looking(known: Settings) -> AsyncIterator[Look]:
    """Open what a look needs."""
    async with connected(known) as connection, archive(known) as kept:

        async def look() -> Left:
            queues = {each: await waiting(each) for each in SERVICES}
            return Left(queues, {each: await kept.pending(each) for each in SERVICES})

        async def waiting(service: str) -> int:
            there = await depth(connection, queue_of(service))
            if there is None:
                msg = f"there is no queue {queue_of(service)}; run `clas topology`"
                raise TopologyError(msg)
            return there.messages

        yield look

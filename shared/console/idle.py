"""Quiet: nothing waits in a queue of the services, nor in an outbox.

A message that a service has in hand shows in neither. Of one message alone it can be told: its
consumers have no record of it, or those of what they answered have none, and so on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.inbound import parse
from shared.kernel.outbox import queue_of
from shared.kernel.ports import IncomingMessage
from shared.kernel.settings import Settings
from shared.mongodb.read_api import ReadApi, open_read_api
from shared.rabbitmq.broker_admin import connected, queue_stats
from shared.rabbitmq.errors import TopologyError

LOOKS = 3
PACE_S = 0.2
"""A message that a service has in hand shows nowhere: only several empty looks mean quiet."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, by service: messages in its queue, records in its outbox.

    Where one message was followed, what a service must have in hand is known too.
    """

    queues: dict[str, int]
    outboxes: dict[str, int]
    in_hand: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of it."""
        return sum(sum(of.values()) for of in (self.queues, self.outboxes, self.in_hand))

    def __str__(self) -> str:
        """Return `accounting: 3 in its queue, 1 in its outbox; …`."""
        told = (self._of(service) for service in self.queues)
        return "; ".join(each for each in told if each) or "nothing waits"

    def _of(self, service: str) -> str:
        places = (("queue", self.queues[service]), ("outbox", self.outboxes[service]))
        counted = [f"{count} in its {place}" for place, count in places if count]
        if taken := self.in_hand.get(service):
            counted.append(f"{taken} in hand")
        return f"{service}: {', '.join(counted)}" if counted else ""


class BacklogProbe(Protocol):
    """A look at all queues and outboxes."""

    async def __call__(self) -> Backlog:
        """Return what waits now."""
        ...


async def wait_until_idle(
    look: BacklogProbe, timeout_s: float, tell: Callable[[Backlog], None]
) -> Backlog | None:
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


class MessageTracker:
    """A message, and all that the services say because of it, until everything is handled."""

    def __init__(self, sent: IncomingMessage, kept: ReadApi, body_bytes_max: int) -> None:
        self._kept, self._body_bytes_max = kept, body_bytes_max
        self._awaited = _consumed(sent)

    async def in_hand(self) -> Counter[str]:
        """Count what was not handled yet, by service."""
        awaited, self._awaited = self._awaited, []
        while awaited:
            service, message = awaited.pop()
            key = parse(message, service, self._body_bytes_max).key
            record = await self._kept.record(service, key)
            if record is None:
                self._awaited.append((service, message))
                continue
            for said in (each for each in record.outputs if each.queue is None):
                awaited += _consumed(IncomingMessage(said.body, said.routing_key, said.id))
        return Counter(service for service, _ in self._awaited)


def _consumed(message: IncomingMessage) -> list[tuple[str, IncomingMessage]]:
    """Return the message once for each service that consumes it."""
    spec = BY_NAME.get(message.routing_key.partition(".")[0])
    return [(service, message) for service in (spec.consumers if spec else ())]


@asynccontextmanager
async def open_probe(
    settings: Settings, sent: IncomingMessage | None = None
) -> AsyncIterator[BacklogProbe]:
    """Open what a look needs; what follows from `sent` is followed on its way."""
    async with connected(settings) as connection, open_read_api(settings) as kept:
        followed = MessageTracker(sent, kept, settings.body_bytes_max) if sent else None

        async def look() -> Backlog:
            queues = {each: await waiting(each) for each in SERVICES}
            left = Backlog(queues, {each: await kept.count_unpublished(each) for each in SERVICES})
            return replace(left, in_hand=await followed.in_hand()) if followed else left

        async def waiting(service: str) -> int:
            there = await queue_stats(connection, queue_of(service))
            if there is None:
                msg = f"there is no queue {queue_of(service)}; run `clas topology`"
                raise TopologyError(msg)
            return there.messages

        yield look

"""What is seen of a hop from outside while a way handles it: counts, and waiting for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aio_pika

from deploy.embedded import Servers
from shared.kernel.outbox import queue_of
from shared.rabbitmq.topology import EXCHANGE
from tests.bench.hops import Hop

SINK = "bench.sink"
LOOK_EVERY_S, STALLED_S = 0.02, 120.0
Count = Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class Watch:
    """The queues of a hop. `sink` is empty where nothing is published."""

    channel: Any
    queue: str
    sink: str
    messages: int

    async def count(self) -> int:
        """Count the messages that came out; without any, those that left the queue."""
        if self.sink:
            return int((await self._declared(self.sink)).message_count or 0)
        return self.messages - int((await self._declared(self.queue)).message_count or 0)

    async def consumers(self) -> int:
        """Count the consumers of the queue."""
        return int((await self._declared(self.queue)).consumer_count or 0)

    async def _declared(self, queue: str) -> Any:
        declared = await self.channel.declare_queue(queue, durable=True, passive=True)
        return declared.declaration_result


@asynccontextmanager
async def watching(servers: Servers, hop: Hop, messages: int) -> AsyncIterator[Watch]:
    """Bind a queue to what a hop publishes; yield what watches it."""
    async with await aio_pika.connect(servers.amqp_url) as connection:
        channel = await connection.channel()
        if not hop.publishes:
            yield Watch(channel, queue_of(hop.service), "", messages)
            return
        exchange = await channel.get_exchange(EXCHANGE)
        sink = await channel.declare_queue(SINK, durable=True, arguments={"x-queue-type": "quorum"})
        await sink.bind(exchange, f"{hop.publishes}.v1.*")
        yield Watch(channel, queue_of(hop.service), SINK, messages)
        await sink.delete(if_unused=False, if_empty=False)


async def reaches(count: Count, wanted: float) -> int:
    """Return the count as soon as it is that high.

    Raises:
        TimeoutError: the count did not move for STALLED_S.
    """
    last, moved = -1, time.perf_counter()
    while (now := await count()) < wanted:
        if now != last:
            last, moved = now, time.perf_counter()
        if time.perf_counter() - moved > STALLED_S:
            msg = f"{now} of {wanted:.0f} messages, and no progress for {STALLED_S:.0f} s"
            raise TimeoutError(msg)
        await asyncio.sleep(LOOK_EVERY_S)
    return now

"""Reads the stream `clas.log`: every known event that came to the exchange, in order.

Nothing is published into it and nothing is removed from it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.kernel.ports import BrokerUnavailableError
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import LOG

PREFETCH = 500
DELIVERY_S_MAX = 30.0
END_PROBES, END_PACE_S, END_S_MAX = 3, 0.3, 15.0
Offset = int | datetime | str


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A message of the stream and its offset in it."""

    offset: int
    body: bytes
    routing_key: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class EventLog:
    """The stream up to `last`, the offset of its last message when it was opened, None if empty."""

    connection: Connection
    last: int | None

    async def messages(self, first: Offset = "first") -> AsyncGenerator[LoggedMessage, None]:
        """Yield the messages from an offset or an instant on.

        At most `PREFETCH` are in memory. From an instant on, earlier ones may come too: the broker
        begins with the chunk that contains it.

        Raises:
            BrokerUnavailableError: when no message comes although there are more.
        """
        offset = -1
        async with _consumer(self.connection, first) as consumer:
            if isinstance(first, datetime) and await consumer.is_silent():
                return  # Nothing came since.
            while self.last is not None and offset < self.last:
                message = await consumer.next()
                offset = message.offset
                if offset <= self.last:
                    yield message


@asynccontextmanager
async def open_event_log(
    connection: Connection, end_s_max: float = END_S_MAX
) -> AsyncIterator[EventLog]:
    """Open the stream as it is now; its last message must be known before it is read.

    While events come all the time its end is what it was after `end_s_max` seconds.

    Raises:
        TopologyError: when it does not exist.
    """
    yield EventLog(connection, await _last_offset(connection, end_s_max))


@dataclass(frozen=True, slots=True)
class _Consumer:
    channel: AbstractChannel
    received: "asyncio.Queue[AbstractIncomingMessage]" = field(default_factory=asyncio.Queue)

    async def is_silent(self) -> bool:
        """Return whether nothing is delivered: the broker does not say that there is no more.

        A silence counts only once the broker has answered on the same channel: it may be slow.
        """
        for _ in range(END_PROBES):
            await asyncio.sleep(END_PACE_S)
            await self.channel.declare_queue(LOG, durable=True, passive=True)
            if not self.received.empty():
                return False
        return True

    async def next(self) -> LoggedMessage:
        """Return the next message; its acknowledgement makes room for another one."""
        try:
            message = await asyncio.wait_for(self.received.get(), DELIVERY_S_MAX)
        except TimeoutError as fault:
            msg = f"{LOG} has more messages, and none came for {DELIVERY_S_MAX:g} s"
            raise BrokerUnavailableError(msg) from fault
        await message.ack()
        offset = int(str(message.headers["x-stream-offset"]))
        return LoggedMessage(offset, message.body, message.routing_key or "", message.message_id)


async def _last_offset(connection: Connection, end_s_max: float) -> int | None:
    """Return the offset of the last message, None for an empty stream.

    The broker does not say where a stream ends, but delivers its last chunk at once.
    """
    last, deadline = None, time.monotonic() + end_s_max
    async with _consumer(connection, "last") as consumer:
        while not await consumer.is_silent() and time.monotonic() < deadline:
            while not consumer.received.empty():
                last = (await consumer.next()).offset
    return last


@asynccontextmanager
async def _consumer(connection: Connection, first: Offset) -> AsyncIterator[_Consumer]:
    channel = await connection.channel()
    try:
        await channel.set_qos(prefetch_count=PREFETCH)
        consumer = _Consumer(channel)
        queue = await channel.get_queue(LOG, ensure=True)
        await queue.consume(consumer.received.put, arguments={"x-stream-offset": first})
        yield consumer
    except ChannelNotFoundEntity as fault:
        msg = f"there is no stream {LOG}; run `clas topology`"
        raise TopologyError(msg) from fault
    finally:
        await channel.close()

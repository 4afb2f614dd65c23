"""Hearing every event of the exchange, as an auditor would: nothing is taken from anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError

from shared.kernel.ports import BrokerUnavailableError, IncomingMessage
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.topology import EXCHANGE

MARK_S_MAX = 10.0


class EventTap:
    """Keeps what it hears, in order; what was published before it joined is not among it."""

    def __init__(self, channel: AbstractChannel, own: AbstractQueue) -> None:
        self._channel, self._own = channel, own
        self._marks: dict[str, asyncio.Event] = {}
        self.received: list[IncomingMessage] = []

    async def start(self) -> None:
        """Bind the own queue to everything, and listen."""
        await self._own.bind(EXCHANGE, "#")
        await self._own.consume(self._on_message, no_ack=True)

    async def sync_barrier(self) -> None:
        """Return once `heard` holds every event that the broker has confirmed to anybody so far.

        A mark that is sent to the own queue arrives behind all that was routed there before.

        Raises:
            BusAway: when it does not arrive.
        """
        name = str(len(self._marks))
        arrived = self._marks[name] = asyncio.Event()
        mark = Message(b"", message_id=name, delivery_mode=DeliveryMode.NOT_PERSISTENT)
        try:
            async with asyncio.timeout(MARK_S_MAX):
                await self._channel.default_exchange.publish(mark, self._own.name, mandatory=True)
                await arrived.wait()
        except (AMQPError, OSError, TimeoutError) as fault:
            raise BrokerUnavailableError(
                f"the listener's queue is gone: {fault!r}"[:300]
            ) from fault

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        if message.exchange:
            key, headers = message.routing_key or "", dict(message.headers or {})
            self.received.append(IncomingMessage(message.body, key, message.message_id, headers))
        elif mark := self._marks.get(message.message_id or ""):
            mark.set()


@asynccontextmanager
async def open_event_tap(connection: Connection) -> AsyncIterator[EventTap]:
    """Hear all events until the block ends; the exchange must be there."""
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    listener = EventTap(channel, await channel.declare_queue(exclusive=True))
    await listener.start()
    yield listener

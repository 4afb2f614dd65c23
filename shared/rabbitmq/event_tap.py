"""Receives a copy of every event on the exchange, through a queue of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from shared.kernel.messages import IncomingMessage
from shared.kernel.ports import BrokerUnavailableError
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.topology import EXCHANGE, event_keys

BARRIER_S_MAX = 10.0


class EventTap:
    """Collects the events published since it was opened, in the order of delivery."""

    def __init__(self, channel: AbstractChannel, queue: AbstractQueue) -> None:
        self._channel, self._queue = channel, queue
        self._barriers: dict[str, asyncio.Event] = {}
        self.received: list[IncomingMessage] = []

    async def start(self) -> None:
        """Bind the queue to every known event and consume it."""
        for key in event_keys():
            await self._queue.bind(EXCHANGE, key)
        await self._queue.consume(self._on_message, no_ack=True)

    async def sync_barrier(self) -> None:
        """Return once `received` contains every event that the broker confirmed until now.

        A message published to the queue itself is delivered after all that were routed to it
        before.

        Raises:
            BrokerUnavailableError: when the connection, its queue or the message is lost.
        """
        name = str(len(self._barriers))
        passed = self._barriers[name] = asyncio.Event()
        message = Message(b"", message_id=name, delivery_mode=DeliveryMode.NOT_PERSISTENT)
        try:
            async with asyncio.timeout(BARRIER_S_MAX):
                exchange = self._channel.default_exchange
                await exchange.publish(message, self._queue.name, mandatory=True)
                await passed.wait()
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as fault:
            raise BrokerUnavailableError(
                f"the queue of the event tap no longer exists: {fault!r}"[:300]
            ) from fault

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        if message.exchange:
            key, headers = message.routing_key or "", dict(message.headers or {})
            self.received.append(IncomingMessage(message.body, key, message.message_id, headers))
        elif barrier := self._barriers.get(message.message_id or ""):
            barrier.set()


@asynccontextmanager
async def open_event_tap(connection: Connection) -> AsyncIterator[EventTap]:
    """Collect all events until the connection closes; the exchange must exist."""
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    tap = EventTap(channel, await channel.declare_queue(exclusive=True))
    await tap.start()
    yield tap

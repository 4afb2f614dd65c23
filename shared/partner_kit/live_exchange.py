"""The exchange of a system that runs: a publisher on it, and an ear of our own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.ports import IncomingMessage
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, queue_stats
from shared.rabbitmq.event_tap import EventTap, open_event_tap
from shared.rabbitmq.publisher import ConfirmingPublisher, open_publisher

SETTLE_S = 1.5
"""So long an answer that nobody expects may take to be heard."""


class LiveExchange:
    """Publishes as a partner does, with confirms, and hears everything."""

    def __init__(self, publisher: ConfirmingPublisher, listener: EventTap) -> None:
        self._publisher, self._listener = publisher, listener

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Publish a message, and return once a queue has it."""
        await self._publisher.publish(body, routing_key, message_id)

    def received(self) -> Sequence[IncomingMessage]:
        """Return what was heard so far."""
        return self._listener.received

    async def settle(self) -> None:
        """Wait a moment, then until all that was said is heard."""
        await asyncio.sleep(SETTLE_S)
        await self._listener.sync_barrier()


@asynccontextmanager
async def open_live_exchange(settings: Settings) -> AsyncIterator[LiveExchange]:
    """Join the exchange.

    Raises:
        BusAway: when the broker is not there.
        TopologyError: when the exchange is not.
    """
    async with (
        open_publisher(settings) as publisher,
        connected(settings) as connection,
        open_event_tap(connection) as listener,
    ):
        yield LiveExchange(publisher, listener)


async def absent(settings: Settings) -> list[str]:
    """Return the services that nobody serves: their queue is not there, or not consumed."""
    async with connected(settings) as connection:
        found = {service: await queue_stats(connection, queue_of(service)) for service in SERVICES}
    return [service for service, queue in found.items() if not queue or not queue.consumers]

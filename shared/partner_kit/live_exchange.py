"""The exchange of a running system: publishes to it and collects every event."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.contracts.registry import SERVICES
from shared.kernel.messages import IncomingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, queue_stats
from shared.rabbitmq.event_tap import EventTap, open_event_tap
from shared.rabbitmq.publisher import ConfirmingPublisher, open_publisher

SETTLE_S = 1.5
"""How long to wait for answers that are not expected."""


class LiveExchange:
    """Publishes as a partner does, with confirms, and receives every event."""

    def __init__(self, publisher: ConfirmingPublisher, event_tap: EventTap) -> None:
        self._publisher, self._event_tap = publisher, event_tap

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Publish a message; return once it is confirmed and routed."""
        await self._publisher.publish(body, routing_key, message_id)

    def received(self) -> Sequence[IncomingMessage]:
        """Return the events received so far."""
        return self._event_tap.received

    async def settle(self) -> None:
        """Wait `SETTLE_S`, then until every event published by then is received."""
        await asyncio.sleep(SETTLE_S)
        await self._event_tap.sync_barrier()


@asynccontextmanager
async def open_live_exchange(settings: Settings) -> AsyncIterator[LiveExchange]:
    """Connect to the exchange.

    Raises:
        BrokerUnavailableError: when the broker is not available.
        TopologyError: when the exchange does not exist.
    """
    async with (
        open_publisher(settings) as publisher,
        connected(settings) as connection,
        open_event_tap(connection) as event_tap,
    ):
        yield LiveExchange(publisher, event_tap)


async def absent(settings: Settings) -> list[str]:
    """Return the services whose queue does not exist or has no consumer."""
    async with connected(settings) as connection:
        stats = {service: await queue_stats(connection, queue_of(service)) for service in SERVICES}
    return [service for service, queue in stats.items() if not queue or not queue.consumers]

"""The exchange of a system that runs: a publisher on it, and an ear of our own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.ports import Delivery
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, depth
from shared.rabbitmq.event_tap import Listener, listening
from shared.rabbitmq.publisher import Partner, partner

SETTLE_S = 1.5
"""So long an answer that nobody expects may take to be heard."""


class RealExchange:
    """Publishes as a partner does, with confirms, and hears everything."""

    def __init__(self, publisher: Partner, listener: Listener) -> None:
        self._publisher, self._listener = publisher, listener

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Publish a message, and return once a queue has it."""
        await self._publisher.publish(body, routing_key, message_id)

    def heard(self) -> Sequence[Delivery]:
        """Return what was heard so far."""
        return self._listener.heard

    async def settle(self) -> None:
        """Wait a moment, then until all that was said is heard."""
        await asyncio.sleep(SETTLE_S)
        await self._listener.catch_up()


@asynccontextmanager
async def real_exchange(known: Settings) -> AsyncIterator[RealExchange]:
    """Join the exchange.

    Raises:
        BusAway: when the broker is not there.
        TopologyError: when the exchange is not.
    """
    async with (
        partner(known) as publisher,
        connected(known) as connection,
        listening(connection) as listener,
    ):
        yield RealExchange(publisher, listener)


async def absent(known: Settings) -> list[str]:
    """Return the services that nobody serves: their queue is not there, or not consumed."""
    async with connected(known) as connection:
        found = {service: await depth(connection, queue_of(service)) for service in SERVICES}
    return [service for service, queue in found.items() if not queue or not queue.consumers]

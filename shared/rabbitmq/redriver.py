"""Redrives of many messages: confirmed together, in order for each service."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel

from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.messages import IncomingMessage
from shared.kernel.ports import BrokerUnavailableError
from shared.rabbitmq.broker_admin import Connection
from shared.rabbitmq.redrive import publish_redrive


@dataclass(frozen=True, slots=True)
class RedrivenMessage:
    """A message as it was published, and the service that is to get it again."""

    service: str
    body: bytes
    routing_key: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Redriver:
    """Publishes with confirms to the queues of services."""

    channel: AbstractChannel
    confirm_s_max: float

    async def send(self, messages: Sequence[RedrivenMessage]) -> None:
        """Return once the broker has confirmed all of them.

        They are no replays: a service that has handled one takes it for a duplicate.

        Raises:
            BrokerUnavailableError: without all confirms in time; some may have arrived.
            TopologyError: when the exchange does not reach a queue.
        """
        try:
            async with asyncio.timeout(self.confirm_s_max):
                await asyncio.gather(*map(self._send, messages))
        except TimeoutError as fault:
            msg = f"no confirm within {self.confirm_s_max:g} s; is it short of memory or disk?"
            raise BrokerUnavailableError(msg) from fault

    async def _send(self, message: RedrivenMessage) -> None:
        headers = {ROUTING_KEY_HEADER: message.routing_key}
        incoming = IncomingMessage(message.body, message.routing_key, message.message_id, headers)
        await publish_redrive(self.channel, message.service, incoming)


@asynccontextmanager
async def open_redriver(connection: Connection, confirm_s_max: float) -> AsyncIterator[Redriver]:
    """Open a channel with confirms."""
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    yield Redriver(channel, confirm_s_max)

"""Publishing as a partner does: to the events exchange, confirmed and mandatory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractExchange
from aio_pika.exceptions import ChannelNotFoundEntity, DeliveryError

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import EXCHANGE


class ConfirmingPublisher:
    """Publishes events from outside the services, with confirms."""

    def __init__(self, exchange: AbstractExchange, confirm_s_max: float) -> None:
        self._exchange, self._confirm_s_max = exchange, confirm_s_max

    async def publish(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Return once the broker has confirmed the event and routed it to a queue.

        Raises:
            BrokerUnavailableError: without a confirm in time; the event may have been routed.
            TopologyError: when no queue takes it.
        """
        message = Message(
            body,
            message_id=message_id,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        publishing = self._exchange.publish(message, routing_key, mandatory=True)
        try:
            await asyncio.wait_for(publishing, self._confirm_s_max)
        except TimeoutError as fault:
            msg = f"no confirm within {self._confirm_s_max:g} s; is it short of memory or disk?"
            raise BrokerUnavailableError(msg) from fault
        except DeliveryError as fault:
            msg = f"no queue takes {routing_key}: the topology is not complete; run `clas topology`"
            raise TopologyError(msg) from fault


@asynccontextmanager
async def open_publisher(settings: Settings) -> AsyncIterator[ConfirmingPublisher]:
    """Open a publisher to the events exchange.

    Raises:
        BrokerUnavailableError: when the broker is not available.
        TopologyError: when the exchange does not exist.
    """
    async with connected(settings) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        try:
            exchange = await channel.get_exchange(EXCHANGE, ensure=True)
        except ChannelNotFoundEntity as fault:
            msg = f"there is no exchange {EXCHANGE}; run `clas topology`"
            raise TopologyError(msg) from fault
        yield ConfirmingPublisher(exchange, settings.publish_timeout_s)

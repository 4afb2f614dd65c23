"""The bus on RabbitMQ, over two connections managed by FastStream brokers.

Consuming and publishing have separate connections: an alarm that blocks publishers must not block
acknowledgements. Messages go through plain protocol channels: FastStream's path would cost a third
of the rate (docs/decisions/005).
"""

from collections.abc import Sequence
from datetime import timedelta

from faststream.rabbit import RabbitBroker

from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from shared.rabbitmq.batch_publisher import BatchPublisher
from shared.rabbitmq.channels import BROKER_FAULTS, channel_of, connection_faults
from shared.rabbitmq.connections import CONNECT_S_MAX, is_open, url_with_heartbeat
from shared.rabbitmq.consumer import Consumer
from shared.rabbitmq.topology_declaration import declare_or_verify

RECONNECT_EVERY_S = 1.0
__all__ = ["BROKER_FAULTS", "RabbitBus"]


def broker(settings: Settings) -> RabbitBroker:
    """Return a broker, not connected yet; its specification never contains the credentials."""
    return RabbitBroker(
        url_with_heartbeat(settings),
        timeout=CONNECT_S_MAX,
        reconnect_interval=RECONNECT_EVERY_S,
        graceful_timeout=settings.drain_s,
        fail_fast=False,  # Retry until the server is up.
        specification_url="amqp://broker/",
        logger=None,
    )


class RabbitBus:
    """Consumes a service's queue and publishes its messages."""

    def __init__(self, service: str, settings: Settings) -> None:
        self._service, self._settings = service, settings
        self._consuming, self._publishing = broker(settings), broker(settings)
        self._consumer = Consumer(service, self._consuming.connect, settings)
        self._publisher = BatchPublisher(service, self._publishing.connect, settings)

    @property
    def brokers(self) -> tuple[RabbitBroker, RabbitBroker]:
        """The brokers that the application connects and stops."""
        return self._publishing, self._consuming

    async def start(self) -> None:
        """Connect and declare the topology.

        Raises:
            OSError, AMQPError: while the broker is not available.
            TopologyError: when the existing topology differs.
        """
        with connection_faults():
            await self._consuming.connect()
        await self.redeclare_topology()

    async def close(self) -> None:
        """Close both connections; unacknowledged messages return to the queue."""
        await self._consuming.stop()
        await self._publishing.stop()

    async def is_consuming(self) -> bool:
        """Return whether both connections are there and the service's queue has a consumer."""
        with connection_faults():
            consuming = await self._consuming.connect()
            publishing = await self._publishing.connect()
            if not (self._consumer.is_consuming and is_open(consuming) and is_open(publishing)):
                return False
            async with channel_of(consuming) as channel:  # A missing queue closes the channel.
                declared = await channel.queue_declare(queue_of(self._service), passive=True)
        return bool(declared.consumer_count)

    async def redeclare_topology(self) -> None:
        """Declare the topology again: this restores a deleted binding."""
        with connection_faults():
            await declare_or_verify(await self._publishing.connect(), self._settings)

    @property
    def one_at_a_time(self) -> bool:
        """Whether at most one message is in hand."""
        return self._consumer.one_at_a_time

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume, with at most one unsettled message or up to `prefetch`."""
        await self._consumer.consume(one_at_a_time=one_at_a_time)

    async def pause(self) -> None:
        """Stop consuming and give back every message that is not settled."""
        await self._consumer.pause()

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for a message, then for further ones during `linger`."""
        return await self._consumer.receive(most=most, bytes_most=bytes_most, linger=linger)

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries; those of a lost channel come again."""
        await self._consumer.ack(deliveries)

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries as dead letters of the broker."""
        await self._consumer.reject(deliveries)

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish with confirms, within `publish_timeout_s`."""
        return await self._publisher.publish(outgoing)

    async def stop_receiving(self) -> None:
        """Cancel the consumer; prefetched messages return when the connection closes."""
        await self._consumer.stop()

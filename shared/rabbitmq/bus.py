"""The bus on RabbitMQ, over two connections managed by FastStream brokers.

Consuming and publishing have separate connections: an alarm that blocks publishers must not block
acknowledgements. Each message goes through aio-pika: FastStream's path would cost a third of the
rate (docs/decisions/005).
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from aio_pika import DeliveryMode
from aio_pika.abc import (
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustQueue,
)
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelInvalidStateError, DeliveryError
from aiormq.abc import AbstractChannel
from faststream.rabbit import RabbitBroker
from pamqp.commands import Basic

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.ports import BrokerUnavailableError, Published
from shared.kernel.settings import Settings
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import EXCHANGE
from shared.rabbitmq.topology_declaration import declare_or_verify

logger = structlog.get_logger(__name__)
BROKER_FAULTS = (*CONNECTION_EXCEPTIONS, TimeoutError, TopologyError)


def broker(settings: Settings) -> RabbitBroker:
    """Return a broker, not connected yet; its specification never contains the credentials."""
    return RabbitBroker(
        settings.amqp_url,
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
        self._received: deque[AbstractIncomingMessage] = deque()
        self._message_received = asyncio.Event()
        self._stopped = False
        self._consume_channel: AbstractRobustChannel | None = None
        self._queue: AbstractRobustQueue | None = None
        self._consumer_tag: str | None = None
        self._publish_channel: AbstractRobustChannel | None = None
        self._prefetch = 1

    @property
    def brokers(self) -> tuple[RabbitBroker, RabbitBroker]:
        """The brokers that the application connects and stops."""
        return self._publishing, self._consuming

    async def start(self) -> None:
        """Connect, declare the topology, and start consuming.

        Raises:
            OSError, AMQPError: while the broker is not available.
            TopologyError: when the existing topology differs.
        """
        publishing = await self._publishing.connect()
        await declare_or_verify(publishing, self._settings)
        self._publish_channel = await publishing.channel(
            publisher_confirms=True, on_return_raises=True
        )
        await self._open_channel()

    async def _open_channel(self) -> None:
        consuming = await self._consuming.connect()
        self._consume_channel = await consuming.channel()
        assert self._consume_channel is not None
        self._queue = await self._consume_channel.get_queue(queue_of(self._service), ensure=True)  # type: ignore[assignment]

    @property
    def one_at_a_time(self) -> bool:
        """Whether at most one message is in hand."""
        return self._prefetch == 1

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume, with at most one unsettled message or up to `prefetch`."""
        assert self._consume_channel is not None
        assert self._queue is not None
        if self._consumer_tag is not None:
            await self._queue.cancel(self._consumer_tag)
        self._prefetch = 1 if one_at_a_time else self._settings.prefetch
        await self._consume_channel.set_qos(prefetch_count=self._prefetch)
        self._consumer_tag = await self._queue.consume(self._on_message)

    async def pause(self) -> None:
        """Stop consuming and give back every message that is not settled."""
        assert self._consume_channel is not None
        self._received.clear()
        self._prefetch, self._consumer_tag = 1, None
        await self._consume_channel.close()
        await self._open_channel()

    async def close(self) -> None:
        """Close both connections; unacknowledged messages return to the queue."""
        await self._consuming.stop()
        await self._publishing.stop()

    async def is_consuming(self) -> bool:
        """Return whether the broker answers and the service's queue has a consumer."""
        channel, queue = self._consume_channel, self._queue
        if channel is None or queue is None or channel.is_closed or self._consumer_tag is None:
            return False
        if not (await self._consuming.ping(0.5) and await self._publishing.ping(0.5)):
            return False
        channel = await (
            await self._consuming.connect()
        ).channel()  # A missing queue closes the channel.
        try:
            declared = await channel.declare_queue(queue.name, durable=True, passive=True)
        finally:
            await channel.close()
        return bool(declared.declaration_result.consumer_count)

    async def redeclare_topology(self) -> None:
        """Declare the topology again: this restores a deleted binding."""
        await declare_or_verify(await self._publishing.connect(), self._settings)

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for a message, then for further ones during `linger`."""
        while not self._stopped and not self._received:
            self._message_received.clear()
            await self._message_received.wait()
        if self._stopped:
            return []
        if len(self._received) < most and linger:
            await asyncio.sleep(linger.total_seconds())
        return self._next_batch(most, bytes_most)

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Acknowledge a batch with one frame per channel; a closed channel's messages return."""
        last = {channel: d.tag for d in deliveries if (channel := _channel_of(d.tag))}
        for channel, message in last.items():
            try:
                await channel.basic_ack(message.delivery_tag, multiple=True)
            except CONNECTION_EXCEPTIONS as fault:
                logger.info("ack_lost", service=self._service, error=repr(fault)[:200])

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries as dead letters of the broker."""
        for delivery in deliveries:
            if channel := _channel_of(delivery.tag):
                await channel.basic_reject(delivery.tag.delivery_tag, requeue=False)

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish with confirms, concurrently, within `publish_timeout_s`."""
        if not outgoing:
            return []
        tasks = [asyncio.ensure_future(self._publish(message)) for message in outgoing]
        _, late = await asyncio.wait(tasks, timeout=self._settings.publish_timeout_s)
        for task in late:
            task.cancel()  # It may still be routed; it is published again under the same id.
        await asyncio.gather(*late, return_exceptions=True)
        return [_published(task) for task in tasks]

    async def stop_receiving(self) -> None:
        """Cancel the consumer; prefetched messages return when the channel closes."""
        self._stopped = True
        self._message_received.set()
        if self._queue is not None and self._consumer_tag is not None:
            try:
                await asyncio.wait_for(self._queue.cancel(self._consumer_tag), timeout=2)
            except (TimeoutError, *CONNECTION_EXCEPTIONS) as fault:
                logger.info("cancel_lost", service=self._service, error=repr(fault)[:200])

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        self._received.append(message)
        self._message_received.set()

    async def _publish(self, outgoing: OutgoingMessage) -> None:
        """Publish one message and wait for its confirm.

        Uses the protocol channel: `Exchange.publish` would drain the socket for each message.
        """
        if self._publish_channel is None:
            msg = "not connected yet"
            raise BrokerUnavailableError(msg)
        channel = await self._publish_channel.get_underlay_channel()
        await channel.basic_publish(  # type: ignore[call-arg]
            outgoing.body,
            exchange=EXCHANGE if outgoing.queue is None else "",
            routing_key=outgoing.routing_key,
            properties=_properties(outgoing),
            mandatory=True,
            wait=False,
        )

    def _next_batch(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        batch: list[IncomingMessage] = []
        size = 0
        while self._received and len(batch) < most and size < bytes_most:
            message = self._received.popleft()
            if _channel_of(message):  # Otherwise the broker redelivers it.
                batch.append(_delivery(message))
                size += len(message.body)
        return batch


def _published(task: asyncio.Task[None]) -> Published:
    if task.cancelled():
        return Published.UNKNOWN
    fault = task.exception()
    if fault is None:
        return Published.CONFIRMED
    return Published.RETURNED if isinstance(fault, DeliveryError) else Published.UNKNOWN


def _channel_of(message: AbstractIncomingMessage) -> AbstractChannel | None:
    """Return the channel of a message, or None once it is closed."""
    try:
        return message.channel
    except ChannelInvalidStateError:
        return None


def _delivery(message: AbstractIncomingMessage) -> IncomingMessage:
    """Convert a message; one redriven to the queue has its original routing key in a header."""
    headers: dict[str, Any] = dict(message.headers or {})
    key = message.routing_key or ""
    if not message.exchange:
        key = str(headers.get(ROUTING_KEY_HEADER, key))
    return IncomingMessage(
        body=message.body,
        routing_key=key,
        message_id=message.message_id,
        headers=headers,
        redelivered=bool(message.redelivered),
        tag=message,
    )


def _properties(outgoing: OutgoingMessage) -> Basic.Properties:
    return Basic.Properties(
        message_id=outgoing.id,
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers=dict(outgoing.headers),
    )

"""One channel that consumes a queue: what it received, and what of it is not settled."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.commands import Basic

from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.messages import IncomingMessage
from shared.rabbitmq.channels import close_channel, take_deliveries
from shared.rabbitmq.topology import REDRIVE


class DeliveryTag(NamedTuple):
    """What the broker numbers a delivery by; the number means nothing on another channel."""

    channel: "ConsumerChannel"
    number: int


class ConsumerChannel:
    """Consumes a queue on a plain channel; it ends with the channel."""

    def __init__(self, channel: Channel, queue: str, on_arrival: Callable[[], None]) -> None:
        self.protocol = channel
        self.received: deque[IncomingMessage] = deque()
        self._queue, self._on_arrival = queue, on_arrival
        self._unsettled: dict[int, None] = {}
        self._consumer_tag = ""
        take_deliveries(channel, self._on_delivery)

    @property
    def taken(self) -> int:
        """The number of messages that were taken and are not settled."""
        return len(self._unsettled) - len(self.received)

    @property
    def is_consuming(self) -> bool:
        """Whether the channel is open and the broker has its consumer."""
        return not self.protocol.is_closed and self._consumer_tag in self.protocol.consumers

    async def consume(self, prefetch: int) -> None:
        """Consume with another prefetch count; what is unsettled stays so."""
        await self.cancel()
        await self.protocol.basic_qos(prefetch_count=prefetch)
        # A tag that still has unsettled messages must not be used again: RabbitMQ 3.10 ends the
        # connection with an internal error.
        consuming = await self.protocol.basic_consume(self._queue, _no_callback)
        self._consumer_tag = consuming.consumer_tag or ""

    async def cancel(self) -> None:
        """Consume no more; what is unsettled stays so."""
        if self._consumer_tag in self.protocol.consumers:
            await self.protocol.basic_cancel(self._consumer_tag)

    async def close(self) -> None:
        """Give back everything that is not settled."""
        await close_channel(self.protocol)

    def take(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        """Take what was received, oldest first, until a bound is reached."""
        batch: list[IncomingMessage] = []
        size = 0
        while self.received and len(batch) < most and size < bytes_most:
            batch.append(message := self.received.popleft())
            size += len(message.body)
        return batch

    async def ack(self, numbers: Iterable[int]) -> None:
        """Acknowledge deliveries: those older than all that is unsettled with one frame."""
        settled = self._settle(numbers)
        oldest = next(iter(self._unsettled), None)
        together = [number for number in settled if oldest is None or number < oldest]
        if len(together) > 1:
            await self.protocol.basic_ack(together[-1], multiple=True)
            settled = settled[len(together) :]
        for number in settled:
            await self.protocol.basic_ack(number)

    async def reject(self, numbers: Iterable[int]) -> None:
        """Reject deliveries: the broker moves them to the dead letters."""
        for number in self._settle(numbers):
            await self.protocol.basic_reject(number, requeue=False)

    def _settle(self, numbers: Iterable[int]) -> list[int]:
        settled = sorted(number for number in set(numbers) if number in self._unsettled)
        for number in settled:
            del self._unsettled[number]
        return settled

    def _on_delivery(
        self, delivery: Basic.Deliver, properties: Basic.Properties, body: bytes
    ) -> None:
        """Convert a delivery; a redriven one has its original routing key in a header."""
        number = delivery.delivery_tag or 0
        headers: dict[str, Any] = dict(properties.headers or {})
        key, redriven = delivery.routing_key or "", delivery.exchange == REDRIVE
        message = IncomingMessage(
            body=body,
            routing_key=str(headers.get(ROUTING_KEY_HEADER, key)) if redriven else key,
            message_id=properties.message_id,
            headers=headers,
            redelivered=bool(delivery.redelivered),
            tag=DeliveryTag(self, number),
            redriven=redriven,
        )
        self._unsettled[number] = None
        self.received.append(message)
        self._on_arrival()


async def _no_callback(_message: DeliveredMessage) -> None:
    """Deliveries are taken before the library would call this."""

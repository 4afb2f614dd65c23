"""The in-process bus: a topic exchange, queues with competing consumers, dead letters, a log.

It behaves as RabbitMQ does: unacknowledged messages of a closed consumer are redelivered in their
original order with a delivery count; a message that no queue takes is returned.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.contracts.registry import SERVICES, consumed_by
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import Published


@dataclass(slots=True)
class _Queued:
    """A message in a queue: its position and its number of redeliveries."""

    position: int
    delivery: IncomingMessage
    redeliveries: int = 0


@dataclass(slots=True)
class _Queue:
    ready: deque[_Queued] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, *messages: _Queued) -> None:
        self.ready = deque(sorted([*self.ready, *messages], key=_position))
        self.arrived.set()


def _position(message: _Queued) -> int:
    return message.position


class MemoryBroker:
    """The exchange and its queues; `log` holds every published event."""

    def __init__(self) -> None:
        self.queues = {queue_of(service): _Queue() for service in SERVICES}
        self.queues |= {dead_letters_of(service): _Queue() for service in SERVICES}
        self.bindings = {
            queue_of(service): {spec.name for spec in consumed_by(service)} for service in SERVICES
        }
        self.log: list[IncomingMessage] = []
        self.up = True
        self.unacknowledged = 0
        self._last_position = 0

    def publish(self, outgoing: OutgoingMessage) -> bool:
        """Route one message; False when no queue takes it."""
        targets = self._targets(outgoing)
        key = str(outgoing.headers.get("clas-routing-key", outgoing.routing_key))
        delivery = IncomingMessage(
            body=outgoing.body,
            routing_key=outgoing.routing_key if outgoing.queue is None else key,
            message_id=outgoing.id,
            headers=dict(outgoing.headers),
        )
        for target in targets:
            self._last_position += 1
            self.queues[target].put(_Queued(self._last_position, delivery))
        return bool(targets) or outgoing.queue is None

    def depth(self, queue: str) -> int:
        """Return the number of ready messages in a queue."""
        return len(self.queues[queue].ready)

    def idle(self) -> bool:
        """Return whether no service queue holds a message and none is unacknowledged."""
        return self.unacknowledged == 0 and not any(
            self.depth(queue_of(service)) for service in SERVICES
        )

    def dead_letters(self, service: str) -> list[IncomingMessage]:
        """Return the dead letters of a service, oldest first."""
        return [message.delivery for message in self.queues[dead_letters_of(service)].ready]

    def _targets(self, outgoing: OutgoingMessage) -> list[str]:
        if outgoing.queue is not None:
            return [outgoing.queue] if outgoing.queue in self.queues else []
        self.log.append(IncomingMessage(outgoing.body, outgoing.routing_key, outgoing.id))
        words = outgoing.routing_key.split(".")
        bound = len(words) == 3 and words[1] == "v1"  # noqa: PLR2004 - <Event>.v1.<caf>
        return [queue for queue, names in self.bindings.items() if bound and words[0] in names]


class MemoryBus:
    """One consumer of a service's queue, which also publishes."""

    def __init__(self, broker: MemoryBroker, service: str) -> None:
        self._broker, self._service = broker, service
        self._queue = broker.queues[queue_of(service)]
        self._unacknowledged: dict[int, _Queued] = {}
        self._stopped = False
        self.one_at_a_time = True

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume, with at most one unsettled message or any number."""
        self.one_at_a_time = one_at_a_time

    async def pause(self) -> None:
        """Give back every message that is not settled."""
        self.one_at_a_time = True
        self.die()

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for a message, then for further ones during `linger`."""
        while not self._stopped and not self._queue.ready:
            self._queue.arrived.clear()
            await self._queue.arrived.wait()
        if self._stopped:
            return []
        if len(self._queue.ready) < most and linger:
            await asyncio.sleep(linger.total_seconds())
        return self._next_batch(1 if self.one_at_a_time else most, bytes_most)

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Acknowledge deliveries."""
        for delivery in deliveries:
            if self._unacknowledged.pop(delivery.tag, None):
                self._broker.unacknowledged -= 1

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Move deliveries to the dead letters as they are."""
        for delivery in deliveries:
            if message := self._unacknowledged.pop(delivery.tag, None):
                self._broker.unacknowledged -= 1
                self._broker.queues[dead_letters_of(self._service)].put(message)

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish with confirms."""
        await asyncio.sleep(0)
        if not self._broker.up:
            return [Published.UNKNOWN] * len(outgoing)
        routed = (self._broker.publish(message) for message in outgoing)
        return [Published.CONFIRMED if each else Published.RETURNED for each in routed]

    async def stop_receiving(self) -> None:
        """Receive nothing more."""
        self._stopped = True
        self._queue.arrived.set()

    def die(self) -> None:
        """Return all unacknowledged messages to the queue and increment their delivery count."""
        returned = [
            replace(message, redeliveries=message.redeliveries + 1)
            for message in self._unacknowledged.values()
        ]
        self._broker.unacknowledged -= len(returned)
        self._unacknowledged.clear()
        self._queue.put(*returned)

    def _next_batch(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        batch: list[IncomingMessage] = []
        size = 0
        while self._queue.ready and len(batch) < most and size < bytes_most:
            message = self._queue.ready.popleft()
            self._unacknowledged[message.position] = message
            self._broker.unacknowledged += 1
            batch.append(_delivered(message))
            size += len(message.delivery.body)
        return batch


def _delivered(message: _Queued) -> IncomingMessage:
    headers: dict[str, Any] = dict(message.delivery.headers)
    count = message.redeliveries
    if count:
        headers["x-delivery-count"] = count
    return replace(message.delivery, headers=headers, redelivered=count > 0, tag=message.position)

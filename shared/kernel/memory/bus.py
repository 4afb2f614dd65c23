"""The in-process bus: exchanges, queues with competing consumers, dead letters, a log.

It behaves as RabbitMQ does: unacknowledged messages of a lost consumer are redelivered in their
original order with a delivery count; an event under an unknown routing key goes to submission.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from shared.contracts.registry import BY_NAME, SERVICES, consumed_by
from shared.kernel.inbound import ROUTING_KEY_HEADER
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import Published

UNROUTED_TO = queue_of("submission")


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

    def put(self, message: _Queued) -> None:
        """Append a message."""
        self.ready.append(message)
        self.arrived.set()

    def put_back(self, messages: Sequence[_Queued]) -> None:
        """Return messages to their original places."""
        self.ready = deque(sorted([*messages, *self.ready], key=_position))
        self.arrived.set()


def _position(message: _Queued) -> int:
    return message.position


class MemoryBroker:
    """The exchanges and their queues; `log` holds every published event that is known."""

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
        """Route an event, or a dead letter to its queue; False when no queue takes it."""
        delivery = IncomingMessage(
            body=outgoing.body,
            routing_key=outgoing.routing_key,
            message_id=outgoing.id,
            headers=dict(outgoing.headers),
        )
        targets = self._targets(delivery) if outgoing.queue is None else [outgoing.queue]
        for target in targets:
            if target not in self.queues:
                return False
            self.put(target, delivery)
        return True

    def redrive(self, service: str, message: IncomingMessage) -> None:
        """Put a message into a service's queue, with its original routing key in a header."""
        key = str(message.headers.get(ROUTING_KEY_HEADER, message.routing_key))
        self.put(queue_of(service), replace(message, routing_key=key, redriven=True))

    def put(self, queue: str, delivery: IncomingMessage) -> None:
        """Append a message to a queue."""
        self._last_position += 1
        self.queues[queue].put(_Queued(self._last_position, delivery))

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

    def _targets(self, event: IncomingMessage) -> list[str]:
        name, *rest = event.routing_key.split(".")
        if name not in BY_NAME or len(rest) != 2 or rest[0] != "v1":  # noqa: PLR2004 - v1.<caf>
            return [UNROUTED_TO]
        self.log.append(event)
        return [queue for queue, names in self.bindings.items() if name in names]


class MemoryBus:
    """One consumer of a service's queue, which also publishes."""

    def __init__(self, broker: MemoryBroker, service: str) -> None:
        self._broker, self._service = broker, service
        self._queue = broker.queues[queue_of(service)]
        self._unacknowledged: dict[int, _Queued] = {}
        self._tags = count(1)
        self._consuming = self._stopped = False
        self.one_at_a_time = True

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume, with at most one unsettled message or any number."""
        if self._stopped:
            return
        self.one_at_a_time, self._consuming = one_at_a_time, True
        self._queue.arrived.set()

    async def pause(self) -> None:
        """Stop consuming and give back every message that is not settled."""
        self._consuming = False
        self.die()

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for messages, then for further ones during `linger`."""
        while not self._stopped:
            if not (available := self._available(most)):
                self._queue.arrived.clear()
                await self._queue.arrived.wait()
                continue
            if available < most and linger and not self.one_at_a_time:
                await asyncio.sleep(linger.total_seconds())
            if batch := self._next_batch(most, bytes_most):
                return batch
        return []

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Acknowledge deliveries."""
        self._settle(deliveries)

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Move deliveries to the dead letters as they are."""
        for message in self._settle(deliveries):
            original = message.delivery
            death = {"reason": "rejected", "routing-keys": [original.routing_key]}
            dead = replace(original, headers={**original.headers, "x-death": [death]})
            self._broker.put(dead_letters_of(self._service), dead)

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
        """Lose the connection: all unsettled messages return, with a higher delivery count."""
        returned = [
            replace(message, redeliveries=message.redeliveries + 1)
            for message in self._unacknowledged.values()
        ]
        self.one_at_a_time = True
        self._broker.unacknowledged -= len(returned)
        self._unacknowledged.clear()
        self._queue.put_back(returned)

    def _settle(self, deliveries: Sequence[IncomingMessage]) -> list[_Queued]:
        """Return those that are unsettled: what was lost meanwhile comes again."""
        tags = [delivery.tag for delivery in deliveries if delivery.tag in self._unacknowledged]
        settled = [self._unacknowledged.pop(tag) for tag in tags]
        self._broker.unacknowledged -= len(settled)
        self._queue.arrived.set()
        return settled

    def _available(self, most: int) -> int:
        """Return how many messages may be delivered now."""
        if self._stopped or not self._consuming:
            return 0
        room = 1 - len(self._unacknowledged) if self.one_at_a_time else most
        return max(0, min(most, room, len(self._queue.ready)))

    def _next_batch(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        batch: list[IncomingMessage] = []
        size = 0
        while size < bytes_most and self._available(most - len(batch)):
            message, tag = self._queue.ready.popleft(), next(self._tags)
            self._unacknowledged[tag] = message
            self._broker.unacknowledged += 1
            batch.append(_delivered(message, tag))
            size += len(message.delivery.body)
        return batch


def _delivered(message: _Queued, tag: int) -> IncomingMessage:
    headers: dict[str, Any] = dict(message.delivery.headers)
    if message.redeliveries:
        headers["x-delivery-count"] = message.redeliveries
    return replace(message.delivery, headers=headers, redelivered=message.redeliveries > 0, tag=tag)

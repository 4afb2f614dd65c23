"""RabbitMQ as far as it matters here: routing, prefetch windows, delivery counts, dead letters.

A message that was not settled when its channel ended comes again in its old place, with a
delivery count that is higher by one, whether a service had looked at it or not.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.registry import BY_NAME, SERVICES, consumed_by
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import dead_letters_of, queue_of

DELIVERY_LIMIT = 50


@dataclass(slots=True, order=True)
class Message:
    """A message in a queue."""

    position: int
    outgoing: OutgoingMessage = field(compare=False)
    redriven: bool = field(default=False, compare=False)
    deliveries: int = field(default=0, compare=False)

    def delivered(self, tag: int) -> IncomingMessage:
        """Return it as a consumer gets it."""
        headers: dict[str, Any] = dict(self.outgoing.headers)
        if self.deliveries:
            headers["x-delivery-count"] = self.deliveries
        return IncomingMessage(
            body=self.outgoing.body,
            routing_key=self.outgoing.routing_key,
            message_id=self.outgoing.id,
            headers=headers,
            redelivered=self.deliveries > 0,
            tag=tag,
            redriven=self.redriven,
        )


class Channel:
    """A consumer: `buffer` holds what was pushed to it and not received by its service."""

    def __init__(self, window: int, arrived: Callable[[], None]) -> None:
        self.window, self.arrived = window, arrived
        self.unsettled: dict[int, Message] = {}
        self.buffer: deque[IncomingMessage] = deque()


class Queue:
    """A queue: its ready messages in order, and its consumers in turn."""

    def __init__(self, dead_letters: "Queue | None" = None) -> None:
        self.ready: list[Message] = []
        self.channels: deque[Channel] = deque()
        self._dead_letters, self._tag = dead_letters, 0

    @property
    def empty(self) -> bool:
        """Whether no message is ready or with a consumer."""
        return not self.ready and not any(channel.unsettled for channel in self.channels)

    def put(self, message: Message) -> None:
        """Add a message in its place."""
        insort(self.ready, message)
        self.push()

    def attach(self, channel: Channel) -> None:
        """Let a channel consume."""
        self.channels.append(channel)
        self.push()

    def detach(self, channel: Channel) -> None:
        """End a channel: what it did not settle is ready again, and counted."""
        if channel not in self.channels:
            return
        self.channels.remove(channel)
        for message in channel.unsettled.values():
            message.deliveries += 1
            dead = self._dead_letters and message.deliveries > DELIVERY_LIMIT
            insort(self._dead_letters.ready if dead and self._dead_letters else self.ready, message)
        channel.unsettled.clear()
        channel.buffer.clear()
        self.push()

    def reject(self, message: Message) -> None:
        """Move a message to the dead letters as it is."""
        assert self._dead_letters
        self._dead_letters.put(message)

    def push(self) -> None:
        """Push ready messages to the consumers, in turn, as far as their windows go."""
        while self.ready and (channel := self._free_channel()):
            message = self.ready.pop(0)
            self._tag += 1
            channel.unsettled[self._tag] = message
            channel.buffer.append(message.delivered(self._tag))
            channel.arrived()

    def _free_channel(self) -> Channel | None:
        for _ in range(len(self.channels)):
            self.channels.rotate(-1)
            if len(self.channels[0].unsettled) < self.channels[0].window:
                return self.channels[0]
        return None


class Broker:
    """The exchange of events, the services' queues and their dead letters.

    `blocked` counts the reasons for which it reads nothing from publishers; `unbound` are routes
    that are missing: consumer and event.
    """

    def __init__(self, published: Callable[[OutgoingMessage], None]) -> None:
        self.dead_letters = {dead_letters_of(service): Queue() for service in SERVICES}
        self.queues = {
            queue_of(service): Queue(self.dead_letters[dead_letters_of(service)])
            for service in SERVICES
        }
        self.log: list[OutgoingMessage] = []
        self.unbound: set[tuple[str, str]] = set()
        self.blocked = 0
        self._published, self._position = published, 0

    def publish(self, outgoing: OutgoingMessage) -> bool:
        """Route a message; False when it is returned since nothing takes it."""
        if outgoing.queue is not None:
            self.dead_letters[outgoing.queue].put(self._message(outgoing))
            return True
        self.log.append(outgoing)
        for queue in self._targets(outgoing):
            self.queues[queue].put(self._message(outgoing))
        self._published(outgoing)
        return True

    def redrive(self, service: str, outgoing: OutgoingMessage) -> None:
        """Put a message into the queue of one service."""
        self.queues[queue_of(service)].put(self._message(outgoing, redriven=True))

    def _message(self, outgoing: OutgoingMessage, *, redriven: bool = False) -> Message:
        self._position += 1
        return Message(self._position, outgoing, redriven)

    def _is_event(self, outgoing: OutgoingMessage) -> bool:
        name, _, rest = outgoing.routing_key.partition(".")
        return name in BY_NAME and rest.startswith("v1.")

    def _targets(self, outgoing: OutgoingMessage) -> Iterator[str]:
        """Yield the queues that are bound; a key that nobody knows goes to submission."""
        if not self._is_event(outgoing):
            yield queue_of("submission")
            return
        for service in BOUND[outgoing.routing_key.partition(".")[0]]:
            if (service, outgoing.routing_key.partition(".")[0]) not in self.unbound:
                yield queue_of(service)


BOUND = {
    name: [service for service in SERVICES if spec in consumed_by(service)]
    for name, spec in BY_NAME.items()
}

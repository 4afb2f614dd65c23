"""Dead letters: looked at without being lost, sent to their service again before they leave.

They are consumed, not fetched one by one: what was fetched comes back in another order.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.contracts.envelope import CONTENT_TYPE, InvalidMessage, decode
from shared.kernel.inbound import REPLAY_HEADER
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.ports import IncomingMessage
from shared.rabbitmq.broker_admin import Connection, queue_stats
from shared.rabbitmq.bus import ROUTING_KEY_HEADER
from shared.rabbitmq.topology import TopologyError

LOOK_MAX = 2_000
"""Unsettled messages that a quorum queue gives to one consumer."""
ARRIVAL_S_MAX = 5.0


class DeadLetter:
    """One dead letter in hand; it goes back to its queue unless it is sent again."""

    def __init__(self, message: AbstractIncomingMessage) -> None:
        self._message = message
        self.body = message.body
        self.headers: dict[str, Any] = dict(message.headers or {})

    @property
    def id(self) -> str:
        """The message id it came with, else the event's own, else the hash of its body."""
        return self._message.message_id or _event_id(self.body) or _hash(self.body)

    @property
    def replay(self) -> int:
        """How often it was sent again before."""
        count = self.headers.get(REPLAY_HEADER)
        return count if isinstance(count, int) and not isinstance(count, bool) else 0

    @property
    def reason(self) -> str:
        """Why it lies here: the service's word, else the broker's (`delivery_limit`)."""
        return str(self.headers.get("clas-reason") or self._death.get("reason") or "unknown")

    def redrive_message(self) -> IncomingMessage:
        """Return what its service will receive when it is sent again."""
        keys = self._death.get("routing-keys") or [self._message.routing_key]
        key = str(self.headers.get(ROUTING_KEY_HEADER) or keys[0])
        return IncomingMessage(
            body=self.body,
            routing_key=key,
            message_id=self.id,
            headers={ROUTING_KEY_HEADER: key, REPLAY_HEADER: self.replay + 1},
        )

    async def discard(self) -> None:
        """Let the dead letter go, for good."""
        await self._message.ack()

    @property
    def _death(self) -> dict[str, Any]:
        """What the broker noted when it moved the message here by itself."""
        deaths = self.headers.get("x-death")
        first = deaths[0] if isinstance(deaths, list) and deaths else {}
        return first if isinstance(first, dict) else {}


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """The dead letters of a service that lay there at the start, oldest first."""

    service: str
    count: int
    channel: AbstractChannel
    arrived: "asyncio.Queue[AbstractIncomingMessage]"

    async def letters(self, most: int | None = None) -> AsyncIterator[DeadLetter]:
        """Give each of them, or the first `most`; fewer if somebody else has them in hand."""
        for _ in range(self.count if most is None else min(most, self.count)):
            try:
                message = await asyncio.wait_for(self.arrived.get(), ARRIVAL_S_MAX)
            except TimeoutError:
                return
            yield DeadLetter(message)

    async def redrive(self, letter: DeadLetter) -> None:
        """Publish a letter to its service's queue; only once it is there, let this one go."""
        again = letter.redrive_message()
        message = Message(
            again.body,
            message_id=again.message_id,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers=dict(again.headers),
        )
        queue = queue_of(self.service)
        await self.channel.default_exchange.publish(message, queue, mandatory=True)
        await letter.discard()


@asynccontextmanager
async def open_dead_letters(connection: Connection, service: str) -> AsyncIterator[DeadLetterQueue]:
    """Hold the dead letters of a service; all that were not sent again go back at the end.

    Of more than `LOOK_MAX` the rest comes only as the first ones leave.

    Raises:
        TopologyError: when the queue does not exist.
    """
    name = dead_letters_of(service)
    there = await queue_stats(connection, name)
    if there is None:
        msg = f"there is no queue {name}; run `clas topology`"
        raise TopologyError(msg)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    try:
        await channel.set_qos(prefetch_count=LOOK_MAX)
        letters = DeadLetterQueue(service, there.messages, channel, asyncio.Queue())
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(letters.arrived.put)
        yield letters
    finally:
        await channel.close()


def _event_id(body: bytes) -> str | None:
    try:
        return decode(body).id
    except InvalidMessage as fault:
        return fault.event_id


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()

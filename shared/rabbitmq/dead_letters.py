"""Dead letters: looked at without being lost, sent to their service again before they leave.

They are consumed, not fetched one by one: what was fetched comes back in another order.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage

from shared.contracts.envelope import CONTENT_TYPE
from shared.kernel.answers import dead_letters_of, queue_of
from shared.kernel.intake import REPLAY_HEADER
from shared.rabbitmq.bus import ROUTING_KEY_HEADER
from shared.rabbitmq.inspect import depth
from shared.rabbitmq.topology import TopologyError

LOOK_MAX = 2_000
"""Unsettled messages that a quorum queue gives to one consumer."""
ARRIVAL_S_MAX = 5.0


class Letter:
    """One dead letter in hand; it goes back to its queue unless it is replayed."""

    def __init__(self, message: AbstractIncomingMessage, service: str) -> None:
        self._message, self._service = message, service
        self.body = message.body
        self.headers: dict[str, Any] = dict(message.headers or {})

    @property
    def sha256(self) -> str:
        """The hash of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def id(self) -> str:
        """The message id it came with, else the hash of its body."""
        return self._message.message_id or self.sha256

    @property
    def replay(self) -> int:
        """How often it was replayed before."""
        count = self.headers.get(REPLAY_HEADER)
        return count if isinstance(count, int) and not isinstance(count, bool) else 0

    @property
    def reason(self) -> str:
        """Why it lies here: the service's word, else the broker's (`delivery_limit`)."""
        told = self.headers.get("clas-reason") or self._death.get("reason") or "unknown"
        return str(told)

    @property
    def routing_key(self) -> str:
        """The key that it was first published under."""
        keys = self._death.get("routing-keys") or [self._message.routing_key]
        return str(self.headers.get(ROUTING_KEY_HEADER) or keys[0])

    async def send_again(self, exchange: AbstractExchange) -> None:
        """Publish it to its service's queue, and only then let it leave the dead letters."""
        await exchange.publish(self._again(), queue_of(self._service), mandatory=True)
        await self._message.ack()

    def _again(self) -> Message:
        known = self._message.message_id
        return Message(
            self.body,
            # A letter without an id of its own was given its hash for one.
            message_id=None if known == self.sha256 else known,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={ROUTING_KEY_HEADER: self.routing_key, REPLAY_HEADER: self.replay + 1},
        )

    @property
    def _death(self) -> dict[str, Any]:
        deaths = self.headers.get("x-death")
        first = deaths[0] if isinstance(deaths, list) and deaths else {}
        return first if isinstance(first, dict) else {}


class Letters:
    """The dead letters of one service, oldest first, and the way back to its queue."""

    def __init__(self, service: str, count: int) -> None:
        self._service, self._arrived = service, asyncio.Queue[AbstractIncomingMessage]()
        self.count = count

    async def receive(self, message: AbstractIncomingMessage) -> None:
        """Take what the broker hands over."""
        await self._arrived.put(message)

    async def __aiter__(self) -> AsyncIterator[Letter]:
        """Give those that lay there at the start; fewer if somebody else has them in hand."""
        for _ in range(self.count):
            try:
                message = await asyncio.wait_for(self._arrived.get(), ARRIVAL_S_MAX)
            except TimeoutError:
                return
            yield Letter(message, self._service)


@asynccontextmanager
async def dead_letters(
    connection: AbstractConnection, service: str
) -> AsyncIterator[tuple[Letters, AbstractExchange]]:
    """Hold the dead letters of a service; all that were not replayed go back at the end.

    Of more than `LOOK_MAX` the rest comes only as the first ones leave.

    Raises:
        TopologyError: when the queue does not exist.
    """
    name = dead_letters_of(service)
    there = await depth(connection, name)
    if there is None:
        msg = f"there is no queue {name}; run `clas topology`"
        raise TopologyError(msg)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    try:
        await channel.set_qos(prefetch_count=LOOK_MAX)
        letters = Letters(service, there.messages)
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(letters.receive)
        yield letters, channel.default_exchange
    finally:
        await channel.close()

"""The dead letters of a service: browsing without loss, redrive, discard.

They are consumed, not fetched with `basic.get`: fetched messages return in another order.
"""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.contracts.envelope import InvalidMessageError, decode
from shared.kernel.inbound import REPLAY_HEADER, ROUTING_KEY_HEADER
from shared.kernel.messages import IncomingMessage, amqp_id
from shared.kernel.outbox import dead_letters_of
from shared.rabbitmq.broker_admin import Connection, queue_stats
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.redrive import publish_redrive

LOOK_MAX = 2_000
"""The most unacknowledged messages that a quorum queue delivers to one consumer."""
DELIVERY_S_MAX = 5.0
CAF = re.compile(r"[0-9]{3}")


class DeadLetter:
    """A dead letter, unacknowledged; it returns to its queue unless redriven or discarded."""

    def __init__(self, message: AbstractIncomingMessage) -> None:
        self._message = message
        self.body = message.body
        self.headers: dict[str, Any] = dict(message.headers or {})

    @property
    def id(self) -> str:
        """The AMQP message id, else the event's id, else the hash: the first that AMQP carries."""
        return (
            amqp_id(self._message.message_id) or amqp_id(_event_id(self.body)) or _hash(self.body)
        )

    @property
    def caf(self) -> str | None:
        """The Caf of its body, else the last part of its routing key; None where that is none."""
        try:
            caf = orjson.loads(self.body)["data"]["caf"]
        except (ValueError, KeyError, TypeError):
            caf = self.redrive_message().routing_key.rpartition(".")[2]
        return caf if isinstance(caf, str) and CAF.fullmatch(caf) else None

    @property
    def waits_since(self) -> datetime | None:
        """When the broker dead-lettered it, else the time of its event; None without either."""
        try:
            since = self._death.get("time") or datetime.fromisoformat(
                orjson.loads(self.body)["time"]
            )
        except (ValueError, KeyError, TypeError):
            return None
        return since if isinstance(since, datetime) and since.tzinfo else None

    @property
    def replay(self) -> int:
        """The number of earlier redrives."""
        count = self.headers.get(REPLAY_HEADER)
        return count if isinstance(count, int) and not isinstance(count, bool) else 0

    @property
    def reason(self) -> str:
        """Why it was dead-lettered: the service's reason, else the broker's (`delivery_limit`)."""
        return str(self.headers.get("clas-reason") or self._death.get("reason") or "unknown")

    def redrive_message(self) -> IncomingMessage:
        """Return the message that its service receives on a redrive."""
        keys = self._death.get("routing-keys") or [self._message.routing_key]
        key = str(self.headers.get(ROUTING_KEY_HEADER) or keys[0])
        return IncomingMessage(
            body=self.body,
            routing_key=key,
            message_id=self.id,
            headers={ROUTING_KEY_HEADER: key, REPLAY_HEADER: self.replay + 1},
        )

    async def discard(self) -> None:
        """Remove the dead letter from its queue, permanently."""
        await self._message.ack()

    @property
    def _death(self) -> dict[str, Any]:
        """The first `x-death` entry of a message that the broker dead-lettered."""
        deaths = self.headers.get("x-death")
        first = deaths[0] if isinstance(deaths, list) and deaths else {}
        return first if isinstance(first, dict) else {}


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """The dead letters of a service present when it was opened, oldest first."""

    service: str
    count: int
    channel: AbstractChannel
    received: "asyncio.Queue[AbstractIncomingMessage]"

    async def letters(self, most: int | None = None) -> AsyncIterator[DeadLetter]:
        """Yield all, or the first `most`; fewer when another consumer holds them."""
        for _ in range(self.count if most is None else min(most, self.count)):
            try:
                message = await asyncio.wait_for(self.received.get(), DELIVERY_S_MAX)
            except TimeoutError:
                return
            yield DeadLetter(message)

    async def redrive(self, letter: DeadLetter) -> None:
        """Publish a dead letter to its service's queue; discard it once that is confirmed."""
        await publish_redrive(self.channel, self.service, letter.redrive_message())
        await letter.discard()


@asynccontextmanager
async def open_dead_letters(
    connection: Connection, service: str, most: int = LOOK_MAX
) -> AsyncIterator[DeadLetterQueue]:
    """Open the dead letters of a service; those not redriven or discarded return at the end.

    Beyond `most`, further ones are delivered only as earlier ones leave.

    Raises:
        TopologyError: when the queue does not exist.
    """
    name = dead_letters_of(service)
    stats = await queue_stats(connection, name)
    if stats is None:
        msg = f"there is no queue {name}; run `clas topology`"
        raise TopologyError(msg)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    try:
        await channel.set_qos(prefetch_count=most)
        dead_letters = DeadLetterQueue(service, stats.messages, channel, asyncio.Queue())
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(dead_letters.received.put)
        yield dead_letters
    finally:
        await channel.close()


async def count_of_caf(connection: Connection, service: str, caf: str) -> int:
    """Count the dead letters of a Caf, those without a readable Caf, and those beyond `LOOK_MAX`.

    Raises:
        TopologyError: when the queue does not exist.
    """
    async with open_dead_letters(connection, service) as letters:
        cafs = Counter([letter.caf async for letter in letters.letters(LOOK_MAX)])
    unseen = letters.count - cafs.total()
    return cafs[caf] + cafs[None] + unseen


def _event_id(body: bytes) -> str | None:
    try:
        return decode(body).id
    except InvalidMessageError as fault:
        return fault.event_id


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()

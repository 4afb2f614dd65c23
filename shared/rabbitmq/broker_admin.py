"""Looking at the broker from outside: what stands there, and how full it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractConnection as Connection
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity

from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.rabbitmq.topology import EXCHANGE, queues, topology_fingerprint

ANSWER_S_MAX = 5.0
__all__ = ["Connection", "QueueStats", "connected", "missing_topology", "queue_stats", "version"]


@dataclass(frozen=True, slots=True)
class QueueStats:
    """Messages that wait in a queue (not those that a consumer has in hand), and its consumers."""

    messages: int
    consumers: int


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Connection]:
    """Open a connection that does not come back by itself: a command fails, and says so.

    Raises:
        BusAway: when the broker cannot be reached, or is lost within the block.
    """
    try:
        connection = await _opened(settings.amqp_url)
    except (AMQPError, OSError, ValueError) as fault:
        raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault
    try:
        async with connection:
            yield connection
    except (AMQPError, OSError) as fault:
        raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault


async def queue_stats(connection: Connection, queue: str) -> QueueStats | None:
    """Return how full a queue is, None when it does not exist."""
    channel = await connection.channel()
    try:
        declared = await channel.declare_queue(queue, durable=True, passive=True)
    except ChannelNotFoundEntity:
        return None
    finally:
        await channel.close()
    result = declared.declaration_result
    return QueueStats(messages=result.message_count or 0, consumers=result.consumer_count or 0)


async def missing_topology(connection: Connection, settings: Settings) -> list[str]:
    """Return the queues and exchanges of the contract that do not exist.

    The seal is declared last, with these very bindings in its name: it stands for them.
    """
    names = [queue.name for queue in queues(settings)]
    absent = [name for name in names if await queue_stats(connection, name) is None]
    exchanges = (EXCHANGE, topology_fingerprint(settings))
    return absent + [name for name in exchanges if not await _exchange(connection, name)]


def version(connection: Connection) -> str:
    """Return the broker's name and version, as it introduced itself."""
    transport = connection.transport
    told = transport.connection.server_properties if transport else {}
    return " ".join(str(told.get(name, "?")) for name in ("product", "version"))


async def _opened(url: str) -> Connection:
    """Open a connection; one that fails is closed here, as the client's own helper does not."""
    connection = aio_pika.Connection(make_url(url))
    try:
        await connection.connect(timeout=ANSWER_S_MAX)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _exchange(connection: Connection, name: str) -> bool:
    channel = await connection.channel()
    try:
        await channel.declare_exchange(name, passive=True)
    except ChannelNotFoundEntity:
        return False
    finally:
        await channel.close()
    return True

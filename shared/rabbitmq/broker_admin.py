"""Queries to the broker: existing queues and exchanges, queue lengths, version."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractConnection as Connection
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity

from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.rabbitmq.channels import connection_faults
from shared.rabbitmq.connections import CONNECT_S_MAX, url_with_heartbeat
from shared.rabbitmq.topology import exchanges, queues, topology_fingerprint
from shared.rabbitmq.topology_declaration import alternate_exchange_missing

__all__ = [
    "Connection",
    "QueueStats",
    "alternate_exchange_missing",
    "connected",
    "missing_topology",
    "queue_stats",
    "version",
]


@dataclass(frozen=True, slots=True)
class QueueStats:
    """The ready messages of a queue (without unacknowledged ones) and its consumers."""

    messages: int
    consumers: int


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Connection]:
    """Open a connection without automatic reconnection: a command fails with an error message.

    Raises:
        BrokerUnavailableError: when the broker cannot be reached, or is lost within the block.
    """
    try:
        connection = await _opened(url_with_heartbeat(settings))
    except (AMQPError, OSError, ValueError) as fault:
        raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault
    try:
        with connection_faults():
            async with connection:
                yield connection
    except (AMQPError, OSError) as fault:
        raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}"[:300]) from fault


async def queue_stats(connection: Connection, queue: str) -> QueueStats | None:
    """Return the numbers of a queue, None when it does not exist."""
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
    """Return the names of the queues and exchanges that do not exist.

    The fingerprint exchange is declared last; its name contains a hash of the bindings, so its
    existence proves that they were declared.
    """
    names = [queue.name for queue in queues(settings)]
    absent = [name for name in names if await queue_stats(connection, name) is None]
    expected = (*(exchange.name for exchange in exchanges()), topology_fingerprint(settings))
    return absent + [name for name in expected if not await _exchange(connection, name)]


def version(connection: Connection) -> str:
    """Return the product and version from the broker's server properties."""
    transport = connection.transport
    properties = transport.connection.server_properties if transport else {}
    return " ".join(str(properties.get(name, "?")) for name in ("product", "version"))


async def _opened(url: str) -> Connection:
    """Open a connection; close it on failure, which `aio_pika.connect` does not."""
    connection = aio_pika.Connection(make_url(url))
    try:
        await connection.connect(timeout=CONNECT_S_MAX)
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

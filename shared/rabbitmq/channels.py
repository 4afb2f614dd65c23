"""Protocol channels of a connection: plain ones, which the client library never restores."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import AbstractChannel
from aiormq.channel import Channel

from shared.kernel.ports import BrokerUnavailableError

OPEN_S_MAX = 5.0


async def open_channel(connection: AbstractConnection, *, confirms: bool = False) -> Channel:
    """Open a plain channel.

    Raises:
        BrokerUnavailableError: while the connection is lost.
        AMQPError, OSError, TimeoutError: when it is lost meanwhile.
    """
    if connection.transport is None or connection.transport.connection.is_closed:
        msg = "the connection to the broker is lost"
        raise BrokerUnavailableError(msg)
    protocol = connection.transport.connection
    channel = await protocol.channel(publisher_confirms=confirms, timeout=OPEN_S_MAX)
    assert isinstance(channel, Channel)
    return channel


@asynccontextmanager
async def channel_of(connection: AbstractConnection) -> AsyncIterator[AbstractChannel]:
    """Open a plain channel for the time of a block; one that the broker closed stays closed."""
    channel = await open_channel(connection)
    try:
        yield channel
    finally:
        with suppress(*CONNECTION_EXCEPTIONS):
            await channel.close()

"""Plain protocol channels of a connection, which the client library never restores."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import AbstractChannel, ChannelFrame
from aiormq.channel import Channel
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.commands import Channel as ChannelCommand
from pamqp.header import ContentHeader

from shared.kernel.ports import BrokerUnavailableError
from shared.rabbitmq.errors import TopologyError

OPEN_S_MAX = 5.0
CLOSE_S_MAX = 2.0
LOST = "the connection to the broker is lost"
BROKER_FAULTS = (*CONNECTION_EXCEPTIONS, TimeoutError, TopologyError, BrokerUnavailableError)


@contextmanager
def connection_faults() -> Iterator[None]:
    """Give every end of a connection one shape, whatever the client library raises for it.

    Where a connection ends by silence the library cancels whoever waits on it, although nobody
    cancelled the task itself; where it ends between two frames it raises a bare `Exception`.

    Raises:
        BrokerUnavailableError: in place of both.
    """
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise BrokerUnavailableError(LOST) from None
    except Exception as fault:
        if type(fault) is not Exception:
            raise
        raise BrokerUnavailableError(LOST) from fault


async def open_channel(connection: AbstractConnection, *, confirms: bool = False) -> Channel:
    """Open a plain channel.

    Raises:
        BrokerUnavailableError: while the connection is lost.
        AMQPError, OSError, TimeoutError: when it is lost meanwhile.
    """
    if connection.transport is None or connection.transport.connection.is_closed:
        raise BrokerUnavailableError(LOST)
    protocol = connection.transport.connection
    with connection_faults():
        channel = await protocol.channel(publisher_confirms=confirms, timeout=OPEN_S_MAX)
    assert isinstance(channel, Channel)
    return channel


async def close_channel(channel: Channel) -> None:
    """Ask the broker to close a channel; wait for its answer at most `CLOSE_S_MAX`.

    The library's own `close` asks twice when the answer is late, and that costs the connection.
    """
    if channel.is_closed:
        return
    frame = ChannelCommand.Close(reply_code=200, reply_text="", class_id=0, method_id=0)
    await channel.write_queue.put(ChannelFrame.marshall(channel.number, [frame]))
    await asyncio.wait([channel.closing], timeout=CLOSE_S_MAX)


def take_confirms(
    channel: Channel,
    on_confirm: Callable[[Basic.Ack | Basic.Nack], None],
    on_return: Callable[[Basic.Return, str | None], None],
) -> None:
    """Handle confirms and returned messages (frame, message id) in place of the library.

    The library has a future and a task for each message, and mixes up two of the same id.
    """

    async def confirm(frame: Basic.Ack | Basic.Nack) -> None:
        on_confirm(frame)

    async def returned(frame: Basic.Return) -> None:
        properties, _ = await _content(channel)
        on_return(frame, properties.message_id)

    channel._on_confirm_frame = confirm  # type: ignore[assignment,method-assign] # noqa: SLF001
    channel._on_return_frame = returned  # type: ignore[method-assign] # noqa: SLF001


def take_deliveries(
    channel: Channel, on_delivery: Callable[[Basic.Deliver, Basic.Properties, bytes], None]
) -> None:
    """Handle the deliveries of a channel in place of the library, which has a task for each."""

    async def delivered(frame: Basic.Deliver) -> None:
        on_delivery(frame, *await _content(channel))

    channel._on_deliver_frame = delivered  # type: ignore[method-assign] # noqa: SLF001


async def _content(channel: Channel) -> tuple[Basic.Properties, bytes]:
    """Read the properties and the body that follow on a channel."""
    header = await channel._get_frame()  # noqa: SLF001
    assert isinstance(header, ContentHeader)
    parts: list[bytes] = []
    size = 0
    while size < header.body_size:
        part = await channel._get_frame()  # noqa: SLF001
        assert isinstance(part, ContentBody)
        parts.append(part.value)
        size += len(part.value)
    return header.properties, b"".join(parts)


@asynccontextmanager
async def channel_of(connection: AbstractConnection) -> AsyncIterator[AbstractChannel]:
    """Open a plain channel for the time of a block."""
    channel = await open_channel(connection)
    try:
        yield channel
    finally:
        with suppress(*CONNECTION_EXCEPTIONS):
            await close_channel(channel)


def cause_of(closing: "asyncio.Future[object]") -> BaseException | None:
    """Return why a channel was closed, None when it was closed on request."""
    return None if closing.cancelled() else closing.exception()

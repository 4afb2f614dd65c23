"""Publishes batches on a channel of its own, which is replaced when it closes or is too slow."""

import asyncio
import re
from collections.abc import Sequence

import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from shared.observability import metrics
from shared.rabbitmq.channels import (
    BROKER_FAULTS,
    cause_of,
    close_channel,
    connection_faults,
    open_channel,
)
from shared.rabbitmq.confirm_channel import Batch, ConfirmChannel
from shared.rabbitmq.consumer import Connect

logger = structlog.get_logger(__name__)
BROKER_BOUND = re.compile(r"configured max size (\d+)")


class BatchPublisher:
    """Publishes events and dead letters with confirms."""

    def __init__(self, service: str, connect: Connect, settings: Settings) -> None:
        self._service, self._connect, self._settings = service, connect, settings
        self._channel: ConfirmChannel | None = None
        self._replaced: set[ConfirmChannel] = set()
        self._opening = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()
        self._lost = False
        self._transport: object = None
        self._body_bytes_max: int | None = None

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish within `publish_timeout_s`; what has no confirm by then is unknown."""
        batch = Batch(outgoing)
        try:
            async with asyncio.timeout(self._settings.publish_timeout_s):
                with connection_faults():
                    while await self._is_to_be_repeated(batch):
                        pass
        except BROKER_FAULTS as fault:
            logger.info("unconfirmed", service=self._service, error=repr(fault)[:200])
            self._replace_channel(batch)
        self._close_idle_channels()
        return batch.results

    async def _is_to_be_repeated(self, batch: Batch) -> bool:
        """Publish once; True when the broker refused a size: the others are sent again."""
        self._refuse_oversized(batch)
        if not batch.unconfirmed:
            return False
        batch.channel = channel = await self._open()
        await channel.publish(batch)
        return channel.protocol.is_closed and self._learn_bound(channel)

    async def _open(self) -> ConfirmChannel:
        """Return a channel on which the broker reads.

        Short of memory or disk it does not: then this waits, until `publish_timeout_s`. A new
        channel opens only once the broker has read everything that was written before it.
        """
        async with self._opening:
            connection = await self._connect()
            if connection.transport is not None:
                await connection.transport.ready()
            if self._channel is None or self._channel.protocol.is_closed:
                protocol = await open_channel(connection, confirms=True)
                self._channel = self._watched(ConfirmChannel(protocol), connection)
            return self._channel

    def _watched(self, channel: ConfirmChannel, connection: AbstractConnection) -> ConfirmChannel:
        """Log the end of a channel that was not asked for; forget the bound of another broker."""

        def on_closed(closing: "asyncio.Future[object]") -> None:
            if channel is self._channel and not connection.close_called:
                cause = repr(cause_of(closing))
                logger.warning("broker_lost", service=self._service, to="publish", cause=cause)
                self._lost = True

        channel.protocol.closing.add_done_callback(on_closed)
        if self._lost:
            logger.info("broker_restored", service=self._service, to="publish")
            metrics.reconnected(self._service, "publish")
        if self._transport is not connection.transport:
            self._transport, self._body_bytes_max = connection.transport, None
        self._lost = False
        return channel

    def _learn_bound(self, channel: ConfirmChannel) -> bool:
        """Note the broker's bound on bodies if that is why it closed the channel."""
        if not isinstance(channel.cause, ChannelPreconditionFailed):
            return False
        bound = BROKER_BOUND.search(str(channel.cause))
        self._body_bytes_max = int(bound[1]) if bound else channel.body_bytes_largest - 1
        return True

    def _refuse_oversized(self, batch: Batch) -> None:
        """Count as returned what the broker would close the channel for."""
        for index in list(batch.unconfirmed):
            size = len(batch.messages[index].body)
            if self._body_bytes_max is not None and size > self._body_bytes_max:
                logger.error(
                    "over_the_bound_of_the_broker",
                    service=self._service,
                    id=batch.messages[index].id,
                    bytes=size,
                    bound=self._body_bytes_max,
                )
                batch.settle(index, Published.RETURNED)

    def _replace_channel(self, batch: Batch) -> None:
        """Leave the channel of a late batch to the others on it; the next batch opens a new one."""
        if channel := batch.channel:
            channel.forget(batch)
            self._replaced.add(channel)
            if channel is self._channel:
                self._channel = None

    def _close_idle_channels(self) -> None:
        for channel in [channel for channel in self._replaced if channel.is_idle]:
            self._replaced.discard(channel)
            task = asyncio.create_task(close_channel(channel.protocol))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

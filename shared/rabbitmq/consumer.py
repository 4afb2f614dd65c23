"""Consumes a service's queue, and begins again after whatever ended it.

A lost connection, a closed channel and a consumer that the broker cancelled are one case: the
channel is given up with all that was received on it, which the broker delivers again, and a new
one is opened that takes one message at a time. It is opened once messages are waited for: whoever
is busy with a message that was lost would hold it again, and each further loss would count.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import structlog
from aio_pika.abc import AbstractConnection
from aiormq.channel import Channel

from shared.kernel.messages import IncomingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.observability import metrics
from shared.rabbitmq.channels import BROKER_FAULTS, cause_of, connection_faults, open_channel
from shared.rabbitmq.consumer_channel import ConsumerChannel

logger = structlog.get_logger(__name__)
RETRY_S = (0.1, 0.2, 0.5, 1.0)
CANCEL_S_MAX = 2.0
Connect = Callable[[], Awaitable[AbstractConnection]]


class Consumer:
    """Consumes from `consume` until `pause`, whatever happens to connection and queue."""

    def __init__(self, service: str, connect: Connect, settings: Settings) -> None:
        self._service, self._connect, self._settings = service, connect, settings
        self._channel: ConsumerChannel | None = None
        self._arrived, self._receiving = asyncio.Event(), asyncio.Event()
        self._changing = asyncio.Lock()
        self._wanted = self._stopped = False
        self._restoring: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self.one_at_a_time = True

    @property
    def is_consuming(self) -> bool:
        """Whether the broker has this consumer."""
        return self._channel is not None and self._channel.is_consuming

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume with another prefetch.

        While consuming is being restored after a loss this does nothing: it comes back with one
        message at a time.
        """
        self._wanted = True
        async with self._changing:
            if self._restoring is not None or self._stopped:
                return
            try:
                await self._consume(one_at_a_time=one_at_a_time)
            except BROKER_FAULTS as fault:
                self._lose(fault)

    async def pause(self) -> None:
        """Give back every message that is not settled, and stay away until `consume`."""
        self._wanted = False
        async with self._changing:
            channel, self._channel, self.one_at_a_time = self._channel, None, True
            if channel is not None:
                await channel.close()

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for messages, then for at most `linger` more; none after `stop`."""
        self._receiving.set()
        try:
            return await self._received(most, bytes_most, linger)
        finally:
            self._receiving.clear()

    async def _received(
        self, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        while not self._stopped:
            if not (waiting := self._waiting()):
                self._arrived.clear()
                await self._arrived.wait()
                continue
            if waiting < most and linger and not self.one_at_a_time:
                await asyncio.sleep(linger.total_seconds())
            if batch := self._take(most, bytes_most):
                return batch
        return []

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Acknowledge deliveries; those of a channel that was lost come again."""
        if channel := self._channel:
            await self._settle(channel.ack(_numbers(deliveries, channel)))

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Reject deliveries; those of a channel that was lost come again."""
        if channel := self._channel:
            await self._settle(channel.reject(_numbers(deliveries, channel)))

    async def stop(self) -> None:
        """Take no more; what was taken can still be settled."""
        self._stopped = True
        self._arrived.set()
        self._receiving.set()
        if channel := self._channel:
            cancelling = self._in_background(channel.cancel())
            await asyncio.wait([cancelling], timeout=CANCEL_S_MAX)

    def _waiting(self) -> int:
        """Return how many messages can be taken now."""
        if self._channel is None or (self.one_at_a_time and self._channel.taken):
            return 0
        return len(self._channel.received)

    def _take(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        """Take what was received; nothing when its channel was lost meanwhile."""
        if self._stopped or self._channel is None or not self._waiting():
            return []
        return self._channel.take(1 if self.one_at_a_time else most, bytes_most)

    async def _settle(self, settling: Awaitable[None]) -> None:
        try:
            with connection_faults():
                await settling
        except BROKER_FAULTS as fault:
            logger.info("ack_lost", service=self._service, error=repr(fault)[:200])
        self._arrived.set()

    async def _consume(self, *, one_at_a_time: bool) -> None:
        prefetch = 1 if one_at_a_time else self._settings.prefetch
        with connection_faults():
            if self._channel is None:
                connection = await self._connect()
                self._channel = self._watched(await open_channel(connection), connection)
            await self._channel.consume(prefetch)
        self.one_at_a_time = one_at_a_time

    def _watched(self, protocol: Channel, connection: AbstractConnection) -> ConsumerChannel:
        """Return a channel that is given up when it closes or the broker cancels its consumer."""
        channel = ConsumerChannel(protocol, queue_of(self._service), self._arrived.set)

        def on_end(cause: object) -> None:
            if channel is self._channel and not connection.close_called:
                self._lose(cause)

        protocol.closing.add_done_callback(lambda closing: on_end(cause_of(closing)))
        protocol.on_consumer_cancel_callbacks.add(on_end)
        return channel

    def _lose(self, cause: object) -> None:
        """Give up the channel, and begin to restore consuming."""
        channel, self._channel, self.one_at_a_time = self._channel, None, True
        if channel is not None:
            self._in_background(channel.close())
        if self._wanted and not self._stopped and self._restoring is None:
            logger.warning("broker_lost", service=self._service, to="consume", cause=repr(cause))
            self._restoring = self._in_background(self._restore())

    async def _restore(self) -> None:
        """Try until a consumer is there again, or none is wanted any more."""
        for pause in chain(RETRY_S, repeat(RETRY_S[-1])):
            await asyncio.sleep(pause)
            await self._receiving.wait()
            async with self._changing:
                if await self._is_restored():
                    self._restoring = None
                    return

    async def _is_restored(self) -> bool:
        if self._stopped or not self._wanted:
            return True
        try:
            await self._consume(one_at_a_time=True)
        except Exception as fault:  # noqa: BLE001 - whatever it is, consuming must come back
            logger.debug("broker_away", service=self._service, cause=repr(fault)[:200])
            self._lose(fault)
        if self._channel is not None:
            logger.info("broker_restored", service=self._service, to="consume")
            metrics.reconnected(self._service, "consume")
        return self._channel is not None

    def _in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background_done)
        return task

    def _background_done(self, task: "asyncio.Task[None]") -> None:
        """Forget a task; its fault is that of a channel which is given up anyway."""
        self._background.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            logger.debug("channel_left", service=self._service, error=repr(fault)[:200])


def _numbers(deliveries: Sequence[IncomingMessage], channel: ConsumerChannel) -> list[int]:
    """Return the numbers of the deliveries that came on a channel."""
    tags = (delivery.tag for delivery in deliveries)
    return [tag.number for tag in tags if tag.channel is channel]

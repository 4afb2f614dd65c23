"""One channel that publishes batches: one write for a batch, one future for all its confirms."""

import asyncio
import struct
from collections.abc import Sequence
from itertools import takewhile

import structlog
from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from pamqp.commands import Basic

from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import Published
from shared.rabbitmq.channels import cause_of, take_confirms
from shared.rabbitmq.publication_frames import publication, target_of

logger = structlog.get_logger(__name__)


class Batch:
    """The messages of one call, what became of them, and which have no confirm yet."""

    def __init__(self, messages: Sequence[OutgoingMessage]) -> None:
        self.messages = messages
        self.channel: ConfirmChannel | None = None
        self.results = [Published.UNKNOWN] * len(messages)
        self.unconfirmed = dict.fromkeys(range(len(messages)))
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, index: int, result: Published) -> None:
        """Note the confirm of a message; one that was returned before stays returned."""
        if self.results[index] is not Published.RETURNED:
            self.results[index] = result
        self.unconfirmed.pop(index, None)
        if not self.unconfirmed:
            self.end()

    def end(self) -> None:
        """Let the caller go on: all is confirmed, or no confirm can come any more."""
        if not self.ended.done():
            self.ended.set_result(None)


class ConfirmChannel:
    """Publishes on a plain channel with confirms; it ends with the channel."""

    def __init__(self, channel: Channel) -> None:
        self.protocol = channel
        self.cause: BaseException | None = None
        self.body_bytes_largest = 0
        """The size of the largest body that was written."""
        self._frame_bytes_max = channel.connection.connection_tune.frame_max or 0
        self._last_tag = 0
        self._pending: dict[int, tuple[Batch, int]] = {}
        self._writing = asyncio.Lock()
        take_confirms(channel, self._on_confirm, self._on_return)
        channel.closing.add_done_callback(self._on_closed)

    @property
    def is_idle(self) -> bool:
        """Whether no confirm is awaited, or none can come."""
        return not self._pending or self.protocol.is_closed

    async def publish(self, batch: Batch) -> None:
        """Write what is unconfirmed of a batch; return when all is confirmed or the channel ended.

        Confirms are numbered in the order of writing: nothing may come between.
        """
        batch.ended = asyncio.get_running_loop().create_future()
        async with self._writing:
            indices, payload = self._encoded(batch)
            if not indices or self._is_closed():
                return
            await self.protocol.write_queue.put(ChannelFrame(payload, should_close=False))
            for index in indices:
                self._last_tag += 1
                self._pending[self._last_tag] = batch, index
                size = len(batch.messages[index].body)
                self.body_bytes_largest = max(self.body_bytes_largest, size)
            if self._is_closed():
                self._end()
        await batch.ended

    def forget(self, batch: Batch) -> None:
        """Take no confirm for a batch any more: it is late."""
        self._pending = {tag: each for tag, each in self._pending.items() if each[0] is not batch}

    def _is_closed(self) -> bool:
        return self.protocol.is_closed

    def _encoded(self, batch: Batch) -> tuple[list[int], bytes]:
        """Return what is to be written; what AMQP cannot carry counts as returned."""
        indices, frames = [], []
        for index in list(batch.unconfirmed):
            message = batch.messages[index]
            try:
                frames.append(publication(self.protocol.number, message, self._frame_bytes_max))
                indices.append(index)
            except (ValueError, TypeError, struct.error) as fault:
                logger.warning("not_publishable", id=message.id[:100], error=str(fault)[:200])
                batch.settle(index, Published.RETURNED)
        return indices, b"".join(frames)

    def _on_confirm(self, frame: Basic.Ack | Basic.Nack) -> None:
        """Settle one message, or all up to this one; a late confirm belongs to no batch."""
        confirmed = Published.CONFIRMED if isinstance(frame, Basic.Ack) else Published.RETURNED
        last = frame.delivery_tag or 0
        tags = [last]
        if frame.multiple:
            tags = list(takewhile(lambda tag: tag <= last, self._pending))
        for tag in tags:
            if entry := self._pending.pop(tag, None):
                batch, index = entry
                batch.settle(index, confirmed)

    def _on_return(self, frame: Basic.Return, message_id: str | None) -> None:
        """Note the first such message as returned: the broker confirms it too, afterwards."""
        logger.warning("returned", to=frame.exchange, key=frame.routing_key, why=frame.reply_text)
        target = frame.exchange, frame.routing_key
        for batch, index in self._pending.values():
            message = batch.messages[index]
            if (message.id, target_of(message)) == (message_id, target) and (
                batch.results[index] is not Published.RETURNED
            ):
                batch.results[index] = Published.RETURNED
                return

    def _on_closed(self, closing: "asyncio.Future[object]") -> None:
        self.cause = cause_of(closing)
        self._end()

    def _end(self) -> None:
        for batch in {id(batch): batch for batch, _ in self._pending.values()}.values():
            batch.end()

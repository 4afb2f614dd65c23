"""The bus port of one replica on the simulated broker."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox import queue_of
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from tests.simulation.broker import Broker, Channel
from tests.simulation.injector import Injector
from tests.simulation.loop import Process

RECONNECT_S = 3.0


class SimulatedBus:
    """Consumes, settles and publishes as `Bus` says, through connections that may break."""

    def __init__(
        self, broker: Broker, service: str, process: Process, injector: Injector, settings: Settings
    ) -> None:
        self._broker, self._queue = broker, broker.queues[queue_of(service)]
        self._process, self._injector, self._settings = process, injector, settings
        self._arrived = asyncio.Event()
        self._channel: Channel | None = None
        self._consuming = self._stopping = False
        self.one_at_a_time = True

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume with a window of one message, or of `prefetch`."""
        await self._step("consume", f"{one_at_a_time=}")
        if self._stopping:
            return
        self._consuming, self.one_at_a_time = True, one_at_a_time
        if self._channel is None:
            self._attach()
        elif not one_at_a_time:
            self._channel.window = self._settings.prefetch
            self._queue.push()
        else:
            self._channel.window = 1

    async def pause(self) -> None:
        """Stop consuming and give everything back."""
        await self._step("pause")
        self._consuming, self.one_at_a_time = False, True
        self._detach()

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Return messages that were pushed to this consumer."""
        if self._injector.happens("connection_lost"):
            self.lose_connection()
        while not self._stopping:
            await self._wait_for_a_delivery()
            if self._buffered < most and linger:
                await asyncio.sleep(linger.total_seconds())
            if batch := self._take(most, bytes_most):
                await self._step("receive", _tags(batch))
                return batch
        return []

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries of the channel that is open."""
        await self._step("ack", _tags(deliveries))
        for delivery in deliveries:
            if self._channel and delivery.tag in self._channel.unsettled:
                del self._channel.unsettled[delivery.tag]
        self._queue.push()

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries as dead letters of the broker."""
        await self._step("reject", _tags(deliveries))
        for delivery in deliveries:
            if self._channel and (message := self._channel.unsettled.pop(delivery.tag, None)):
                self._queue.reject(message)
        self._queue.push()

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish: some messages may not arrive, some confirms may not come."""
        await self._step("publish", " ".join(each.id[:8] for each in outgoing))
        if self._broker.blocked:
            return await self._publish_blocked(outgoing)
        count = len(outgoing)
        lost = self._injector.happens("publish_lost")
        arriving = self._injector.rng.randrange(count + 1) if lost else count
        results = [self._publish(each) for each in outgoing[:arriving]]
        if lost or self._injector.happens("confirm_lost"):
            results = [self._perhaps_unknown(result) for result in results]
        results += [Published.UNKNOWN] * (count - arriving)
        await self._step("publish answers", " ".join(result[:4] for result in results))
        return results

    async def stop_receiving(self) -> None:
        """Receive nothing more."""
        self._stopping = True
        self._arrived.set()

    def lose_connection(self) -> None:
        """Lose the consuming connection; it comes back, with a window of one message."""
        if self._channel is None:
            return
        self._injector.trace(self._process.name, "connection lost")
        self.one_at_a_time = True
        self._detach()
        delay_s = self._injector.rng.uniform(0.1, RECONNECT_S)
        self._injector.loop.spawn(self._process, self._reconnect(delay_s))

    def close(self) -> None:
        """End the channel, as the end of the process does."""
        self._consuming = False
        self._detach()

    async def _reconnect(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        if self._consuming and self._channel is None:
            self._injector.trace(self._process.name, "connected")
            self._attach()

    def _attach(self) -> None:
        window = 1 if self.one_at_a_time else self._settings.prefetch
        self._channel = Channel(window, self._arrived.set)
        self._queue.attach(self._channel)

    def _detach(self) -> None:
        channel, self._channel = self._channel, None
        if channel:
            self._queue.detach(channel)

    async def _wait_for_a_delivery(self) -> None:
        while not self._stopping and not self._buffered:
            self._arrived.clear()
            await self._arrived.wait()

    def _take(self, most: int, bytes_most: int) -> list[IncomingMessage]:
        batch: list[IncomingMessage] = []
        size = 0
        while (
            not self._stopping
            and self._channel
            and self._buffered
            and len(batch) < most
            and size < bytes_most
        ):
            batch.append(self._channel.buffer.popleft())
            size += len(batch[-1].body)
        return batch

    @property
    def _buffered(self) -> int:
        return len(self._channel.buffer) if self._channel else 0

    async def _publish_blocked(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Time out; what stands in the socket's buffer arrives when the broker reads on."""
        await asyncio.sleep(self._settings.publish_timeout_s)
        arriving = self._injector.rng.randrange(len(outgoing) + 1)
        for message in outgoing[:arriving]:
            self._publish(message)
        await self._step("publish times out", str(arriving))
        return [Published.UNKNOWN] * len(outgoing)

    def _publish(self, outgoing: OutgoingMessage) -> Published:
        return Published.CONFIRMED if self._broker.publish(outgoing) else Published.RETURNED

    def _perhaps_unknown(self, result: Published) -> Published:
        return result if self._injector.rng.random() < 0.5 else Published.UNKNOWN

    async def _step(self, call: str, outcome: str = "") -> None:
        await self._injector.step(self._process, call, outcome)


def _tags(deliveries: Sequence[IncomingMessage]) -> str:
    return " ".join(str(each.tag) for each in deliveries)

"""The loop of a service: receive, commit, acknowledge, publish, mark; with relay and metrics.

One batch is processed at a time. It is acknowledged before its events are published: from the
commit on, the outbox and not the delivery guarantees publication.

While the store is away the worker holds no delivery: an outage, however long, returns each message
at most once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog

from shared.kernel.clock import REAL_CLOCK, Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.gauges import refresh_metrics_forever
from shared.kernel.inbound import attempt_key, parse
from shared.kernel.messages import InboundMessage, IncomingMessage
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import Bus, Store, StoreError
from shared.kernel.rejections import as_poison_message, unread_poison_message
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.settlement import Settlement, backoff
from shared.kernel.unit_of_work import UnitOfWork
from shared.observability import metrics

logger = structlog.get_logger(__name__)


class Worker:
    """Runs one service on a bus and a store until `stop` is called."""

    def __init__(
        self,
        service: Service,
        bus: Bus,
        store: Store,
        settings: Settings,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self._service, self._bus, self._store, self._settings = service, bus, store, settings
        self._clock = clock
        self._worker = f"{service.name}-{clock.uuid()}"
        self._crash_points = CrashPoints(service.name, settings.crash_at)
        unit_of_work = UnitOfWork(service, store, self._worker, clock, self._crash_points)
        self._relay = OutboxRelay(bus, store, settings, clock, self._crash_points)
        self._settlement = Settlement(unit_of_work.commit, store, bus, self._relay, settings)
        self._stopping = asyncio.Event()
        self._redelivered_in_a_row = 0
        self._survived: str | None = None
        """A suspect that ended no process, as the store is to know once it answers again."""
        self._fruitless_pauses = 0
        """How often the store seemed to be back since anything was settled."""
        self._began_s = 0.0

    async def run(self) -> None:
        """Process batches until `stop`; then finish the current batch and its publication.

        Raises:
            ExceptionGroup: the loop, the relay or the metrics ended by a fault; all are ended.
        """
        self._began_s = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            refreshing = partial(
                refresh_metrics_forever, self._service, self._store, self._settings.relay_every_s
            )
            jobs = (self._relay.relay, refreshing)
            background = [group.create_task(_until_cancelled(job)) for job in jobs]
            await self._bus.consume(one_at_a_time=True)
            while not self._stopping.is_set():
                await self._handle_batch()
            for task in background:
                task.cancel()
        await self._relay.drain()

    async def stop(self) -> None:
        """Receive nothing more; `run` returns when the current batch is done."""
        self._stopping.set()
        await self._bus.stop_receiving()

    async def _handle_batch(self) -> None:
        settings = self._settings
        deliveries = await self._bus.receive(
            most=settings.batch_max, bytes_most=settings.batch_bytes_max, linger=settings.linger
        )
        if not deliveries:
            return
        self._crash_points("taken")
        try:
            await self._settle(deliveries)
        except StoreError as fault:
            await self._pause_until_the_store_answers(fault)

    async def _settle(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle a batch; a suspect is tried alone, with no other message in hand."""
        suspects = [delivery for delivery in deliveries if self._is_suspect(delivery)]
        others = [delivery for delivery in deliveries if delivery not in suspects]
        if others:
            with metrics.batch(self._service.name, len(others)):
                await self._settlement.settle([self._parse(delivery) for delivery in others])
            self._fruitless_pauses = 0
        if not suspects:
            await self._widen(deliveries)
        elif self._bus.one_at_a_time:
            for suspect in suspects:
                await self._settle_alone(suspect)
        else:
            logger.warning("suspects_set_aside", **self._of(suspects[0]), suspects=len(suspects))
            await self._bus.pause()
            await self._bus.consume(one_at_a_time=True)

    async def _settle_alone(self, suspect: IncomingMessage) -> None:
        """Try a suspect, after counting the attempt: it may end this process.

        After `attempts_max` attempts it is poison, after one more it is not even parsed. A process
        that has just begun waits before the attempt: what ends processes as they begin is then not
        taken for the message.
        """
        age_s = asyncio.get_running_loop().time() - self._began_s
        if (wait_s := self._settings.attempts_after_s - age_s) > 0:
            await self._sleep(wait_s)
        self._survived = key = attempt_key(suspect)
        attempts = await self._store.count_attempt(key)
        logger.warning("suspect_tried_alone", **self._of(suspect), attempts=attempts)
        metrics.suspect(self._service.name)
        fault = RuntimeError(f"{attempts - 1} attempts to decide it alone ended their process")
        if attempts > self._settings.attempts_max + 1:
            inbound = unread_poison_message(suspect, fault)
        else:
            inbound = self._parse(suspect)
            if attempts > self._settings.attempts_max and inbound.event:
                inbound = as_poison_message(inbound, fault)
        try:
            await self._settlement.settle([inbound])
        except (StoreError, asyncio.CancelledError):  # It ended no process.
            await self._store.forget_attempts([key])
            raise
        await self._store.forget_attempts([key])
        self._survived = None
        self._redelivered_in_a_row = self._fruitless_pauses = 0

    async def _widen(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Take up to `prefetch` messages again, once those that came back are settled.

        That is when a message arrives that was never delivered before, or when
        `redelivered_before_widening` redelivered ones were settled.
        """
        if not self._bus.one_at_a_time:
            return
        self._redelivered_in_a_row += 1
        if (
            any(not delivery.redelivered for delivery in deliveries)
            or self._redelivered_in_a_row >= self._settings.redelivered_before_widening
        ):
            self._redelivered_in_a_row = 0
            await self._bus.consume(one_at_a_time=False)

    async def _pause_until_the_store_answers(self, fault: StoreError) -> None:
        """Give back every message, and consume again once the store accepts a write."""
        logger.warning("store_away", service=self._service.name, error=str(fault)[:200])
        metrics.paused(self._service.name, paused=True)
        await self._bus.pause()
        await self._sleep(self._fruitless_wait_s())
        failures = 0
        while not self._stopping.is_set() and not await self._commits_a_write():
            failures += 1
            await self._sleep(backoff(self._clock, failures, self._settings.backoff_s_max))
        self._fruitless_pauses += 1
        if not self._stopping.is_set():
            await self._bus.consume(one_at_a_time=True)
        metrics.paused(self._service.name, paused=False)
        logger.info("store_again", service=self._service.name, failures=failures)

    def _fruitless_wait_s(self) -> float:
        """Return the seconds to stay away although the store may be back.

        Each return counts towards the broker's limit. Where the store takes the probe and nothing
        else, fifty returns then last for hours and not for one.
        """
        if not self._fruitless_pauses:
            return 0
        return min(float(2 ** min(self._fruitless_pauses, 20)), self._settings.pause_s_max)

    async def _commits_a_write(self) -> bool:
        """Return whether a transaction commits; a ping says nothing about that."""
        try:
            async with self._store.transaction() as transaction:
                await transaction.write([], [], self._worker, read_shared=True)
            await self._store.forget_attempts([*filter(None, [self._survived])])
        except StoreError:
            return False
        return True

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or return as soon as the worker is to stop."""
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([stopping], timeout=seconds)
        stopping.cancel()

    def _is_suspect(self, delivery: IncomingMessage) -> bool:
        """Return whether a message was in hand at several losses: it may be their cause.

        On a first delivery the count may be forged and is ignored.
        """
        count = delivery.headers.get("x-delivery-count", 0) if delivery.redelivered else 0
        return isinstance(count, int) and count >= self._settings.deliveries_before_alone

    def _parse(self, delivery: IncomingMessage) -> InboundMessage:
        return parse(delivery, self._service.name, self._settings.body_bytes_max, self._clock)

    def _of(self, delivery: IncomingMessage) -> dict[str, Any]:
        """Return what a log line says of a delivery."""
        return {
            "service": self._service.name,
            "message_id": delivery.message_id,
            "routing_key": delivery.routing_key,
        }


async def _until_cancelled(job: Callable[[], Awaitable[None]]) -> None:
    """Run a job that its caller cancels, and that nothing else ends.

    Raises:
        RuntimeError: the job was cancelled from within; a task group would take no notice.
    """
    try:
        await job()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError("a job was cancelled that nobody cancelled") from None

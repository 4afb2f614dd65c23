"""The loop of a service: receive, commit, acknowledge, publish, mark; with relay and metrics.

One batch is processed at a time. It is acknowledged before its events are published: from the
commit on, the outbox and not the delivery guarantees publication.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from shared.kernel.fault_injection import CrashPoints
from shared.kernel.gauges import refresh_metrics_forever
from shared.kernel.inbound import TOO_LARGE, parse
from shared.kernel.messages import InboundMessage, IncomingMessage, MessageRecord
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import (
    Bus,
    ConflictError,
    ContentRejectedError,
    Published,
    Store,
    StoreUnavailableError,
)
from shared.kernel.rejections import as_poison_message, dead_letter
from shared.kernel.service import Service
from shared.kernel.session import NeedsOwnUnitError
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import UnitOfWork
from shared.observability import metrics

logger = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """Return the wall-clock time; only record times use it, never a decision."""
    return datetime.now(UTC)


class Worker:
    """Runs one service on a bus and a store until `stop` is called."""

    def __init__(
        self,
        service: Service,
        bus: Bus,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._service, self._bus, self._store, self._settings = service, bus, store, settings
        self._worker = f"{service.name}-{uuid4()}"
        self._crash_points = CrashPoints(service.name, settings.crash_at)
        self._unit_of_work = UnitOfWork(service, store, self._worker, clock, self._crash_points)
        self._relay = OutboxRelay(self._worker, bus, store, settings, self._crash_points)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Process batches until `stop`; then finish the current batch and its publication."""
        refreshing = refresh_metrics_forever(
            self._service, self._store, self._settings.relay_every_s
        )
        background_tasks = [asyncio.create_task(job) for job in (self._relay.relay(), refreshing)]
        await self._bus.consume(one_at_a_time=False)
        try:
            while not self._stopping.is_set():
                await self._handle_batch()
        finally:
            for task in background_tasks:
                task.cancel()
            await asyncio.gather(*background_tasks, return_exceptions=True)
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
        with metrics.batch(self._service.name, len(deliveries)):
            records = await self._commit_batch(deliveries)
        self._crash_points("committed")
        if any(record.outcome != "decided" for record in records):
            self._crash_points("dead_lettered")
        await self._bus.ack(deliveries)
        self._crash_points("acked")
        metrics.handled(self._service.name, len(deliveries), records)
        await self._relay.send(records)

    async def _commit_batch(self, deliveries: Sequence[IncomingMessage]) -> list[MessageRecord]:
        batch = [self._parse(delivery) for delivery in deliveries]
        for inbound in batch:
            if inbound.fault and inbound.fault.reason == TOO_LARGE:
                await self._publish_oversized(inbound)
        return [record for group in self._groups(batch) for record in await self._commit(group)]

    def _parse(self, delivery: IncomingMessage) -> InboundMessage:
        inbound = parse(delivery, self._service.name, self._settings.body_bytes_max)
        if inbound.event and _delivery_count(delivery) >= self._settings.crashes_max:
            return as_poison_message(inbound, RuntimeError("every service that took it died"))
        return inbound

    def _groups(self, batch: Sequence[InboundMessage]) -> list[list[InboundMessage]]:
        """Commit a message that was in processing at several crashes alone: it may be the cause."""
        groups: list[list[InboundMessage]] = [[]]
        for inbound in batch:
            if _delivery_count(inbound.delivery) >= self._settings.crashes_before_alone:
                groups += [[inbound], []]
            else:
                groups[-1].append(inbound)
        return [group for group in groups if group]

    async def _publish_oversized(self, inbound: InboundMessage) -> None:
        """Publish a dead letter that is too large for its record, before the record is written.

        A crash in between duplicates it but never loses it.
        """
        message = dead_letter(self._service.name, inbound)
        while await self._bus.publish([message]) != [Published.CONFIRMED]:  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(self._settings.relay_every_s)

    async def _commit(self, batch: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Commit: retried after an outage or a conflict, in halves where one unit is impossible."""
        settings, failures, conflicts = self._settings, 0, 0
        while True:
            try:
                return await self._unit_of_work.commit(batch)
            except ConflictError:
                conflicts += 1
                metrics.conflict(self._service.name)
                if conflicts >= settings.conflicts_before_halving and len(batch) > 1:
                    return await self._commit_in_halves(batch)
                await asyncio.sleep(random.uniform(0.002, 0.02 * min(conflicts, 10)))  # noqa: S311
            except NeedsOwnUnitError:
                return await self._commit_in_halves(batch)
            except ContentRejectedError as fault:
                if len(batch) > 1:
                    return await self._commit_in_halves(batch)
                batch = [as_poison_message(batch[0], fault)]
            except StoreUnavailableError as fault:
                failures += 1
                logger.warning("store_away", service=self._service.name, error=str(fault)[:200])
                await asyncio.sleep(_backoff(failures, settings.backoff_s_max))

    async def _commit_in_halves(self, batch: Sequence[InboundMessage]) -> list[MessageRecord]:
        middle = (len(batch) + 1) // 2
        return [*await self._commit(batch[:middle]), *await self._commit(batch[middle:])]


def _backoff(failures: int, max_s: float) -> float:
    return random.uniform(0.5, 1) * min(max_s, 0.1 * float(2 ** min(failures, 10)))  # noqa: S311


def _delivery_count(delivery: IncomingMessage) -> int:
    """Return the delivery count; on a first delivery the header may be forged and is ignored."""
    count = delivery.headers.get("x-delivery-count", 0)
    return count if delivery.redelivered and isinstance(count, int) else 0

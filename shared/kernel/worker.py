"""The loop of a service: take, commit, acknowledge, publish, mark; beside it relay and figures.

One batch is in hand at a time. Acknowledging before publishing keeps the record, not the
delivery, in charge of what is still to be sent.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from shared.kernel.decision import Service
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.gauges import refresh_metrics_forever
from shared.kernel.inbound import TOO_LARGE, InboundMessage, parse
from shared.kernel.outbox import as_poison_message, dead_letter
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import (
    Bus,
    ConflictError,
    ContentRejectedError,
    IncomingMessage,
    MessageRecord,
    Store,
    StoreUnavailableError,
)
from shared.kernel.session import NeedsOwnUnitError
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import UnitOfWork
from shared.observability import metrics

logger = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """Return the wall clock; only times of record come from it, never a decision."""
    return datetime.now(UTC)


class Worker:
    """Runs one service on a bus and a store until it is told to stop."""

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
        self._crash = CrashPoints(service.name, settings.crash_at)
        self._unit = UnitOfWork(service, store, self._worker, clock, self._crash)
        self._dispatch = OutboxRelay(self._worker, bus, store, settings, self._crash)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; then finish the batch in hand and what is being published."""
        showing = refresh_metrics_forever(self._service, self._store, self._settings.relay_every_s)
        beside = [asyncio.create_task(each) for each in (self._dispatch.relay(), showing)]
        try:
            while not self._stopping.is_set():
                await self._handle_batch()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._dispatch.drain()

    async def stop(self) -> None:
        """Take nothing more; `run` returns when the batch in hand is done."""
        self._stopping.set()
        await self._bus.stop_receiving()

    async def _handle_batch(self) -> None:
        settings = self._settings
        deliveries = await self._bus.receive(
            most=settings.batch_max, bytes_most=settings.batch_bytes_max, linger=settings.linger
        )
        if not deliveries:
            return
        self._crash("taken")
        with metrics.batch(self._service.name, len(deliveries)):
            records = await self._settle(deliveries)
        self._crash("committed")
        if any(record.outcome != "decided" for record in records):
            self._crash("dead_lettered")
        await self._bus.ack(deliveries)
        self._crash("acked")
        metrics.handled(self._service.name, len(deliveries), records)
        await self._dispatch.send(records)

    async def _settle(self, deliveries: Sequence[IncomingMessage]) -> list[MessageRecord]:
        items = [self._parse(delivery) for delivery in deliveries]
        for item in items:
            if item.fault and item.fault.reason == TOO_LARGE:
                await self._send_whole(item)
        return [record for group in self._groups(items) for record in await self._commit(group)]

    def _parse(self, delivery: IncomingMessage) -> InboundMessage:
        item = parse(delivery, self._service.name, self._settings.body_bytes_max)
        if item.event and _crashes(delivery) >= self._settings.crashes_max:
            return as_poison_message(item, RuntimeError("every service that took it died"))
        return item

    def _groups(self, items: Sequence[InboundMessage]) -> list[list[InboundMessage]]:
        """Put a message that was in hand at several crashes alone: it may be the cause."""
        groups: list[list[InboundMessage]] = [[]]
        for item in items:
            if _crashes(item.delivery) >= self._settings.crashes_before_alone:
                groups += [[item], []]
            else:
                groups[-1].append(item)
        return [group for group in groups if group]

    async def _send_whole(self, item: InboundMessage) -> None:
        """Publish a dead letter that is too large for the record, before its record exists.

        A crash in between gives it twice, never zero times.
        """
        letter = dead_letter(self._service.name, item)
        while not (await self._bus.publish([letter]))[0]:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(self._settings.relay_every_s)

    async def _commit(self, items: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Commit, whatever it takes: again after an outage, in halves when it cannot be whole."""
        settings, failures, conflicts = self._settings, 0, 0
        while True:
            try:
                return await self._unit.commit(items)
            except ConflictError:
                conflicts += 1
                metrics.conflict(self._service.name)
                if conflicts >= settings.conflicts_before_halving and len(items) > 1:
                    return await self._halves(items)
                await asyncio.sleep(random.uniform(0.002, 0.02 * min(conflicts, 10)))  # noqa: S311
            except NeedsOwnUnitError:
                return await self._halves(items)
            except ContentRejectedError as fault:
                if len(items) > 1:
                    return await self._halves(items)
                items = [as_poison_message(items[0], fault)]
            except StoreUnavailableError as fault:
                failures += 1
                logger.warning("store_away", service=self._service.name, error=str(fault)[:200])
                await asyncio.sleep(_backoff(failures, settings.backoff_s_max))

    async def _halves(self, items: Sequence[InboundMessage]) -> list[MessageRecord]:
        middle = (len(items) + 1) // 2
        return [*await self._commit(items[:middle]), *await self._commit(items[middle:])]


def _backoff(failures: int, most_s: float) -> float:
    return random.uniform(0.5, 1) * min(most_s, 0.1 * float(2 ** min(failures, 10)))  # noqa: S311


def _crashes(delivery: IncomingMessage) -> int:
    """How often it came back; the header can be forged on a first delivery."""
    count = delivery.headers.get("x-delivery-count", 0)
    return count if delivery.redelivered and isinstance(count, int) else 0

"""Settling messages: committed group by group, each group acknowledged as soon as it is committed.

A group that cannot be committed whole is halved, down to the message that is the cause.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shared.kernel.clock import Clock
from shared.kernel.inbound import TOO_LARGE, attempt_key
from shared.kernel.messages import InboundMessage, MessageRecord
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import (
    Bus,
    ConflictError,
    ContentRejectedError,
    Published,
    Store,
    StoreUnavailableError,
    UnexpectedStoreError,
)
from shared.kernel.rejections import as_poison_message, dead_letter
from shared.kernel.session import NeedsOwnUnitError
from shared.kernel.settings import Settings
from shared.observability import metrics

logger = structlog.get_logger(__name__)
PUBLISHED_BYTES_MAX = 8 * 1024 * 1024
"""A larger dead letter is moved by the broker: some brokers refuse to take it from a publisher."""


Commit = Callable[[Sequence[InboundMessage]], Awaitable[list[MessageRecord]]]


class Settlement:
    """Commits messages and settles their deliveries, for one worker."""

    def __init__(
        self, commit: Commit, store: Store, bus: Bus, relay: OutboxRelay, settings: Settings
    ) -> None:
        self._commit, self._store, self._bus, self._relay = commit, store, bus, relay
        self._settings, self._clock, self._crash_points = settings, relay.clock, relay.crash_points
        self._service = relay.crash_points.service

    async def settle(self, batch: Sequence[InboundMessage]) -> None:
        """Commit messages and settle them; after an error those that are left are unsettled.

        Raises:
            StoreError: the store is away for longer than a short wait, or an attempt cannot be
                counted.
        """
        try:
            records = await self._committed(batch)
        except (NeedsOwnUnitError, _ImpossibleError):
            middle = (len(batch) + 1) // 2
            await self.settle(batch[:middle])
            await self.settle(batch[middle:])
        except _UnrecordableError:
            logger.exception("unrecordable", service=self._service)
            await self._bus.reject([inbound.delivery for inbound in batch])
        else:
            await self._acknowledge(batch, records)
            await self._relay.send(records)

    async def _committed(self, batch: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Commit a group, again after a conflict or a short absence of the store.

        Raises:
            StoreUnavailableError: the store stays away, or others are always faster.
            NeedsOwnUnitError, _ImpossibleError: it cannot be committed as one group.
            _UnrecordableError: a single message of which not even the refusal can be recorded.
        """
        loop = asyncio.get_running_loop()
        failures = conflicts = unexpected = 0
        deadline = loop.time() + self._patience_s()
        while True:
            try:
                records = await self._commit(batch)
            except ConflictError as fault:
                conflicts += 1
                await self._after_conflict(batch, conflicts, fault)
            except ContentRejectedError as fault:
                batch = [_refused(batch, fault)]
            except UnexpectedStoreError as fault:
                unexpected += 1
                batch = [await self._after_unexpected_error(batch, fault)]
            except StoreUnavailableError as fault:
                if loop.time() > deadline:
                    raise
                failures += 1
                logger.warning("store_fails", service=self._service, error=str(fault)[:200])
                await asyncio.sleep(backoff(self._clock, failures, self._settings.backoff_s_max))
            else:
                if unexpected:
                    await self._store.forget_attempts([attempt_key(batch[0].delivery)])
                return records

    def _patience_s(self) -> float:
        """Return for how many seconds messages may be held while the store does not answer.

        A single one is held longer: each return counts towards the broker's limit of deliveries,
        and only this one waits.
        """
        settings = self._settings
        return settings.patience_alone_s if self._bus.one_at_a_time else settings.patience_s

    async def _after_conflict(
        self, batch: Sequence[InboundMessage], conflicts: int, fault: ConflictError
    ) -> None:
        settings = self._settings
        metrics.conflict(self._service)
        if conflicts == 1 and len(batch) == 1 and batch[0].delivery.redelivered:
            # It was decided without ending this process: a later death is not its fault.
            await self._store.forget_attempts([attempt_key(batch[0].delivery)])
        if conflicts >= settings.conflicts_before_halving and len(batch) > 1:
            raise _ImpossibleError from fault
        if conflicts >= settings.conflicts_max:
            raise StoreUnavailableError(f"{conflicts} conflicts in a row: {fault}") from fault
        if conflicts % settings.conflicts_before_halving == 0:
            logger.warning(
                "conflicts", service=self._service, conflicts=conflicts, error=str(fault)[:200]
            )
        await asyncio.sleep(self._clock.uniform(0.002, 0.02 * min(conflicts, 10)))

    async def _after_unexpected_error(
        self, batch: Sequence[InboundMessage], fault: UnexpectedStoreError
    ) -> InboundMessage:
        """Return the message to try again alone: itself, or its refusal after `attempts_max`.

        An error on the refusal itself is the store's fault: the message has all its attempts again.
        """
        logger.error("unexpected_store_error", service=self._service, error=str(fault)[:500])
        if len(batch) > 1:
            raise _ImpossibleError from fault
        (inbound,) = batch
        key = attempt_key(inbound.delivery)
        if inbound.event is None:
            await self._store.forget_attempts([key])
            raise StoreUnavailableError(str(fault)) from fault
        attempts = await self._store.count_attempt(key)
        if attempts >= self._settings.attempts_max:
            return as_poison_message(inbound, fault)
        await asyncio.sleep(backoff(self._clock, attempts, self._settings.backoff_s_max))
        return inbound

    async def _acknowledge(
        self, batch: Sequence[InboundMessage], records: Sequence[MessageRecord]
    ) -> None:
        self._crash_points("committed")
        if any(record.outcome != "decided" for record in records):
            self._crash_points("dead_lettered")
        by_broker = await self._not_dead_lettered(batch)
        await self._bus.ack([each.delivery for each in batch if each not in by_broker])
        await self._bus.reject([each.delivery for each in by_broker])
        self._crash_points("acked")
        metrics.handled(self._service, len(batch), records)
        produced_at = (inbound.event.time for inbound in batch if inbound.event)
        metrics.latency(self._service, produced_at, self._clock.now())
        _log(self._service, len(batch), records)

    async def _not_dead_lettered(self, batch: Sequence[InboundMessage]) -> list[InboundMessage]:
        """Publish the dead letters that no record holds; return the messages left to the broker.

        One that the broker does not take now, or that is very large, is rejected: the broker moves
        it as it is, without our headers. So it holds up nothing and is never there many times.
        """
        oversized = [each for each in batch if each.fault and each.fault.reason == TOO_LARGE]
        moderate = [each for each in oversized if len(each.delivery.body) <= PUBLISHED_BYTES_MAX]
        letters = [dead_letter(self._service, each) for each in moderate]
        results = await self._bus.publish(letters) if letters else []
        taken = [
            inbound
            for inbound, result in zip(moderate, results, strict=True)
            if result is Published.CONFIRMED
        ]
        return [inbound for inbound in oversized if inbound not in taken]


class _ImpossibleError(Exception):
    """A group cannot be committed as one."""


class _UnrecordableError(Exception):
    """Not even the refusal of a message can be recorded."""


def _refused(batch: Sequence[InboundMessage], fault: ContentRejectedError) -> InboundMessage:
    """Return the single message of a group as poison: the store rejects what it leads to."""
    if len(batch) > 1:
        raise _ImpossibleError from fault
    (inbound,) = batch
    if inbound.event is None:
        raise _UnrecordableError(str(fault)) from fault
    return as_poison_message(inbound, fault)


def _log(service: str, messages: int, records: Sequence[MessageRecord]) -> None:
    logger.debug("committed", service=service, messages=messages, new=len(records))
    for record in records:
        if record.outcome != "decided":
            logger.warning(
                "message_refused",
                service=service,
                source=record.key.source,
                id=record.key.id,
                type=record.type,
                reason=record.reason,
                sha256=record.sha256,
            )


def backoff(clock: Clock, failures: int, max_s: float) -> float:
    """Return the seconds to wait after so many failures in a row, at most `max_s`."""
    return clock.uniform(0.5, 1) * min(max_s, 0.1 * float(2 ** min(failures, 10)))

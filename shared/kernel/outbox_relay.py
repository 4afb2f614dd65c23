"""Publishing what was committed: the fast path right after the commit, and the relay.

The message record lists the messages to publish. Publishing twice is harmless: the ids are the
same.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from shared.kernel.clock import Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.messages import (
    InboxKey,
    MessageRecord,
    OutboxBatch,
    OutgoingMessage,
    outbox_batch,
)
from shared.kernel.ports import (
    Bus,
    Published,
    Store,
    StoreError,
)
from shared.kernel.settings import Settings
from shared.observability import metrics

logger = structlog.get_logger(__name__)


class OutboxRelay:
    """Publishes the outputs of message records and marks their batches as published."""

    def __init__(
        self, bus: Bus, store: Store, settings: Settings, clock: Clock, crash_points: CrashPoints
    ) -> None:
        self._bus, self._store, self.clock = bus, store, clock
        self._settings, self.crash_points = settings, crash_points
        self._service = crash_points.service
        self._publish_tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(settings.dispatches_max)
        self._blocked = False
        self._in_flight: set[InboxKey] = set()

    async def send(self, records: Sequence[MessageRecord]) -> None:
        """Publish the records of a unit of work in the background, `dispatches_max` at a time.

        While publishing is blocked, everything is left to the relay: consuming goes on.
        """
        batch = outbox_batch(records)
        if batch is None or self._blocked:
            return
        self._in_flight.add(batch.id)
        await self._slots.acquire()
        task = asyncio.create_task(self._send_and_release(batch))
        self._publish_tasks.add(task)
        task.add_done_callback(self._publish_tasks.discard)

    async def drain(self) -> None:
        """Wait until the running publications are done, at most `drain_s`."""
        if self._publish_tasks:
            await asyncio.wait(self._publish_tasks, timeout=self._settings.drain_s)

    async def relay(self) -> None:
        """Publish periodically what a crash or an outage left unpublished; runs until cancelled.

        Nothing else ends it: without it, events that were committed would never leave.
        """
        while True:
            await asyncio.sleep(self._settings.relay_every_s)
            try:
                while await self._relay_once():
                    pass
            except StoreError as fault:
                logger.warning("relay_waits", service=self._service, error=str(fault)[:200])
            except Exception:
                logger.exception("relay_fails", service=self._service)

    async def _relay_once(self) -> bool:
        """Publish leased batches; True when there may be more and publishing is not blocked.

        What the fast path still has in flight here is left to it.
        """
        settings, token = self._settings, str(self.clock.uuid())
        leased = await self._store.lease_unpublished(
            most=settings.relay_most,
            grace=settings.relay_grace,
            lease=timedelta(seconds=settings.relay_lease_s),
            token=token,
        )
        if not leased:
            return False
        self.crash_points("leased")
        batches = [batch for batch in leased if batch.id not in self._in_flight]
        records = sum(len(batch.records) for batch in batches)
        logger.info("relayed", service=self._service, records=records)
        return await self._publish(batches, token)

    async def _send_and_release(self, batch: OutboxBatch) -> None:
        try:
            await self._publish([batch])
        except StoreError as fault:
            logger.warning("left_to_relay", service=self._service, error=str(fault)[:200])
        finally:
            self._in_flight.discard(batch.id)
            self._slots.release()

    async def _publish(self, batches: Sequence[OutboxBatch], token: str | None = None) -> bool:
        """Publish records; mark those whose outputs are all confirmed.

        Return False when publishing is blocked: nothing was confirmed, and something may still be.
        One message that no queue takes does not block the others.
        """
        records = [record for batch in batches for record in batch.records]
        if not records:
            return True
        outputs = [output for record in records for output in record.outputs]
        publishing = asyncio.ensure_future(self._bus.publish(outputs))
        await asyncio.sleep(0)
        self.crash_points("publishing")
        results = await publishing
        _log_returned(self._service, outputs, results)
        following = iter(results)
        confirmed = [(record, [next(following) for _ in record.outputs]) for record in records]
        unpublished = {record.key for record, own in confirmed if set(own) != {Published.CONFIRMED}}
        self.crash_points("published")
        self._set_blocked(
            blocked=Published.UNKNOWN in results and Published.CONFIRMED not in results
        )
        metrics.published(self._service, results.count(Published.CONFIRMED), failed=self._blocked)
        if len(unpublished) < len(records):
            await self._store.mark_published(batches, unpublished, token)
        self.crash_points("marked")
        return not self._blocked

    def _set_blocked(self, *, blocked: bool) -> None:
        if blocked != self._blocked:
            log = logger.warning if blocked else logger.info
            log("publishing_blocked" if blocked else "publishing_again", service=self._service)
        self._blocked = blocked


def _log_returned(
    service: str, outputs: Sequence[OutgoingMessage], results: Sequence[Published]
) -> None:
    """Log the messages that the broker returned or refused: they are tried again.

    `clas topology` helps when a queue or binding is missing; the log lines `returned`,
    `over_the_bound_of_the_broker` and `not_publishable` say which cause it was.
    """
    returned = [
        {"id": output.id, "routing_key": output.routing_key}
        for output, result in zip(outputs, results, strict=True)
        if result is Published.RETURNED
    ]
    if returned:
        metrics.unroutable(service, len(returned))
        logger.error("unroutable", service=service, count=len(returned), first=returned[:5])

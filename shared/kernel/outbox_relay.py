"""Publishing what was committed: the fast path right after the commit, and the relay.

The message record lists the messages to publish. Publishing twice is harmless: the ids are the
same.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import structlog

from shared.kernel.fault_injection import CrashPoints
from shared.kernel.messages import MessageRecord
from shared.kernel.ports import (
    BrokerUnavailableError,
    Bus,
    Published,
    Store,
    StoreError,
    StoreUnavailableError,
)
from shared.kernel.settings import Settings
from shared.observability import metrics

logger = structlog.get_logger(__name__)


class OutboxRelay:
    """Publishes the outputs of message records and marks the records as published."""

    def __init__(
        self, worker: str, bus: Bus, store: Store, settings: Settings, crash_points: CrashPoints
    ) -> None:
        self._worker, self._bus, self._store = worker, bus, store
        self._settings, self._crash_points = settings, crash_points
        self._service = crash_points.service
        self._publish_tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(settings.dispatches_max)
        self._blocked = False

    async def send(self, records: Sequence[MessageRecord]) -> None:
        """Publish in the background, at most `dispatches_max` batches at a time.

        While publishing is blocked, everything is left to the relay: consuming goes on.
        """
        unpublished = [record for record in records if record.outputs]
        if not unpublished or self._blocked:
            return
        await self._slots.acquire()
        task = asyncio.create_task(self._send_and_release(unpublished))
        self._publish_tasks.add(task)
        task.add_done_callback(self._publish_tasks.discard)

    async def drain(self) -> None:
        """Wait until the running publications are done, at most `drain_s`."""
        if self._publish_tasks:
            await asyncio.wait(self._publish_tasks, timeout=self._settings.drain_s)

    async def relay(self) -> None:
        """Publish periodically what a crash or an outage left unpublished; runs until cancelled."""
        while True:
            await asyncio.sleep(self._settings.relay_every_s)
            try:
                while await self._relay_once():
                    pass
            except (StoreError, BrokerUnavailableError) as fault:
                logger.warning("relay_waits", service=self._service, error=str(fault)[:200])

    async def _relay_once(self) -> bool:
        """Publish one leased batch; True when there may be more and publishing is not blocked."""
        settings, token = self._settings, f"{self._worker}:{uuid4()}"
        records = await self._store.lease_unpublished(
            most=settings.relay_most,
            grace=timedelta(seconds=settings.relay_grace_s),
            lease=timedelta(seconds=settings.relay_lease_s),
            token=token,
        )
        if not records:
            return False
        self._crash_points("leased")
        logger.info("relayed", service=self._service, records=len(records))
        published = await self._publish(records, token)
        return published and len(records) == settings.relay_most

    async def _send_and_release(self, records: Sequence[MessageRecord]) -> None:
        try:
            await self._publish(records)
        except (StoreUnavailableError, BrokerUnavailableError) as fault:
            self._set_blocked(blocked=isinstance(fault, BrokerUnavailableError))
            logger.warning("left_to_relay", service=self._service, error=str(fault)[:200])
        finally:
            self._slots.release()

    async def _publish(self, records: Sequence[MessageRecord], token: str | None = None) -> bool:
        """Publish records; mark those whose outputs are all confirmed. True when all are."""
        outputs = [output for record in records for output in record.outputs]
        publishing = asyncio.ensure_future(self._bus.publish(outputs))
        await asyncio.sleep(0)
        self._crash_points("publishing")
        confirms = iter(await publishing)
        confirmed = [(record, [next(confirms) for _ in record.outputs]) for record in records]
        published = [
            record for record, results in confirmed if set(results) == {Published.CONFIRMED}
        ]
        self._crash_points("published")
        self._set_blocked(blocked=len(published) < len(records))
        metrics.published(self._service, len(outputs), failed=self._blocked)
        await self._store.mark_published([record.key for record in published], token)
        self._crash_points("marked")
        return not self._blocked

    def _set_blocked(self, *, blocked: bool) -> None:
        if blocked != self._blocked:
            log = logger.warning if blocked else logger.info
            log("publishing_blocked" if blocked else "publishing_again", service=self._service)
        self._blocked = blocked

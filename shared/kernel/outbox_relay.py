"""Publishing what was committed: the fast path right after the commit, and the relay.

The record says what is still to be sent. Publishing twice is harmless: the ids are the same.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import structlog

from shared.kernel.fault_injection import CrashPoints
from shared.kernel.ports import (
    BrokerUnavailableError,
    Bus,
    MessageRecord,
    Store,
    StoreError,
    StoreUnavailableError,
)
from shared.kernel.settings import Settings
from shared.observability import metrics

logger = structlog.get_logger(__name__)


class OutboxRelay:
    """Publishes the outputs of records and marks the records."""

    def __init__(
        self, worker: str, bus: Bus, store: Store, settings: Settings, crash: CrashPoints
    ) -> None:
        self._worker, self._bus, self._store = worker, bus, store
        self._settings, self._crash, self._service = settings, crash, crash.service
        self._sending: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(settings.dispatches_max)
        self._blocked = False

    async def send(self, records: Sequence[MessageRecord]) -> None:
        """Publish in the background, at most `dispatches_max` batches at a time.

        While the broker takes nothing, everything is left to the relay: consuming goes on.
        """
        waiting = [record for record in records if record.outputs]
        if not waiting or self._blocked:
            return
        await self._room.acquire()
        task = asyncio.create_task(self._send_and_release(waiting))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def drain(self) -> None:
        """Wait for what is being published, within the grace period."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=self._settings.drain_s)

    async def relay(self) -> None:
        """Publish again and again what a crash or an outage left behind."""
        while True:
            await asyncio.sleep(self._settings.relay_every_s)
            try:
                while await self._relay_once():
                    pass
            except (StoreError, BrokerUnavailableError) as fault:
                logger.warning("relay_waits", service=self._service, error=str(fault)[:200])

    async def _relay_once(self) -> bool:
        """Send one leased lot; True when there may be more and the broker takes messages."""
        settings, token = self._settings, f"{self._worker}:{uuid4()}"
        records = await self._store.lease_unpublished(
            most=settings.relay_most,
            grace=timedelta(seconds=settings.relay_grace_s),
            lease=timedelta(seconds=settings.relay_lease_s),
            token=token,
        )
        if not records:
            return False
        self._crash("leased")
        logger.info("relayed", service=self._service, records=len(records))
        sent = await self._publish(records, token)
        return sent and len(records) == settings.relay_most

    async def _send_and_release(self, records: Sequence[MessageRecord]) -> None:
        try:
            await self._publish(records)
        except (StoreUnavailableError, BrokerUnavailableError) as fault:
            self._set_blocked(blocked=isinstance(fault, BrokerUnavailableError))
            logger.warning("left_to_relay", service=self._service, error=str(fault)[:200])
        finally:
            self._room.release()

    async def _publish(self, records: Sequence[MessageRecord], token: str | None = None) -> bool:
        """Publish records and mark those that the broker took whole; True when all were."""
        outputs = [output for record in records for output in record.outputs]
        publishing = asyncio.ensure_future(self._bus.publish(outputs))
        await asyncio.sleep(0)
        self._crash("publishing")
        taken = iter(await publishing)
        whole = [(record, [next(taken) for _ in record.outputs]) for record in records]
        sent = [record for record, outcomes in whole if all(outcomes)]
        self._crash("published")
        self._set_blocked(blocked=len(sent) < len(records))
        metrics.published(self._service, len(outputs), failed=self._blocked)
        await self._store.mark_published([record.key for record in sent], token)
        self._crash("marked")
        return not self._blocked

    def _set_blocked(self, *, blocked: bool) -> None:
        if blocked != self._blocked:
            tell = logger.warning if blocked else logger.info
            tell("publishing_blocked" if blocked else "publishing_again", service=self._service)
        self._blocked = blocked

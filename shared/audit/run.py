"""One audit: reads everything in scope from a snapshot, in a stream, and applies every check."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.audit import delivery_reconciliation, export_batches
from shared.audit.export_batches import BatchAudit
from shared.audit.records import parse_record
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.kernel.settings import Settings
from shared.mongodb.snapshot import Snapshot, StoredBatch, open_snapshot

Scanners = Mapping[str, Callable[[AuditState], ServiceScanner]]
"""What builds the scanner of each service, by its name."""
QueueLengths = Mapping[str, int]
"""Messages in the queue of each service; a service that is missing counts as an empty queue."""
Advance = Callable[[int], None]
"""Called with the number of documents read since the last call."""


@asynccontextmanager
async def open_audit(
    settings: Settings, scope: Scope, scanners: Scanners
) -> AsyncIterator["Audit"]:
    """Open an audit of all services at the moment of its first query.

    Raises:
        StoreError: when the database does not answer.
    """
    async with open_snapshot(settings) as snapshot:
        yield Audit(snapshot, scope, scanners)


@dataclass(frozen=True, slots=True)
class Audit:
    """Reads a snapshot. Every method may raise StoreError and SnapshotExpiredError."""

    snapshot: Snapshot
    scope: Scope
    scanners: Scanners

    async def count(self) -> int:
        """Count the records and states in scope."""
        state = AuditState(self.scope, datetime.min)  # noqa: DTZ901 - nothing is checked here
        total = 0
        for service in self.scope.services:
            scanner = self.scanners[service](state)
            total += await self.snapshot.count(service, "inbox", self._record_filter())
            for model, _ in scanner.read_orders:
                where = scanner.filter_of(model)
                total += await self.snapshot.count(service, model.collection, where)
        return total

    async def run(self, now: datetime, queues: QueueLengths, advance: Advance) -> AuditState:
        """Apply every check as of `now`; return the results and the events in transit."""
        state = AuditState(self.scope, now)
        for service in self.scope.services:
            await self._scan(self.scanners[service](state), state, queues, advance)
        if "accounting" in self.scope.services:
            await self._check_batches(state)
        deliveries, results = state.deliveries, state.results
        results.add(delivery_reconciliation.PUBLISHED, deliveries.never_published(), 0)
        results.add(delivery_reconciliation.HANDLED, deliveries.never_handled(), 0)
        return state

    async def _scan(
        self, scanner: ServiceScanner, state: AuditState, queues: QueueLengths, advance: Advance
    ) -> None:
        service = scanner.service
        async for stored in self.snapshot.records(service, self._record_filter()):
            scanner.scan_record(parse_record(service, stored, state.now))
            advance(1)
        if service == self.scope.services[-1]:
            await self._exclude_in_transit(state, queues)
        for model, order in scanner.read_orders:
            where = scanner.filter_of(model)
            async for document in self.snapshot.states(service, model, where, order):
                scanner.scan_stored(document)
                advance(1)
        scanner.finish()

    def _record_filter(self) -> dict[str, Any]:
        """Select the records of the Caf, and those of no Caf such as a bareme."""
        return {"caf": {"$in": [self.scope.caf, None]}} if self.scope.caf else {}

    async def _check_batches(self, state: AuditState) -> None:
        """Check each export batch against the one before it in its series."""
        previous: StoredBatch | None = None
        last_read: dict[str, int] = {}
        async for batch in self.snapshot.batches():
            last_read[batch.series] = batch.number
            before = previous if previous and previous.series == batch.series else None
            previous = batch
            audit = BatchAudit(batch, before, state.closing_heads, state.entry_keys)
            if audit.in_scope(self.scope.caf, self.scope.exercise):
                state.results.evaluate(export_batches.CHECKS, audit)
        registered = await self.snapshot.last_batches()
        missing = export_batches.missing_batches(
            registered, last_read, (self.scope.caf, self.scope.exercise)
        )
        state.results.add(export_batches.SEQUENCE, missing, 0)

    async def _exclude_in_transit(self, state: AuditState, queues: QueueLengths) -> None:
        """Exclude events in transit from those never handled, once all records were read.

        In transit are events not published yet, those that may be in a queue or in processing, and
        those handled after the snapshot.
        """
        for service in self.scope.services:
            unhandled = state.deliveries.unhandled(service)
            arrived = await self.snapshot.arrived_since(service, unhandled) if unhandled else set()
            queued = queues.get(service, 0) > 0
            in_transit = {
                event_id
                for event_id, side in unhandled.items()
                if side.recent or queued or event_id in arrived
            }
            state.dossiers_in_transit |= {unhandled[event_id].subject for event_id in in_transit}
            state.in_transit += len(in_transit)
            state.deliveries.exclude(service, in_transit)

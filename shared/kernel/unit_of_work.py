"""Group commit: many messages, one transaction, each decided after the one before.

Inbox, states and outbox commit together. A crash leaves either nothing, or records whose
events the relay publishes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import structlog

from shared.kernel.decide import run_decision
from shared.kernel.decision import Service, StateRef, States
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import TOO_LARGE, InboundMessage, id_reuse
from shared.kernel.outbox import EventFactory, as_poison_message, rejection_messages
from shared.kernel.ports import MessageRecord, OutgoingMessage, Store, StoreError, Transaction
from shared.kernel.receipts import Provenance, build_receipt
from shared.kernel.recorded_parameters import RecordingParameters
from shared.kernel.session import NeedsOwnUnitError, Session

logger = structlog.get_logger(__name__)


class UnitOfWork:
    """Commits items for one service. `worker` names this process in fences and leases."""

    def __init__(
        self,
        service: Service,
        store: Store,
        worker: str,
        clock: Callable[[], datetime],
        crash: CrashPoints,
    ) -> None:
        self.service, self.store, self.worker = service, store, worker
        self.clock, self.crash = clock, crash
        self._watched = RecordingParameters(service.parameters)
        self._office = Provenance(service.name, version("clas"), self._watched.digest)

    async def commit(self, items: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Decide the items in order and commit; return the records of those that were new.

        Raises:
            Conflict: another unit of work was faster; nothing was written.
            Refused: the store refuses this content for good; nothing was written.
            StoreAway: no answer, or an unknown one; asking again is safe.
            NeedsOwnUnit: an item reads a page and must be committed alone.
        """
        async with self.store.transaction() as transaction:
            fresh = await self._fresh(transaction, items)
            self.crash("begun")
            desk = Session(transaction)
            await desk.load(ref for item in fresh for ref in self._first_reads(item))
            records = [await self._handle(desk, item) for item in fresh]
            if records:
                await transaction.write(desk.changes(), records, desk.shared_access(self.worker))
            self.crash("written")
        return records

    async def _fresh(
        self, transaction: Transaction, items: Sequence[InboundMessage]
    ) -> list[InboundMessage]:
        """Drop what was handled before; an id that came with other bytes is a fault."""
        seen = await transaction.already_handled([item.key for item in items])
        reused = [id_reuse(i) if seen.get(i.key, i.sha256) != i.sha256 else i for i in items]
        fresh: dict[Any, InboundMessage] = {}
        for item in reused:
            earlier = fresh.get(item.key)
            if earlier and earlier.sha256 != item.sha256:
                item = id_reuse(item)  # noqa: PLW2901 - the item becomes its own fault
            fresh.setdefault(item.key, item)
        faults = await transaction.already_handled([k for k, item in fresh.items() if item.fault])
        return [item for key, item in fresh.items() if key not in seen and key not in faults]

    def _first_reads(self, item: InboundMessage) -> Iterator[StateRef[Any]]:
        """Name what an item touches first; a fault in its reads shows when it is decided."""
        if item.event is None:
            return
        try:
            wanted = list(self._handler(item).required_states(item.message, States({})))
        except Exception:  # noqa: BLE001 - the same fault comes again, alone, in `_handle`
            return
        yield from (ref for ref in wanted if isinstance(ref, StateRef))

    async def _handle(self, desk: Session, item: InboundMessage) -> MessageRecord:
        if item.fault:
            return self._refused(item)
        try:
            return await self._decided(desk, item)
        except (StoreError, NeedsOwnUnitError):
            raise
        except Exception as fault:
            logger.exception("poison", service=self.service.name, event_id=item.key.id)
            return self._refused(as_poison_message(item, fault))

    async def _decided(self, desk: Session, item: InboundMessage) -> MessageRecord:
        handler, voice = self._handler(item), self._event_factory()
        basis = await desk.inputs(handler, item.message)
        judged = run_decision(voice, item, handler, basis, self._watched)
        receipt = build_receipt(self._office, item, basis, judged)
        desk.apply(judged.after)
        record = self._record(item, "decided", voice.now, judged.outputs)
        return replace(record, receipt=receipt)

    def _refused(self, item: InboundMessage) -> MessageRecord:
        assert item.fault is not None
        voice = self._event_factory()
        outputs = rejection_messages(voice, item, body_stored=not _too_large(item))
        outcome = "poison" if item.fault.reason == "poison" else "refused"
        record = self._record(item, outcome, voice.now, outputs)
        return replace(record, reason=item.fault.reason)

    def _record(
        self, item: InboundMessage, outcome: str, at: datetime, outputs: tuple[OutgoingMessage, ...]
    ) -> MessageRecord:
        delivery, told = item.delivery, item.event.data if item.event else item.fault
        named = item.event.type if item.event else getattr(item.fault, "event_type", None)
        subjects = {getattr(told, "dossier_id", None), *(output.subject for output in outputs)}
        return MessageRecord(
            key=item.key,
            sha256=item.sha256,
            size=len(delivery.body),
            body=None if _too_large(item) else delivery.body,
            routing_key=delivery.routing_key,
            handled_at=at,
            outcome=outcome,
            type=named,
            caf=getattr(told, "caf", None),
            dossier_ids=tuple(sorted(subject for subject in subjects if subject)),
            outputs=outputs,
        )

    def _handler(self, item: InboundMessage) -> Any:
        return self.service.by_event[item.spec.model]

    def _event_factory(self) -> EventFactory:
        """Speak at an instant of whole milliseconds: the store keeps no finer ones."""
        now = self.clock()
        return EventFactory(
            self.service.name, now.replace(microsecond=now.microsecond // 1000 * 1000)
        )


def _too_large(item: InboundMessage) -> bool:
    return item.fault is not None and item.fault.reason == TOO_LARGE

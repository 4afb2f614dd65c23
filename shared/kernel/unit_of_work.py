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
from shared.kernel.decision import Handler, Service, StateRef, States
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import TOO_LARGE, InboundMessage, id_reuse
from shared.kernel.outbox import EventFactory, as_poison_message, rejection_messages
from shared.kernel.ports import MessageRecord, OutgoingMessage, Store, StoreError, Transaction
from shared.kernel.position import next_position
from shared.kernel.receipts import Provenance, build_receipt
from shared.kernel.recorded_parameters import RecordingParameters
from shared.kernel.session import NeedsOwnUnitError, Session

logger = structlog.get_logger(__name__)


class UnitOfWork:
    """Commits messages for one service. `worker` names this process in read locks and leases."""

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
        self._position = 0
        self._parameters = RecordingParameters(service.parameters)
        self._provenance = Provenance(service.name, version("clas"), self._parameters.digest)

    async def commit(self, items: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Decide the messages in order and commit; return the records of those that were new.

        Raises:
            ConflictError: another unit of work was faster; nothing was written.
            ContentRejectedError: the store rejects this content for good; nothing was written.
            StoreUnavailableError: no answer, or an unknown one; trying again is safe.
            NeedsOwnUnitError: a message reads a page and must be committed alone.
        """
        async with self.store.transaction() as transaction:
            fresh = await self._fresh(transaction, items)
            self.crash("begun")
            session = Session(transaction)
            await session.load(ref for item in fresh for ref in self._first_reads(item))
            records = [await self._handle(session, item) for item in fresh]
            if records:
                access = session.shared_access(self.worker)
                await transaction.write(session.changes(), records, access)
            self.crash("written")
        return records

    async def _fresh(
        self, transaction: Transaction, items: Sequence[InboundMessage]
    ) -> list[InboundMessage]:
        """Drop what was handled before; an id that came with other bytes is a fault."""
        handled = await transaction.already_handled([item.key for item in items])
        checked = [id_reuse(i) if handled.get(i.key, i.sha256) != i.sha256 else i for i in items]
        fresh: dict[Any, InboundMessage] = {}
        for item in checked:
            earlier = fresh.get(item.key)
            if earlier and earlier.sha256 != item.sha256:
                item = id_reuse(item)  # noqa: PLW2901 - the item becomes its own fault
            fresh.setdefault(item.key, item)
        faults = await transaction.already_handled([k for k, item in fresh.items() if item.fault])
        return [item for key, item in fresh.items() if key not in handled and key not in faults]

    def _first_reads(self, item: InboundMessage) -> Iterator[StateRef[Any]]:
        """Name what a message reads first; a fault in it shows when the message is decided."""
        if item.event is None:
            return
        try:
            wanted = list(self._handler(item).required_states(item.message, States({})))
        except Exception:  # noqa: BLE001 - the same fault comes again, alone, in `_handle`
            return
        yield from (ref for ref in wanted if isinstance(ref, StateRef))

    async def _handle(self, session: Session, item: InboundMessage) -> MessageRecord:
        if item.fault:
            return self._refused(item)
        try:
            return await self._decided(session, item)
        except (StoreError, NeedsOwnUnitError):
            raise
        except Exception as fault:
            logger.exception("poison", service=self.service.name, event_id=item.key.id)
            return self._refused(as_poison_message(item, fault))

    async def _decided(self, session: Session, item: InboundMessage) -> MessageRecord:
        handler, factory = self._handler(item), self._event_factory()
        inputs = await session.inputs(handler, item.message)
        result = run_decision(factory, item, handler, inputs, self._parameters)
        receipt = build_receipt(self._provenance, item, inputs, result)
        session.apply(result.after)
        record = self._record(item, "decided", factory.now, result.outputs)
        return replace(record, receipt=receipt)

    def _refused(self, item: InboundMessage) -> MessageRecord:
        assert item.fault is not None
        factory = self._event_factory()
        outputs = rejection_messages(factory, item, body_stored=not _too_large(item))
        outcome = "poison" if item.fault.reason == "poison" else "refused"
        record = self._record(item, outcome, factory.now, outputs)
        return replace(record, reason=item.fault.reason)

    def _record(
        self, item: InboundMessage, outcome: str, at: datetime, outputs: tuple[OutgoingMessage, ...]
    ) -> MessageRecord:
        delivery, content = item.delivery, item.event.data if item.event else item.fault
        event_type = item.event.type if item.event else getattr(item.fault, "event_type", None)
        dossiers = {getattr(content, "dossier_id", None), *(output.subject for output in outputs)}
        return MessageRecord(
            key=item.key,
            sha256=item.sha256,
            size=len(delivery.body),
            body=None if _too_large(item) else delivery.body,
            routing_key=delivery.routing_key,
            handled_at=at,
            position=self._position,
            outcome=outcome,
            type=event_type,
            caf=getattr(content, "caf", None),
            dossier_ids=tuple(sorted(dossier_id for dossier_id in dossiers if dossier_id)),
            outputs=outputs,
        )

    def _handler(self, item: InboundMessage) -> Handler:
        return self.service.by_event[item.spec.model]

    def _event_factory(self) -> EventFactory:
        """Return one for an instant of whole milliseconds: the store keeps no finer ones.

        The record of this message gets the next position.
        """
        now = self.clock()
        self._position = next_position(self._position, now)
        return EventFactory(
            self.service.name, now.replace(microsecond=now.microsecond // 1000 * 1000)
        )


def _too_large(item: InboundMessage) -> bool:
    return item.fault is not None and item.fault.reason == TOO_LARGE

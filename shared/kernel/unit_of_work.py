"""Group commit: many messages, one transaction, each decided after the one before.

Inbox, states and outbox commit together. A crash leaves either nothing, or records whose
events the relay publishes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

import structlog

from shared.contracts.envelope import Envelope
from shared.kernel.clock import Clock
from shared.kernel.decision import Message, State, StateRef, States, StoredState
from shared.kernel.effective_dated import ParameterRead
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import TOO_LARGE
from shared.kernel.messages import InboundMessage, MessageRecord, OutgoingMessage, Receipt
from shared.kernel.outbox import outgoing_messages, request_of
from shared.kernel.parameters import digest, recorded
from shared.kernel.ports import Store, StoreError, Transaction
from shared.kernel.position import next_position
from shared.kernel.receipts import DecisionResult, build_receipt
from shared.kernel.rejections import (
    as_poison_message,
    id_reuse,
    is_decided_again,
    rejection_messages,
)
from shared.kernel.service import Handler, Service
from shared.kernel.session import NeedsOwnUnitError, Session

logger = structlog.get_logger(__name__)


class UnitOfWork:
    """Commits messages for one service. `worker` names this process in read locks."""

    def __init__(
        self,
        service: Service,
        store: Store,
        worker: str,
        clock: Clock,
        crash: CrashPoints,
    ) -> None:
        self.service, self.store, self.worker = service, store, worker
        self.clock, self.crash = clock, crash
        self._position = 0
        self._reads: dict[ParameterRead, None] = {}
        self._parameters = recorded(service.parameters, self._reads)
        self._program = {"program": version("clas"), "parameters": digest(service.parameters)}

    async def commit(self, items: Sequence[InboundMessage]) -> list[MessageRecord]:
        """Decide the messages in order and commit; return the records of those that were new.

        Raises:
            ConflictError: another unit of work was faster; nothing was written.
            ContentRejectedError: the store rejects this content for good; nothing was written.
            StoreUnavailableError: no answer, or an unknown one; trying again is safe.
            UnexpectedStoreError: an error that no table lists; nothing was written.
            NeedsOwnUnitError: a message reads a page and must be committed alone.
        """
        async with self.store.transaction() as transaction:
            fresh = await self._fresh(transaction, items)
            self.crash("begun")
            session = Session(transaction)
            await self._load_first_reads(session, fresh)
            records = [await self._handle(session, item) for item in fresh]
            if records:
                shared = session.read_shared_states
                await transaction.write(session.written, records, self.worker, read_shared=shared)
            self.crash("written")
        return records

    async def _fresh(
        self, transaction: Transaction, items: Sequence[InboundMessage]
    ) -> list[InboundMessage]:
        """Drop what was handled before; an id that came with other bytes is a fault."""
        handled = await transaction.already_handled([item.key for item in items])
        checked = [
            await _unless_decided_again(transaction, item)
            if handled.get(item.key, item.sha256) != item.sha256
            else item
            for item in items
        ]
        fresh: dict[Any, InboundMessage] = {}
        for item in checked:
            earlier = fresh.get(item.key)
            if (
                earlier
                and earlier.sha256 != item.sha256
                and not is_decided_again(earlier.delivery.body, item)
            ):
                item = id_reuse(item)  # noqa: PLW2901 - the item becomes its own fault
            fresh.setdefault(item.key, item)
        # A fault is known by the hash of its body, a key that was not looked up yet.
        faults = await transaction.already_handled([k for k, item in fresh.items() if item.fault])
        return [item for key, item in fresh.items() if key not in handled and key not in faults]

    async def _load_first_reads(self, session: Session, items: Sequence[InboundMessage]) -> None:
        """Load together what the messages read first.

        A state that cannot be read refuses only the messages that need it: it is read again for
        each in `_handle`.
        """
        try:
            await session.load(ref for item in items for ref in self._first_reads(item))
        except ValueError:
            logger.exception("unreadable_state", service=self.service.name)

    def _first_reads(self, item: InboundMessage) -> Iterator[StateRef[Any]]:
        """Name what a message reads first; a fault in it shows when the message is decided."""
        if item.event is None:
            return
        try:
            wanted = list(
                self._handler(item.event).required_states(message_of(item.event), States({}))
            )
        except Exception:  # noqa: BLE001 - the same fault comes again, alone, in `_handle`
            return
        yield from (ref for ref in wanted if isinstance(ref, StateRef))

    async def _handle(self, session: Session, item: InboundMessage) -> MessageRecord:
        if item.event is None:
            return self._refused(item)
        try:
            return await self._decided(session, item, item.event)
        except (StoreError, NeedsOwnUnitError):
            raise
        except Exception as fault:
            logger.exception("poison", service=self.service.name, event_id=item.key.id)
            return self._refused(as_poison_message(item, fault))

    async def _decided(
        self, session: Session, item: InboundMessage, event: Envelope
    ) -> MessageRecord:
        now = self._now()
        inputs = await session.inputs(self._handler(event), message_of(event))
        result = run_decision(
            self.service, now, event, inputs, parameters=self._parameters, reads=self._reads
        )
        receipt = build_receipt(self.service.name, self._program, item, inputs, result)
        session.apply(result.written)
        return self._record(item, "decided", now, result.outputs, receipt=receipt)

    def _refused(self, item: InboundMessage) -> MessageRecord:
        assert item.fault is not None
        now = self._now()
        stored = not _too_large(item)
        outputs = rejection_messages(self.service.name, now, item, body_stored=stored)
        outcome = "poison" if item.fault.reason == "poison" else "refused"
        return self._record(item, outcome, now, outputs)

    def _record(
        self,
        item: InboundMessage,
        outcome: str,
        at: datetime,
        outputs: tuple[OutgoingMessage, ...],
        *,
        receipt: Receipt | None = None,
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
            reason=item.fault.reason if item.fault else None,
            receipt=receipt,
        )

    def _handler(self, event: Envelope) -> Handler:
        return self.service.by_event[type(event.data)]

    def _now(self) -> datetime:
        """Return an instant of whole milliseconds: the store keeps no finer ones.

        The record of this message gets the next position.
        """
        now = self.clock.now()
        self._position = next_position(self._position, now)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


async def _unless_decided_again(transaction: Transaction, item: InboundMessage) -> InboundMessage:
    """Return the message as a fault, unless its service only decided the same again.

    A service whose store was restored publishes the same events under their ids once more, with
    another time: a duplicate. Any other second body under one id is `id_reuse`.
    """
    record = await transaction.record(item.key)
    return item if record and is_decided_again(record.body, item) else id_reuse(item)


def message_of(event: Envelope) -> Message[Any]:
    """Return an event as a decision sees it."""
    return Message(event.id, event.type, event.time, request_of(event), event.data)


def run_decision(  # noqa: PLR0913 - all that a decision depends on
    service: Service,
    now: datetime,
    event: Envelope,
    inputs: States,
    *,
    parameters: Any,
    reads: dict[ParameterRead, None],
) -> DecisionResult:
    """Decide on an event from its inputs alone; replay decides in the same way.

    `reads` is where `parameters` record what is read of them.
    """
    reads.clear()
    decision = service.by_event[type(event.data)].decide(message_of(event), inputs, parameters)
    versions = {ref: stored.version for ref, stored in inputs.stored.items()}
    written = []
    for state in decision.states:
        ref = StateRef(type(state), state.key)
        before = inputs.stored.get(ref, NOT_LOADED)
        versions[ref] = before.version + 1
        written.append(StoredState.of(state, versions[ref], before.replaces))
    outputs = outgoing_messages(service.name, now, event, decision, versions)
    return DecisionResult(decision, tuple(written), outputs, tuple(reads))


NOT_LOADED: StoredState[Any] = StoredState(State, "")
"""A new state with a derived id, which its handler did not require."""


def _too_large(item: InboundMessage) -> bool:
    return item.fault is not None and item.fault.reason == TOO_LARGE

"""The decisions about one dossier, read from the archive with their receipts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.cli.services import SERVICES_BY_NAME
from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode
from shared.contracts.registry import BY_TYPE
from shared.kernel.decide import DecisionInputs, run_decision
from shared.kernel.decision import OutgoingEvent, State
from shared.kernel.inbound import InboundMessage
from shared.kernel.outbox import EventFactory
from shared.kernel.ports import IncomingMessage, MessageRecord, Receipt
from shared.kernel.receipts import inputs_from_receipt, sha256
from shared.kernel.recorded_parameters import RecordingParameters
from shared.kernel.rules import Step

INTERNAL = ("ClosingContinued", "BaremeReleaseContinued", "EnvelopeReleaseContinued")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision: the message, its receipt, and what it said about the dossier.

    `alone`: it was about this dossier only, so every step of it is the dossier's.
    """

    service: str
    record: MessageRecord
    event: Envelope
    receipt: Receipt
    stored: Document
    events: tuple[WireModel, ...]
    alone: bool

    @property
    def name(self) -> str:
        """The name of the event decided on."""
        return BY_TYPE[self.event.type].name

    @property
    def at(self) -> datetime:
        """When the system decided."""
        return self.record.handled_at

    @property
    def intact(self) -> bool:
        """Whether the receipt is as it was drawn up."""
        return sha256(self.receipt.content) == self.receipt.hash

    @property
    def steps(self) -> tuple[Step, ...]:
        """Each rule's outcome, in order; of a decision about many dossiers, none."""
        steps = self.stored["steps"] if self.alone else ()
        return tuple(Step.model_validate(each) for each in steps)

    @property
    def values(self) -> Mapping[str, Any]:
        """The parameter values read, by name."""
        return {each["name"]: each["value"] for each in self.stored["read"] if each["value"]}

    @property
    def basis(self) -> DecisionInputs:
        """What the decision stood on."""
        return inputs_from_receipt(self.stored, SERVICES_BY_NAME[self.service])

    def found(self, model: type[State]) -> Any:
        """Return the first state of a class that it stood on, or None."""
        states = (each.state for ref, each in self.basis.states.items() if ref.model is model)
        return next((state for state in states if state is not None), None)

    def rerun(self, data: WireModel, basis: DecisionInputs) -> tuple[WireModel, ...]:
        """Return what the production decision would say to other data, on another basis."""
        service, record = SERVICES_BY_NAME[self.service], self.record
        event = self.event.with_changes(data=data)
        delivery = IncomingMessage(body=record.body or b"", routing_key=record.routing_key)
        item = InboundMessage(delivery, record.key, record.sha256, event=event)
        handler, watched = service.by_event[type(data)], RecordingParameters(service.parameters)
        judged = run_decision(
            EventFactory(service.name, record.handled_at), item, handler, basis, watched
        )
        events = judged.decision.events
        return tuple(each.data if isinstance(each, OutgoingEvent) else each for each in events)


def decisions(
    dossier_id: str, records: Mapping[str, Sequence[MessageRecord]]
) -> list[StoredDecision]:
    """Return the decisions that said something, or weighed something, in the order of time."""
    found = (
        decided
        for service, kept in records.items()
        for record in kept
        if (decided := _decided(dossier_id, service, record))
    )
    return sorted(found, key=_at)


def _decided(dossier_id: str, service: str, record: MessageRecord) -> StoredDecision | None:
    if record.outcome != "decided" or record.receipt is None or record.body is None:
        return None
    event = decode(record.body)
    alone = getattr(event.data, "dossier_id", None) == dossier_id
    subjects = {dossier_id, None} if alone else {dossier_id}
    said = tuple(decode(each.body).data for each in record.outputs if each.subject in subjects)
    kept = orjson.loads(record.receipt.content)
    if not said and not (alone and kept["steps"]):
        return None
    told = tuple(each for each in said if type(each).__name__ not in INTERNAL)
    return StoredDecision(service, record, event, record.receipt, kept, told, alone)


def _at(decided: StoredDecision) -> datetime:
    return decided.at


def events_of(found: Iterable[StoredDecision]) -> list[WireModel]:
    """Return all that was said, in the order of time."""
    return [each for decided in found for each in decided.events]

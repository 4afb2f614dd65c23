"""The decisions about one dossier, read from the archive with their receipts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.cli.services import BY_NAME
from shared.contracts.base import Wire
from shared.contracts.envelope import Envelope, decode
from shared.contracts.registry import BY_TYPE
from shared.kernel.decide import Basis, judge
from shared.kernel.decision import Emit, State
from shared.kernel.inbound import Item
from shared.kernel.outbox import Voice
from shared.kernel.ports import Delivery, Receipt, Record
from shared.kernel.receipts import basis_of, sha256
from shared.kernel.recorded_parameters import Watched
from shared.kernel.rules import Step

INTERNAL = ("ClosingContinued", "BaremeReleaseContinued", "EnvelopeReleaseContinued")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: the message, its receipt, and what it said about the dossier.

    `alone`: it was about this dossier only, so every step of it is the dossier's.
    """

    service: str
    record: Record
    event: Envelope
    receipt: Receipt
    kept: Document
    said: tuple[Wire, ...]
    alone: bool

    @property
    def name(self) -> str:
        """The name of the event decided on."""
        return BY_TYPE[self.event.type].name

    @property
    def at(self) -> datetime:
        """When the system decided."""
        return self.record.at

    @property
    def intact(self) -> bool:
        """Whether the receipt is as it was drawn up."""
        return sha256(self.receipt.content) == self.receipt.hash

    @property
    def steps(self) -> tuple[Step, ...]:
        """Each rule's outcome, in order; of a decision about many dossiers, none."""
        steps = self.kept["steps"] if self.alone else ()
        return tuple(Step.model_validate(each) for each in steps)

    @property
    def values(self) -> Mapping[str, Any]:
        """The parameter values read, by name."""
        return {each["name"]: each["value"] for each in self.kept["read"] if each["value"]}

    @property
    def basis(self) -> Basis:
        """What the decision stood on."""
        return basis_of(self.kept, BY_NAME[self.service])

    def found(self, model: type[State]) -> Any:
        """Return the first state of a class that it stood on, or None."""
        states = (each.state for ref, each in self.basis.states.items() if ref.model is model)
        return next((state for state in states if state is not None), None)

    def again(self, data: Wire, basis: Basis) -> tuple[Wire, ...]:
        """Return what the production decision would say to other data, on another basis."""
        service, record = BY_NAME[self.service], self.record
        event = self.event.but(data=data)
        delivery = Delivery(body=record.body or b"", routing_key=record.routing_key)
        item = Item(delivery, record.key, record.sha256, event=event)
        handler, watched = service.by_event[type(data)], Watched(service.parameters)
        judged = judge(Voice(service.name, record.at), item, handler, basis, watched)
        events = judged.decision.events
        return tuple(each.data if isinstance(each, Emit) else each for each in events)


def decisions(dossier_id: str, records: Mapping[str, Sequence[Record]]) -> list[Decided]:
    """Return the decisions that said something, or weighed something, in the order of time."""
    found = (
        decided
        for service, kept in records.items()
        for record in kept
        if (decided := _decided(dossier_id, service, record))
    )
    return sorted(found, key=_at)


def _decided(dossier_id: str, service: str, record: Record) -> Decided | None:
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
    return Decided(service, record, event, record.receipt, kept, told, alone)


def _at(decided: Decided) -> datetime:
    return decided.at


def said_of(found: Iterable[Decided]) -> list[Wire]:
    """Return all that was said, in the order of time."""
    return [each for decided in found for each in decided.said]

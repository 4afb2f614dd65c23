"""A decision opened from its record and receipt, ready to be read and to be run again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode
from shared.contracts.legal_dates import Fact, legal_dates
from shared.contracts.registry import BY_TYPE, EVENTS
from shared.counterfactual.findings import findings_of
from shared.counterfactual.rerun import Rerun
from shared.counterfactual.search import Goal, Trial
from shared.kernel.decision import Finding, State
from shared.kernel.messages import MessageRecord, Receipt
from shared.kernel.receipts import Document, sha256
from shared.kernel.rules import breaches
from shared.kernel.service import Service

INTERNAL = frozenset(spec.name for spec in EVENTS if spec.internal)
"""Events by which a service continues its own work: they say nothing about a dossier."""


@dataclass(frozen=True)
class StoredDecision:
    """A decision as its service stored it, seen from one dossier.

    `document` is the content of the receipt; `events` are those about the dossier.
    `exclusive`: the decision was about this dossier only, so all its findings are.
    `events_before` are those of the earlier decisions. `day` counts for the message, that of its
    cause where it states none. What is read from the receipt is read once.
    """

    service: Service
    record: MessageRecord
    event: Envelope
    receipt: Receipt
    document: Document
    events: tuple[WireModel, ...]
    exclusive: bool
    events_before: tuple[WireModel, ...] = ()
    day: date | None = None

    @property
    def name(self) -> str:
        """The name of the event decided on."""
        return BY_TYPE[self.event.type].name

    @property
    def at(self) -> datetime:
        """When the service decided."""
        return self.record.handled_at

    @property
    def intact(self) -> bool:
        """Whether the receipt still matches its hash."""
        return sha256(self.receipt.content) == self.receipt.hash

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the rules, in order; none for a decision about many dossiers."""
        return findings_of(self.document["steps"], self.events) if self.exclusive else ()

    @cached_property
    def violated_rules(self) -> frozenset[str]:
        """The ids of the violated rules."""
        return frozenset(finding.rule for finding in breaches(self.findings))

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The parameter values read, by name."""
        return {read["name"]: read["value"] for read in self.document["read"] if read["value"]}

    @cached_property
    def _rerun(self) -> Rerun:
        return Rerun.of(self.service, self.event, self.document)

    @property
    def trial(self) -> Trial:
        """The message and the states as they were."""
        return Trial(self.event.data, self._rerun.states)

    def first_state(self, model: type[State]) -> Any:
        """Return the first state of a class that the decision read, or None."""
        states = (state for ref, state in self._rerun.states.items() if ref.model is model)
        return next((state for state in states if state is not None), None)

    def rerun(self, trial: Trial) -> tuple[WireModel, ...]:
        """Return the events that the production decision gives for a trial."""
        return self._rerun.events(trial)

    def answered_without(self, refusals: tuple[type[WireModel], ...]) -> Goal:
        """Return the goal that the decision gives events, none of them a refusal."""

        def goal(trial: Trial) -> bool:
            events = self.rerun(trial)
            return bool(events) and not any(isinstance(event, refusals) for event in events)

        return goal


def stored_decisions(
    dossier_id: str,
    records: Mapping[str, Sequence[MessageRecord]],
    services: Mapping[str, Service],
) -> list[StoredDecision]:
    """Return the decisions that gave events or evaluated rules about a dossier, oldest first.

    `records` and `services` are by the name of the service.
    """
    decisions = (
        decision
        for name, of_service in records.items()
        for record in of_service
        if (decision := _stored_decision(dossier_id, services[name], record))
    )
    return list(_in_their_story(sorted(decisions, key=_at)))


def _in_their_story(decisions: Sequence[StoredDecision]) -> Iterator[StoredDecision]:
    """Yield decisions in order, with the events before each and the day of its message."""
    messages = [decision.event for decision in decisions]
    days = legal_dates(Fact(each.id, each.causationid, each.data) for each in messages)
    events: tuple[WireModel, ...] = ()
    for decision in decisions:
        yield replace(decision, events_before=events, day=days.get(decision.event.id))
        events += decision.events


def _stored_decision(
    dossier_id: str, service: Service, record: MessageRecord
) -> StoredDecision | None:
    if record.outcome != "decided" or record.receipt is None or record.body is None:
        return None
    event = decode(record.body)
    exclusive = getattr(event.data, "dossier_id", None) == dossier_id
    subjects = {dossier_id, None} if exclusive else {dossier_id}
    events = [decode(o.body).data for o in record.outputs if o.subject in subjects]
    document = orjson.loads(record.receipt.content)
    if not events and not (exclusive and document["steps"]):
        return None
    public = tuple(data for data in events if type(data).__name__ not in INTERNAL)
    return StoredDecision(service, record, event, record.receipt, document, public, exclusive)


def _at(decision: StoredDecision) -> datetime:
    return decision.at


def events_of(decisions: Iterable[StoredDecision]) -> list[WireModel]:
    """Return the events of all decisions, in their order."""
    return [event for decision in decisions for event in decision.events]

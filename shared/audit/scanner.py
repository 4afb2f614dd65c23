"""The scanner of one service: checks its records, its states and its events to other services."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.audit import (
    delivery_reconciliation,
    filing,
    integrity,
    replayed_decisions,
    state_history,
)
from shared.audit.delivery_reconciliation import DeliveryReconciliation
from shared.audit.findings import CheckRule, Results, Violation
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.audit.replayed_decisions import DecisionReplay
from shared.audit.state_history import StateHistory
from shared.audit.states import dossier_of
from shared.contracts.registry import SERVICES
from shared.kernel.decision import State, StoredState
from shared.kernel.service import Service

AGREMENT_EVENTS = {"AgrementGranted", "AgrementRegistered"}
WELL_FORMED: CheckRule[Any] = CheckRule(
    "état qui a la forme de son modèle",
    "états qui ont la forme de leur modèle",
    "modèles des états",
    "every state",
    state_history.RESTORE,
)
CHECKS: tuple[CheckRule[Any], ...] = (
    integrity.READABLE,
    *integrity.CHECKS,
    filing.INDEXED_FIELDS,
    replayed_decisions.REPLAYED,
    *state_history.CHECKS,
    WELL_FORMED,
    *delivery_reconciliation.CHECKS,
)
"""The checks of every service."""
ReadOrder = tuple[type[State], tuple[str, ...]]
"""A model of states, and the indexed fields that its collection is ordered by."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of an audit: everything, or one Caf, one service, the books of one exercise."""

    caf: str | None = None
    exercise: int | None = None
    service: str | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """The services to read, in the order of a dossier's life."""
        if self.exercise is not None:
            return ("accounting",)
        return (self.service,) if self.service else SERVICES

    @property
    def compares_services(self) -> bool:
        """Whether services are compared with each other."""
        return len(self.services) > 1


@dataclass(slots=True)
class AuditState:
    """The results so far, and the data that the scanner of one service passes to the next.

    `now` is the moment of the audit; `with_agrement` are the dossiers with a published agrement,
    `granted` the keys of the rights with a published grant; `in_transit` counts events in transit,
    of `dossiers_in_transit`; `of_other_releases` decisions that only this release would take
    otherwise; `closing_heads` are the chain heads that closings published, by Caf
    and exercise; `entry_keys` those under which exports list the entries.
    """

    scope: Scope
    now: datetime
    results: Results = field(default_factory=Results)
    with_agrement: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)
    dossiers_in_transit: set[str] = field(default_factory=set)
    closing_heads: dict[tuple[str, int], str] = field(default_factory=dict)
    entry_keys: set[str] = field(default_factory=set)
    in_transit: int = 0
    of_other_releases: int = 0
    deliveries: DeliveryReconciliation = field(init=False)

    def __post_init__(self) -> None:
        """Reconcile the services that are read, where there are several."""
        scope = self.scope
        services = frozenset(scope.services) if scope.compares_services else frozenset[str]()
        self.deliveries = DeliveryReconciliation(services, scope.caf)


class ServiceScanner:
    """Checks one service: every record, then every state, then what only the end shows.

    `checks` is the table of its checks; a service adds its own to those of every service.
    `parsed_models` are those whose states are parsed, beyond comparing their digest.
    """

    checks: tuple[CheckRule[Any], ...] = CHECKS
    parsed_models: frozenset[type[State]] = frozenset()

    def __init__(self, service: Service, audit: AuditState) -> None:
        self.service, self.audit, self.results = service.name, audit, audit.results
        self.models = service.states
        self._history = StateHistory(service.name, audit.scope.caf)
        self._replay = DecisionReplay(service)
        self._poison: dict[str, Violation] = {}

    @property
    def read_orders(self) -> Sequence[ReadOrder]:
        """The models of states, in the order to read their collections."""
        return [(model, ()) for model in self.models]

    def filter_of(self, model: type[State]) -> dict[str, Any]:  # noqa: ARG002
        """Return the query that selects the states of a model to read."""
        return {}

    def scan_record(self, parsed: ParsedRecord) -> None:
        """Check one record."""
        self.results.evaluate((integrity.READABLE,), parsed)
        if not parsed.readable:
            return
        self.results.evaluate((*integrity.CHECKS, filing.INDEXED_FIELDS), parsed)
        self._update_poison(parsed)
        changed_inputs = self._history.add_receipt(parsed)
        self.results.add(state_history.DECISION_INPUTS, changed_inputs, int(parsed.decided))
        differing = self._replay.violations(parsed)
        self.results.add(replayed_decisions.REPLAYED, differing, int(parsed.decided))
        self._reconcile(parsed)

    def scan_event(self, parsed: ParsedRecord, event: PublishedEvent) -> None:  # noqa: ARG002
        """Check one event that the service published."""
        if event.name in AGREMENT_EVENTS and event.dossier_id:
            self.audit.with_agrement.add(event.dossier_id)

    def scan_stored(self, stored: StoredState[Any]) -> None:
        """Check one stored state."""
        if not self._history.in_scope(stored):
            return
        self.results.add(state_history.STATE_VERSIONS, self._history.missing_decisions(stored))
        self.results.add(state_history.STATE_CONTENT, self._history.difference(stored))
        if stored.model in self.parsed_models:
            state = _parsed_state(stored)
            self.results.add(WELL_FORMED, [] if state else [self._malformed(stored)])
            if state:
                self.scan_state(state, stored)

    def scan_state(self, state: State, stored: StoredState[Any]) -> None:
        """Check one state that matches its model."""

    def finish(self) -> None:
        """Check what shows only once all records and states were read."""
        self.results.add(state_history.STATE_CONTENT, self._history.deleted_states(), 0)
        self.results.add(integrity.POISON, self._poison.values(), 0)
        self.audit.of_other_releases += self._replay.of_other_releases

    def _update_poison(self, parsed: ParsedRecord) -> None:
        """Note a poison message, until it was redriven with success."""
        record = parsed.record
        if record.outcome == "poison":
            self._poison[record.sha256] = integrity.poison_violation(parsed)
        elif record.outcome == "decided":
            self._poison.pop(record.sha256, None)

    def _reconcile(self, parsed: ParsedRecord) -> None:
        """Add the message and the events of a record to the reconciliation of deliveries."""
        deliveries, results = self.audit.deliveries, self.audit.results
        published, handled = deliveries.counts
        results.add(delivery_reconciliation.PUBLISHED, deliveries.add_handled(parsed), 0)
        for event in parsed.published:
            differences = deliveries.add_published(parsed, event)
            results.add(delivery_reconciliation.HANDLED, differences, 0)
            if self.audit.scope.caf in {None, event.caf}:
                self.scan_event(parsed, event)
        published_now, handled_now = deliveries.counts
        results.add(delivery_reconciliation.HANDLED, (), published_now - published)
        results.add(delivery_reconciliation.PUBLISHED, (), handled_now - handled)

    def _malformed(self, stored: StoredState[Any]) -> Violation:
        location = f"{self.service}, {stored.model.collection}, {stored.key}"
        text = "le document n’a plus la forme d’un état"
        return Violation(dossier_of(stored), text, location)


def _parsed_state(stored: StoredState[State]) -> State | None:
    try:
        return stored.existing
    except (ValidationError, TypeError):
        return None

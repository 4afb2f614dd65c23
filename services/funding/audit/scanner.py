"""The scanner of funding: events of each right, grants, orders of advance, envelopes."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from services.funding.audit import envelopes, rights
from services.funding.audit.envelopes import EnvelopeAudit, GrantCharges
from services.funding.audit.rights import GrantAudit, OrderAudit
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import AcceptedOrder, Grant
from services.funding.service import SERVICE
from shared.audit.expected_entries import expected_entry
from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.audit.rights import EVENT_NAMES, Right
from shared.audit.scanner import AuditState, ServiceScanner
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.envelope import InvalidMessageError, decode
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import State, StoredDocument

ALLOTTED = BY_NAME[EnvelopeAllotted.__name__].type
STATE_OF_RIGHT: CheckRule[Any] = CheckRule(
    "droit annoncé dont l’état existe",
    "droits annoncés dont l’état existe",
    "FundingGranted",
    no_violations,
    rights.RESTORE,
)


class FundingScanner(ServiceScanner):
    """Checks funding; leaves its rights and the entries they require for accounting."""

    parsed_collections = frozenset(model.collection for model in (Grant, AcceptedOrder, Envelopes))

    def __init__(self, audit: AuditState) -> None:
        super().__init__(SERVICE, audit)
        self._charges: defaultdict[str, GrantCharges] = defaultdict(GrantCharges)
        self._envelopes: dict[str, Envelopes] = {}
        self._granted_before: dict[str, Decimal] = {}
        self._grants: set[str] = set()

    def scan_record(self, parsed: ParsedRecord) -> None:
        """Check one record; note the amount granted before an allotment."""
        super().scan_record(parsed)
        if parsed.readable and parsed.record.type == ALLOTTED:
            self._granted_before.update(envelopes.granted_before(parsed))

    def scan_event(self, parsed: ParsedRecord, event: PublishedEvent) -> None:
        """Check one event; apply it to its right, and derive the entry it requires."""
        super().scan_event(parsed, event)
        if event.name not in EVENT_NAMES:
            return
        try:
            data: Any = decode(event.body).data
        except InvalidMessageError:
            return  # Reported already: the event differs from its hash in the receipt.
        self.audit.rights.apply(data)
        if entry := expected_entry(data, event.id):
            self.audit.expected_entries[entry.entry_id] = entry

    def scan_state(self, state: State, document: StoredDocument) -> None:  # noqa: ARG002
        """Check one state."""
        if isinstance(state, Grant):
            self._scan_grant(state)
        elif isinstance(state, AcceptedOrder):
            audit = OrderAudit(state, self.audit.rights.get(state.grant))
            self.results.evaluate(rights.ORDERS, audit)
        elif isinstance(state, Envelopes):
            self._envelopes[state.caf] = state

    def finish(self) -> None:
        """Check the state of every right, and the envelopes of every Caf."""
        super().finish()
        for right in self.audit.rights.in_order():
            self.results.add(STATE_OF_RIGHT, self._missing_state(right))
        for caf in sorted({*self._charges, *self._envelopes}):
            stored = self._envelopes.get(caf, Envelopes(caf=caf))
            audit = EnvelopeAudit(stored, self._charges[caf], self._granted_before)
            self.results.evaluate(envelopes.CHECKS, audit)

    def _scan_grant(self, grant: Grant) -> None:
        self._grants.add(grant.key)
        self._charges[grant.agrement.caf].add(grant)
        has_agrement = grant.agrement.dossier_id in self.audit.with_agrement
        audit = GrantAudit(grant, self.audit.rights.get(grant.key), has_agrement)
        with_eligibility = self.audit.scope.compares_services
        grants, grants_alone = rights.GRANTS, rights.GRANTS_ALONE
        self.results.evaluate(grants if with_eligibility else grants_alone, audit)

    def _missing_state(self, right: Right) -> list[Violation]:
        key = f"{right.dossier_id}|{right.school_year}"
        if key in self._grants:
            return []
        text = "un droit annoncé n’a plus d’état"
        return [Violation(right.dossier_id, text, f"funding, grants, {key}")]

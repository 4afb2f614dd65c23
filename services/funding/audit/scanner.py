"""The eye on funding: what it told of each right, its own states, its envelopes."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from services.funding.audit import envelopes as of_credits
from services.funding.audit import rights_reconciliation as of_funded
from services.funding.audit.envelopes import ChargedCredits, EnvelopeAudit
from services.funding.audit.rights_reconciliation import StoredGrant, StoredOrder
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import AcceptedOrder, Grant
from services.funding.service import SERVICE
from shared.audit.expected_entries import expected
from shared.audit.findings import CheckRule, Violation, no_violations
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.audit.rights import NAMES, Right
from shared.audit.scanner import AuditState, ServiceScanner
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.envelope import InvalidMessage, decode
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import State
from shared.kernel.ports import StoredDocument

ALLOTTED = BY_NAME[EnvelopeAllotted.__name__].type
KEPT: CheckRule[Any] = CheckRule(
    "droit annoncé dont l’état existe",
    "droits annoncés dont l’état existe",
    "FundingGranted",
    no_violations,
    of_funded.RESTORE,
)


class FundingScanner(ServiceScanner):
    """Reads funding; what its events tell is left for accounting."""

    reads = frozenset(model.collection for model in (Grant, AcceptedOrder, Envelopes))

    def __init__(self, seen: AuditState) -> None:
        super().__init__(SERVICE, seen)
        self._borne: defaultdict[str, ChargedCredits] = defaultdict(ChargedCredits)
        self._envelopes: dict[str, Envelopes] = {}
        self._before: dict[str, Decimal] = {}
        self._grants: set[str] = set()

    def record(self, filed: ParsedRecord) -> None:
        """Look at one record; remember what was granted when an allotment came."""
        super().record(filed)
        if filed.readable and filed.record.type == ALLOTTED:
            self._before.update(of_credits.granted_before(filed))

    def published(self, filed: ParsedRecord, said: PublishedEvent) -> None:
        """Look at one event: what it tells of a right, and the entry that it should have."""
        super().published(filed, said)
        if said.name not in NAMES:
            return
        try:
            event: Any = decode(said.body).data
        except InvalidMessage:
            return  # The hash of the event is held against its receipt: it is told there.
        self.seen.rights.note(event)
        if entry := expected(event, said.id):
            self.seen.expected[entry.entry_id] = entry

    def remember(self, state: State, found: StoredDocument) -> None:  # noqa: ARG002
        """Look at one state."""
        if isinstance(state, Grant):
            self._grants.add(state.key)
            self._borne[state.agrement.caf].add(state)
            checks = of_funded.GRANTS if self.seen.scope.crosses else of_funded.GRANTS_ALONE
            agreed = state.agrement.dossier_id in self.seen.agreed
            self.tally.evaluate(checks, StoredGrant(state, self._told(state.key), agreed))
        elif isinstance(state, AcceptedOrder):
            self.tally.evaluate(of_funded.ORDERS, StoredOrder(state, self._told(state.grant)))
        elif isinstance(state, Envelopes):
            self._envelopes[state.caf] = state

    def end(self) -> None:
        """Look at every right told, and at the envelopes of every Caf."""
        super().end()
        for told in self.seen.rights.dossiers():
            self.tally.note(KEPT, self._lost(told))
        for caf in sorted({*self._borne, *self._envelopes}):
            kept = self._envelopes.get(caf, Envelopes(caf=caf))
            held = EnvelopeAudit(kept, self._borne[caf], self._before)
            self.tally.evaluate(of_credits.CHECKS, held)

    def _told(self, key: str) -> Right | None:
        return self.seen.rights.of(key)

    def _lost(self, told: Right) -> list[Violation]:
        key = f"{told.dossier_id}|{told.school_year}"
        if key in self._grants:
            return []
        wrong = "un droit annoncé n’a plus d’état"
        return [Violation(told.dossier_id, wrong, f"funding, grants, {key}")]

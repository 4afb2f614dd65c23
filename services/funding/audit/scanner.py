"""The scanner of funding: grants with their orders of advance, and the envelopes of each Caf."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.funding.audit import envelopes, rights
from services.funding.audit.envelopes import EnvelopeAudit, GrantCharges
from services.funding.audit.rights import GrantAudit
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import AcceptedOrder, Grant, grant_key
from services.funding.right import Right
from services.funding.rights import EVENT_NAMES, Rights
from services.funding.service import SERVICE
from shared.audit.records import ParsedRecord, PublishedEvent, data_of
from shared.audit.scanner import AuditState, ReadOrder, ServiceScanner
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.funding import FundingGranted
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import State, StoredState
from shared.kernel.money import ZERO

ALLOTTED = BY_NAME[EnvelopeAllotted.__name__].type


class FundingScanner(ServiceScanner):
    """Checks funding; tells accounting which rights were granted."""

    checks = (*ServiceScanner.checks, *rights.CHECKS, *envelopes.CHECKS)
    parsed_models = frozenset((Grant, AcceptedOrder, Envelopes))

    def __init__(self, audit: AuditState) -> None:
        super().__init__(SERVICE, audit)
        self._charges: defaultdict[str, GrantCharges] = defaultdict(GrantCharges)
        self._envelopes: dict[str, Envelopes] = {}
        self._granted_before: dict[str, Decimal] = {}
        self._rights = Rights()
        self._ordered: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)

    @property
    def read_orders(self) -> Sequence[ReadOrder]:
        """The orders of advance before the grants, then all others."""
        others = (model for model in self.models if model is not AcceptedOrder)
        return [(AcceptedOrder, ()), *((model, ()) for model in others)]

    def scan_record(self, parsed: ParsedRecord) -> None:
        """Check one record; note the amount granted before an allotment."""
        super().scan_record(parsed)
        if parsed.decided and parsed.record.type == ALLOTTED:
            self._granted_before.update(envelopes.granted_before(parsed))

    def scan_event(self, parsed: ParsedRecord, event: PublishedEvent) -> None:
        """Check one event; apply it to its right."""
        super().scan_event(parsed, event)
        if event.name in EVENT_NAMES:
            self._add_event(event)

    def scan_state(self, state: State, document: StoredState[Any]) -> None:  # noqa: ARG002
        """Check one state."""
        if isinstance(state, Grant):
            self._scan_grant(state)
        elif isinstance(state, AcceptedOrder) and state.reversed_by is None:
            self._ordered[state.grant, state.exercise] += state.amount
        elif isinstance(state, Envelopes):
            self._envelopes[state.caf] = state

    def finish(self) -> None:
        """Check the envelopes of every Caf."""
        super().finish()
        for caf in sorted({*self._charges, *self._envelopes}):
            stored = self._envelopes.get(caf, Envelopes(caf=caf))
            audit = EnvelopeAudit(stored, self._charges[caf], self._granted_before)
            self.results.evaluate(envelopes.CHECKS, audit)

    def _add_event(self, event: PublishedEvent) -> None:
        data = data_of(event.body)
        self._rights.apply(data)
        if isinstance(data, FundingGranted):
            self.audit.granted.add(grant_key(data.dossier_id, data.school_year))

    def _scan_grant(self, grant: Grant) -> None:
        self._charges[grant.agrement.caf].add(grant)
        first, second = ((grant.key, grant.start_year + offset) for offset in (0, 1))
        key = (grant.agrement.dossier_id, grant.agrement.school_year)
        audit = GrantAudit(
            grant=grant,
            right=self._rights.by_key.get(key) or Right(grant.agrement.caf, *key),
            ordered=(self._ordered.get(first, ZERO), self._ordered.get(second, ZERO)),
            has_agrement=grant.agrement.dossier_id in self.audit.with_agrement,
            with_eligibility=self.audit.scope.compares_services,
        )
        self.results.evaluate(rights.CHECKS, audit)

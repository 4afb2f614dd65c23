"""Each right in accounting: its state compared with the sums of its entries [invariants 2 to 5]."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.audit.totals import LedgerTotals
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.grants import Grant
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.kernel.money import ZERO, total

RESTORE = (
    "rétablir depuis une sauvegarde l’écriture ou l’état de ce droit qui a changé ; `clas dossier"
    " DOSSIER` dit ce qui a été décidé et comptabilisé"
)


@dataclass(frozen=True, slots=True)
class RightAudit:
    """The grant of a right in accounting, and the totals of its entries.

    `announced` are the parts of the last grant or amendment that accounting handled. `closed`:
    exercise N is closed; `closed_after`: exercise N + 1. `granted`: funding published
    its grant. `with_funding`: funding was read, and no event of the dossier is in transit.
    """

    grant: Grant
    totals: LedgerTotals
    announced: Parts | None
    closed: bool
    closed_after: bool
    granted: bool
    with_funding: bool

    @property
    def subject(self) -> str:
        """The dossier, and the Caf."""
        return f"{self.grant.dossier_id} (Caf {self.grant.caf})"

    @property
    def location(self) -> str:
        """Where the grant is stored."""
        return f"accounting, grants, {self.grant.key}"

    @property
    def advanced(self) -> Decimal:
        """The advances of the grant that were not reversed, in euros."""
        grant = self.grant
        return total(a.amount for a in grant.advances if grant.stands(a))


def _advances(audit: RightAudit) -> Iterable[Violation]:
    """Compare the advances of the grant with their entries."""
    differences = [
        amount_difference("acomptes, écritures et état", audit.advanced, audit.totals.advanced)
    ]
    return violations_of(audit.subject, audit.location, differences)


def _parts(audit: RightAudit) -> Iterable[Violation]:
    """Compare the forecast parts with those of the last grant or amendment handled."""
    if audit.grant.parts != audit.announced:
        text = "les parts prévues ne sont pas celles du dernier accord"
        yield Violation(audit.subject, text, audit.location)


def _reversals(audit: RightAudit) -> Iterable[Violation]:
    """Compare the reversals of advances with their entries."""
    reversed_amount = total(reversal.amount for reversal in audit.grant.reversals)
    booked = audit.totals.kinds["advance_reversal"]
    differences = [
        amount_difference("acomptes annulés, écritures et état", reversed_amount, booked)
    ]
    return violations_of(audit.subject, audit.location, differences)


def _year_end(audit: RightAudit) -> Iterable[Violation]:
    """Require that the closing of exercise N passed every grant whose amounts it knew.

    A page of a closing lists the grants that it read: the replay takes that list as it is.
    """
    if audit.closed and audit.grant.due and audit.grant.year_end == "ahead":
        text = f"l’exercice {audit.grant.start_year} est clos sans ses écritures de clôture"
        yield Violation(audit.subject, text, audit.location)


def _accruals(audit: RightAudit) -> Iterable[Violation]:
    """Compare the remaining accrual with its account: zero once settled [invariant 3]."""
    grant, totals = audit.grant, audit.totals
    differences = [
        amount_difference("charge à payer au 408143111", grant.accrual_left, -totals.accrued),
        amount_difference("charge à payer constatée", grant.accrued, totals.kinds["accrual"]),
    ]
    return violations_of(audit.subject, audit.location, differences)


def _commitments(audit: RightAudit) -> Iterable[Violation]:
    """Compare the remaining commitment with class 8: zero once N + 1 is closed [invariant 2]."""
    grant, totals = audit.grant, audit.totals
    reversed_amount = grant.committed - grant.commitment_left
    differences = [
        amount_difference("engagement au 8091", grant.commitment_left, totals.contra),
        amount_difference("engagement au 80182", grant.commitment_left, -totals.commitment),
        amount_difference("engagement donné", grant.committed, totals.kinds["commitment"]),
        amount_difference(
            "engagement contrepassé", reversed_amount, totals.kinds["commitment_reversal"]
        ),
    ]
    if audit.closed_after:
        differences += [
            amount_difference("engagement après la clôture de N+1", ZERO, totals.contra)
        ]
    return violations_of(audit.subject, audit.location, differences)


def _expenses(audit: RightAudit) -> Iterable[Violation]:
    """Compare the expense by origin with the amount due, or paid and accrued [invariant 4].

    Adjustments of controls are compared apart: the grant has their amounts without the origins.
    """
    grant, totals = audit.grant, audit.totals
    expected = _settled(grant) if grant.settlement else _before_settlement(grant)
    differences = [
        amount_difference(
            f"dépense d’origine {year}", expected.get(year, ZERO), totals.expense[year]
        )
        for year in sorted({*expected, *totals.expense})
    ]
    adjusted = total(adjustment.amount for adjustment in grant.adjustments)
    differences += [amount_difference("dépense des contrôles", adjusted, totals.adjusted)]
    return violations_of(audit.subject, audit.location, differences)


def _settled(grant: Grant) -> Mapping[int, Decimal]:
    """Return the settled amounts by origin."""
    settlement, start = grant.settlement, grant.start_year
    assert settlement is not None
    return {start: settlement.part_n, start + 1: settlement.part_n1 + settlement.bonus}


def _before_settlement(grant: Grant) -> Mapping[int, Decimal]:
    """Return by origin the advances not reversed, and the remaining accrual."""
    expected = defaultdict[int, Decimal](Decimal, {grant.start_year: grant.accrual_left})
    for advance in grant.advances:
        if grant.stands(advance):
            expected[advance.origin] += advance.amount
    return expected


def _granted(audit: RightAudit) -> Iterable[Violation]:
    """Reject entries of a right that was never granted [invariant 5]."""
    if any(audit.totals.kinds.values()) and not audit.granted:
        yield Violation(audit.subject, "comptabilisé sans droit accordé", audit.location)


def _with_funding(audit: RightAudit) -> bool:
    return audit.with_funding


CHECKS: tuple[CheckRule[RightAudit], ...] = (
    CheckRule(
        "droit comptabilisé après avoir été accordé",
        "droits comptabilisés après avoir été accordés",
        "invariant 5",
        "accounting.grants",
        RESTORE,
        _granted,
        _with_funding,
    ),
    CheckRule(
        "droit dont les écritures d’acompte sont les acomptes versés",
        "droits dont les écritures d’acompte sont les acomptes versés",
        "ACO",
        "accounting.grants",
        RESTORE,
        _advances,
    ),
    CheckRule(
        "droit dont les annulations d’acompte ont leurs écritures",
        "droits dont les annulations d’acompte ont leurs écritures",
        "ACO",
        "accounting.grants",
        RESTORE,
        _reversals,
    ),
    CheckRule(
        "droit dont les parts prévues sont celles du dernier accord",
        "droits dont les parts prévues sont celles du dernier accord",
        "FundingGranted, FundingAmended",
        "accounting.grants",
        RESTORE,
        _parts,
    ),
    CheckRule(
        "droit passé par la clôture de son exercice",
        "droits passés par la clôture de leur exercice",
        "clôture, CPT-06, CPT-07",
        "accounting.grants",
        RESTORE,
        _year_end,
    ),
    CheckRule(
        "droit dont la charge à payer est apurée au solde",
        "droits dont la charge à payer est apurée au solde",
        "invariant 3",
        "accounting.grants",
        RESTORE,
        _accruals,
    ),
    CheckRule(
        "droit dont l’engagement est contrepassé à la clôture suivante",
        "droits dont l’engagement est contrepassé à la clôture suivante",
        "invariant 2",
        "accounting.grants",
        RESTORE,
        _commitments,
    ),
    CheckRule(
        "droit dont la dépense est ce qui est dû, par exercice d’origine",
        "droits dont la dépense est ce qui est dû, par exercice d’origine",
        "invariant 4",
        "accounting.grants",
        RESTORE,
        _expenses,
    ),
)

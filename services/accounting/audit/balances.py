"""Each right in accounting: its grant compared with its entries and with the events of funding."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.audit.totals import LedgerTotals
from services.accounting.domain.grants import Grant
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.audit.rights import ZERO_AMOUNTS, Right
from shared.kernel.money import ZERO, total

RESTORE = (
    "rétablir depuis une sauvegarde l’écriture ou l’état de ce droit qui a changé ; `clas dossier"
    " DOSSIER` dit ce qui a été décidé et comptabilisé"
)


@dataclass(frozen=True, slots=True)
class RightAudit:
    """The grant of a right in accounting, the totals of its entries, its events of funding.

    `closed_after`: exercise N + 1 is closed. `with_funding`: funding was read, and no event of
    the dossier is in transit.
    """

    grant: Grant
    totals: LedgerTotals
    right: Right | None
    closed_after: bool
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
    """Compare the expense by origin with the amount due, or paid and accrued [invariant 4]."""
    start, grant = audit.grant.start_year, audit.grant
    expected = _settled(audit) if grant.settlement else _before_settlement(audit)
    years = sorted({start, start + 1, *audit.totals.expense})
    differences = (
        amount_difference(
            f"dépense d’origine {year}", expected.get(year, ZERO), audit.totals.expense[year]
        )
        for year in years
    )
    return violations_of(audit.subject, audit.location, differences)


def _settled(audit: RightAudit) -> dict[int, Decimal]:
    """Return the settled amounts by origin, with the adjustments of controls."""
    settlement, start = audit.grant.settlement, audit.grant.start_year
    assert settlement is not None
    first, second = audit.right.controlled if audit.right else (ZERO, ZERO)
    return {
        start: settlement.part_n + first,
        start + 1: settlement.part_n1 + settlement.bonus + second,
    }


def _before_settlement(audit: RightAudit) -> dict[int, Decimal]:
    """Return by origin the advances not reversed, the remaining accrual and the adjustments."""
    grant, expected = audit.grant, defaultdict[int, Decimal](Decimal)
    expected[grant.start_year] += grant.accrual_left
    for advance in grant.advances:
        if grant.stands(advance):
            expected[advance.origin] += advance.amount
    first, second = audit.right.controlled if audit.right else (ZERO, ZERO)
    expected[grant.start_year] += first
    expected[grant.start_year + 1] += second
    return expected


def _grant_facts(audit: RightAudit) -> Iterable[Violation]:
    """Compare the grant in accounting with the events of funding."""
    if audit.right is None:
        text = "accounting connaît ce droit, aucun événement de funding ne l’a annoncé"
        return (Violation(audit.subject, text, audit.location),)
    differences = (
        *_advances_and_controls(audit.grant, audit.right),
        *_forecast_and_settlement(audit.grant, audit.right),
    )
    return violations_of(audit.subject, audit.location, differences)


def _advances_and_controls(grant: Grant, right: Right) -> Iterator[str | None]:
    advances = {a.order_id: a.amount for a in grant.advances}
    orders = {order: amount for order, (_, amount) in right.advances.items()}
    yield from _amounts_by_id("acompte", orders, advances)
    reversals = {r.order_id: r.amount for r in grant.reversals}
    yield from _amounts_by_id("annulation de l’acompte", right.reversals, reversals)
    controls = {control: first + second for control, (first, second) in right.controls.items()}
    adjustments = {a.control_id: a.amount for a in grant.adjustments}
    yield from _amounts_by_id("contrôle", controls, adjustments)


def _forecast_and_settlement(grant: Grant, right: Right) -> Iterator[str | None]:
    if right.rank >= 0:
        forecast, parts = right.forecast, grant.parts
        yield amount_difference("part N prévue", forecast.part_n, parts.part_n if parts else ZERO)
        yield amount_difference(
            "part N+1 prévue", forecast.part_n1, parts.part_n1 if parts else ZERO
        )
    if (right.settled is None) != (grant.settlement is None):
        yield "soldé d’un côté, non soldé de l’autre"
    if grant.settlement:
        due, settlement = right.settled or ZERO_AMOUNTS, grant.settlement
        yield amount_difference("part N soldée", due.part_n, settlement.part_n)
        yield amount_difference("part N+1 soldée", due.part_n1, settlement.part_n1)
        yield amount_difference("bonus soldé", due.bonus, settlement.bonus)


def _amounts_by_id(
    label: str, published: dict[str, Decimal], stored: dict[str, Decimal]
) -> Iterator[str | None]:
    for name in sorted({*published, *stored}):
        if name not in stored:
            yield f"{label} {name} annoncé, absent de l’état"
        elif name not in published:
            yield f"{label} {name} dans l’état, jamais annoncé"
        else:
            yield amount_difference(f"{label} {name}", published[name], stored[name])


def _granted(audit: RightAudit) -> Iterable[Violation]:
    """Reject entries of a right that was never granted [invariant 5]."""
    if any(audit.totals.kinds.values()) and (audit.right is None or audit.right.rank < 0):
        yield Violation(audit.subject, "comptabilisé sans droit accordé", audit.location)


def _with_funding(audit: RightAudit) -> bool:
    return audit.with_funding


def not_stored(key: str, subject: str) -> Violation:
    """Return the violation of a right with entries or events, but without a grant in accounting."""
    text = "des écritures ou des événements portent sur ce droit, accounting n’en garde rien"
    return Violation(subject, text, f"accounting, grants, {key}")


GRANT_FACTS = CheckRule(
    "droit que la comptabilité connaît tel qu’il a été annoncé",
    "droits que la comptabilité connaît tels qu’ils ont été annoncés",
    "événements de funding",
    _grant_facts,
    RESTORE,
    _with_funding,
)
CHECKS: tuple[CheckRule[RightAudit], ...] = (
    GRANT_FACTS,
    CheckRule(
        "droit comptabilisé après avoir été accordé",
        "droits comptabilisés après avoir été accordés",
        "invariant 5",
        _granted,
        RESTORE,
        _with_funding,
    ),
    CheckRule(
        "droit dont les écritures d’acompte sont les acomptes versés",
        "droits dont les écritures d’acompte sont les acomptes versés",
        "ACO",
        _advances,
        RESTORE,
    ),
    CheckRule(
        "droit dont la charge à payer est apurée au solde",
        "droits dont la charge à payer est apurée au solde",
        "invariant 3",
        _accruals,
        RESTORE,
    ),
    CheckRule(
        "droit dont l’engagement est contrepassé à la clôture suivante",
        "droits dont l’engagement est contrepassé à la clôture suivante",
        "invariant 2",
        _commitments,
        RESTORE,
    ),
    CheckRule(
        "droit dont la dépense est ce qui est dû, par exercice d’origine",
        "droits dont la dépense est ce qui est dû, par exercice d’origine",
        "invariant 4",
        _expenses,
        RESTORE,
        _with_funding,
    ),
)

"""Grants and orders of advance in funding, compared with its events and the agrements."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.states import AcceptedOrder, Grant
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.audit.rights import Amounts, Right
from shared.french import euros

RESTORE = (
    "l’état de funding ne dit plus ce qui a été décidé : le rétablir depuis une sauvegarde ;"
    " `clas dossier DOSSIER` dit les montants décidés"
)


@dataclass(frozen=True, slots=True)
class GrantAudit:
    """A grant, and its right in the events; `has_agrement`: eligibility published one."""

    grant: Grant
    right: Right | None
    has_agrement: bool

    @property
    def location(self) -> str:
        """Where the grant is stored."""
        return f"funding, grants, {self.grant.key}"


@dataclass(frozen=True, slots=True)
class OrderAudit:
    """An accepted order of advance, and its right in the events."""

    order: AcceptedOrder
    right: Right | None


def _advances(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the advances of the grant with the published ones that were not reversed."""
    grant, right = audit.grant, audit.right
    stored = ((grant.start_year, grant.advances_n), (grant.start_year + 1, grant.advances_n1))
    differences = (
        amount_difference(
            f"acomptes de l’exercice {year}", right.advanced(year) if right else Decimal(0), amount
        )
        for year, amount in stored
    )
    return violations_of(grant.agrement.dossier_id, audit.location, differences)


def _ceilings(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the advances with the highest published ceiling [ACO-01, ACO-03].

    An amendment may lower the ceiling below what was paid before it.
    """
    right = audit.right
    if right is None:
        return ()
    pairs = zip((right.start, right.start + 1), right.ceilings, strict=True)
    differences = (
        f"acomptes de l’exercice {year} : {euros(right.advanced(year))} pour un plafond de"
        f" {euros(ceiling)}"
        for year, ceiling in pairs
        if right.advanced(year) > ceiling
    )
    return violations_of(right.dossier_id, audit.location, differences)


def _amounts(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the granted and the settled amounts with the published ones."""
    grant, right = audit.grant, audit.right
    differences: list[str | None] = []
    if grant.funding:
        funding = grant.funding
        actual = Amounts(
            funding.part_n, funding.part_n1, funding.bonus_enfants, funding.bonus_parents
        )
        differences += _part_differences("prévu", right.forecast if right else None, actual)
    if grant.settlement:
        due = grant.settlement.due
        actual = Amounts(due.part_n, due.part_n1, due.bonus_enfants, due.bonus_parents)
        differences += _part_differences(
            "dû", right.due if right and right.settled else None, actual
        )
    differences += [_status_difference(grant, right)]
    return violations_of(grant.agrement.dossier_id, audit.location, differences)


PARTS = ("part N", "part N+1", "bonus enfants", "bonus parents")


def _part_differences(label: str, expected: Amounts | None, actual: Amounts) -> list[str | None]:
    if expected is None:
        return [f"montant {label} : aucun événement ne l’a annoncé"]
    rows = zip(PARTS, expected, actual, strict=True)
    return [amount_difference(f"{part}, {label}", one, other) for part, one, other in rows]


def _status_difference(grant: Grant, right: Right | None) -> str | None:
    settled = bool(right and right.settled and not right.cancelled)
    if settled and not grant.settlement:
        return "le solde annoncé n’est plus dans l’état"
    if bool(right and right.cancelled) != (grant.status == "cancelled"):
        return f"l’état dit « {grant.status} », les événements disent autre chose"
    if bool(right and right.rank >= 0) != (grant.funding is not None):
        return "le droit accordé et les événements publiés ne concordent pas"
    return None


def _agrement(audit: GrantAudit) -> Iterable[Violation]:
    """Require an agrement for every grant [COM-05]."""
    if audit.grant.funding and not audit.has_agrement:
        text = "financé sans agrément publié par eligibility"
        yield Violation(audit.grant.agrement.dossier_id, text, audit.location)


def _order(audit: OrderAudit) -> Iterable[Violation]:
    """Compare an accepted order with the published advance and its reversal."""
    order, right = audit.order, audit.right
    dossier_id, location = order.grant.rpartition("|")[0], f"funding, orders, {order.key}"
    expected = right.advances.get(order.order_id) if right else None
    if expected is None:
        yield Violation(dossier_id, "aucun acompte n’a été annoncé pour cet ordre", location)
        return
    origin, amount = expected
    differences = [amount_difference(f"acompte {order.order_id}", amount, order.amount)]
    if origin != order.exercise:
        differences += [f"exercice attendu {origin}, trouvé {order.exercise}"]
    if right and bool(order.reversed_by) != (order.order_id in right.reversals):
        differences += ["l’annulation de l’acompte et les événements publiés ne concordent pas"]
    yield from violations_of(dossier_id, location, differences)


GRANTS: tuple[CheckRule[GrantAudit], ...] = (
    CheckRule(
        "droit dont les acomptes sont ceux qui ont été accordés",
        "droits dont les acomptes sont ceux qui ont été accordés",
        "AdvanceGranted, AdvanceReversed",
        _advances,
        RESTORE,
    ),
    CheckRule(
        "droit dont les acomptes restent sous leur plafond",
        "droits dont les acomptes restent sous leur plafond",
        "invariant 5, ACO-01, ACO-03",
        _ceilings,
        "annuler l’acompte de trop par un ordre d’annulation (AdvanceReversalOrdered)",
    ),
    CheckRule(
        "droit dont les montants sont ceux qui ont été annoncés",
        "droits dont les montants sont ceux qui ont été annoncés",
        "FundingGranted, BalanceSettled, AdjustmentDecided",
        _amounts,
        RESTORE,
    ),
    CheckRule(
        "droit fondé sur un agrément",
        "droits fondés sur un agrément",
        "invariant 5, COM-05",
        _agrement,
        "chercher d’où vient ce droit (`clas dossier DOSSIER`) ; l’annuler s’il n’a pas de"
        " fondement (FundingCancellationOrdered)",
    ),
)
GRANTS_ALONE = GRANTS[:-1]
"""The checks of a grant where eligibility was not read."""
ORDERS: tuple[CheckRule[OrderAudit], ...] = (
    CheckRule(
        "ordre d’acompte conforme à l’acompte annoncé",
        "ordres d’acompte conformes à l’acompte annoncé",
        "AdvanceGranted, AdvanceReversed",
        _order,
        RESTORE,
    ),
)

"""Funding's own states against what it told: grants, orders of advance, and agrements."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.states import AcceptedOrder, Grant
from shared.audit.findings import CheckRule, Violation, unequal, violations
from shared.audit.rights import Amounts, Right
from shared.french import euros

RESTORE = (
    "l’état de funding ne dit plus ce qui a été décidé : le rétablir depuis une sauvegarde ;"
    " `clas dossier DOSSIER` dit les montants décidés"
)


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """A grant as funding keeps it, and as its events tell it; `agreed`: an agrement is known."""

    grant: Grant
    right: Right | None
    agreed: bool

    @property
    def where(self) -> str:
        """Where it is kept."""
        return f"funding, grants, {self.grant.key}"


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order of advance that funding accepted, and its right as events tell it."""

    order: AcceptedOrder
    right: Right | None


def _advances(funded: StoredGrant) -> Iterable[Violation]:
    """Hold the sums of advances against the advances that were told and stand."""
    grant, told = funded.grant, funded.right
    kept = ((grant.start_year, grant.advances_n), (grant.start_year + 1, grant.advances_n1))
    wrongs = (
        unequal(
            f"acomptes de l’exercice {year}", told.advanced(year) if told else Decimal(0), amount
        )
        for year, amount in kept
    )
    return violations(grant.agrement.dossier_id, funded.where, wrongs)


def _ceilings(funded: StoredGrant) -> Iterable[Violation]:
    """Hold the advances against the highest ceiling that was told [ACO-01, ACO-03].

    An amendment lowers the ceiling; what was paid before stays.
    """
    told = funded.right
    if told is None:
        return ()
    pairs = zip((told.start, told.start + 1), told.ceilings, strict=True)
    wrongs = (
        f"acomptes de l’exercice {year} : {euros(told.advanced(year))} pour un plafond de"
        f" {euros(ceiling)}"
        for year, ceiling in pairs
        if told.advanced(year) > ceiling
    )
    return violations(told.dossier_id, funded.where, wrongs)


def _amounts(funded: StoredGrant) -> Iterable[Violation]:
    """Hold what is granted and what is due in the end against what was told."""
    grant, told = funded.grant, funded.right
    wrongs: list[str | None] = []
    if grant.funding:
        kept = grant.funding
        now = Amounts(kept.part_n, kept.part_n1, kept.bonus_enfants, kept.bonus_parents)
        wrongs += _parts("prévu", told.forecast if told else None, now)
    if grant.settlement:
        last = grant.settlement.due
        now = Amounts(last.part_n, last.part_n1, last.bonus_enfants, last.bonus_parents)
        wrongs += _parts("dû", told.due if told and told.settled else None, now)
    wrongs += [_status(grant, told)]
    return violations(grant.agrement.dossier_id, funded.where, wrongs)


PARTS = ("part N", "part N+1", "bonus enfants", "bonus parents")


def _parts(what: str, expected: Amounts | None, found: Amounts) -> list[str | None]:
    if expected is None:
        return [f"montant {what} : aucun événement ne l’a annoncé"]
    trios = zip(PARTS, expected, found, strict=True)
    return [unequal(f"{part}, {what}", one, other) for part, one, other in trios]


def _status(grant: Grant, told: Right | None) -> str | None:
    settled = bool(told and told.settled and not told.cancelled)
    if settled and not grant.settlement:
        return "le solde annoncé n’est plus dans l’état"
    if bool(told and told.cancelled) != (grant.status == "cancelled"):
        return f"l’état dit « {grant.status} », les événements disent autre chose"
    if bool(told and told.rank >= 0) != (grant.funding is not None):
        return "le droit accordé et les événements publiés ne concordent pas"
    return None


def _agreed(funded: StoredGrant) -> Iterable[Violation]:
    """Ask every grant for its agrement [COM-05]."""
    if funded.grant.funding and not funded.agreed:
        wrong = "financé sans agrément publié par eligibility"
        yield Violation(funded.grant.agrement.dossier_id, wrong, funded.where)


def _order(ordered: StoredOrder) -> Iterable[Violation]:
    """Hold an accepted order against the advance that was told, and its reversal."""
    order, told = ordered.order, ordered.right
    dossier_id, where = order.grant.rpartition("|")[0], f"funding, orders, {order.key}"
    expected = told.advances.get(order.order_id) if told else None
    if expected is None:
        yield Violation(dossier_id, "aucun acompte n’a été annoncé pour cet ordre", where)
        return
    origin, amount = expected
    wrongs = [unequal(f"acompte {order.order_id}", amount, order.amount)]
    if origin != order.exercise:
        wrongs += [f"exercice attendu {origin}, trouvé {order.exercise}"]
    if told and bool(order.reversed_by) != (order.order_id in told.reversals):
        wrongs += ["l’annulation de l’acompte et les événements publiés ne concordent pas"]
    yield from violations(dossier_id, where, wrongs)


GRANTS: tuple[CheckRule[StoredGrant], ...] = (
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
        _agreed,
        "chercher d’où vient ce droit (`clas dossier DOSSIER`) ; l’annuler s’il n’a pas de"
        " fondement (FundingCancellationOrdered)",
    ),
)
GRANTS_ALONE = GRANTS[:-1]
"""What is asked where eligibility was not read."""
ORDERS: tuple[CheckRule[StoredOrder], ...] = (
    CheckRule(
        "ordre d’acompte conforme à l’acompte annoncé",
        "ordres d’acompte conformes à l’acompte annoncé",
        "AdvanceGranted, AdvanceReversed",
        _order,
        RESTORE,
    ),
)

"""Each right in funding: its amounts are those announced, its advances are its orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.funding.amounts import Amounts, granted_amounts
from services.funding.domain.states import Grant
from services.funding.right import Right
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.french import euros

RESTORE = (
    "l’état de funding ne dit plus ce qui a été décidé : le rétablir depuis une sauvegarde ;"
    " `clas dossier DOSSIER` dit les montants décidés"
)
ByExercise = tuple[Decimal, Decimal]
"""Amounts of exercise N, then N + 1, in euros."""


@dataclass(frozen=True, slots=True)
class GrantAudit:
    """A grant, its right as funding's events decided it, and the sum of its standing orders.

    `has_agrement`: eligibility published one; `with_eligibility`: eligibility was read.
    """

    grant: Grant
    right: Right
    ordered: ByExercise
    has_agrement: bool
    with_eligibility: bool

    @property
    def dossier_id(self) -> str:
        """The dossier."""
        return self.grant.agrement.dossier_id

    @property
    def location(self) -> str:
        """Where the grant is stored."""
        return f"funding, grants, {self.grant.key}"

    @property
    def years(self) -> tuple[int, int]:
        """Exercises N and N + 1."""
        return (self.grant.start_year, self.grant.start_year + 1)


def _advances(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the advances of the grant with the sum of its orders."""
    stored = (audit.grant.advances_n, audit.grant.advances_n1)
    differences = (
        amount_difference(f"acomptes de l’exercice {year}", ordered, amount)
        for year, ordered, amount in zip(audit.years, audit.ordered, stored, strict=True)
    )
    return violations_of(audit.dossier_id, audit.location, differences)


def _ceilings(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the advances with the highest published ceiling [ACO-01, ACO-03].

    An amendment may lower the ceiling below what was paid before it.
    """
    differences = (
        f"acomptes de l’exercice {year} : {euros(ordered)} pour un plafond de {euros(ceiling)}"
        for year, ordered, ceiling in zip(
            audit.years, audit.ordered, audit.right.highest_ceilings, strict=True
        )
        if ordered > ceiling
    )
    return violations_of(audit.dossier_id, audit.location, differences)


def _amounts(audit: GrantAudit) -> Iterable[Violation]:
    """Compare the granted and the settled amounts, and the status, with what was announced."""
    grant, right = audit.grant, audit.right
    differences = [_status_difference(grant, right)]
    if grant.funding:
        announced = right.forecast if right.grants else None
        differences += _differences("prévu", announced, granted_amounts(grant.funding))
    if grant.settlement:
        due = grant.settlement.due
        stored = Amounts(due.part_n, due.part_n1, due.bonus_enfants, due.bonus_parents)
        differences += _differences("dû", right.settled_due if right.settled else None, stored)
    return violations_of(audit.dossier_id, audit.location, differences)


PARTS = ("part N", "part N+1", "bonus enfants", "bonus parents")


def _differences(label: str, announced: Amounts | None, stored: Amounts) -> list[str | None]:
    if announced is None:
        return [f"montant {label} : aucun événement ne l’a annoncé"]
    rows = zip(PARTS, announced, stored, strict=True)
    return [amount_difference(f"{part}, {label}", one, other) for part, one, other in rows]


def _status_difference(grant: Grant, right: Right) -> str | None:
    if right.settled and not right.cancelled and not grant.settlement:
        return "le solde annoncé n’est plus dans l’état"
    if bool(right.cancelled) != (grant.status == "cancelled"):
        return f"l’état dit « {grant.status} », les événements disent autre chose"
    if bool(right.grants) != (grant.funding is not None):
        return "le droit accordé et les événements publiés ne concordent pas"
    return None


def _agrement(audit: GrantAudit) -> Iterable[Violation]:
    """Require an agrement for every grant [COM-05]."""
    if audit.grant.funding and not audit.has_agrement:
        text = "financé sans agrément publié par eligibility"
        yield Violation(audit.dossier_id, text, audit.location)


def _with_eligibility(audit: GrantAudit) -> bool:
    return audit.with_eligibility


CHECKS: tuple[CheckRule[GrantAudit], ...] = (
    CheckRule(
        "droit dont les acomptes sont ceux qui ont été accordés",
        "droits dont les acomptes sont ceux qui ont été accordés",
        "ordres d’acompte et d’annulation",
        "funding.grants",
        RESTORE,
        _advances,
    ),
    CheckRule(
        "droit dont les acomptes restent sous leur plafond",
        "droits dont les acomptes restent sous leur plafond",
        "invariant 5, ACO-01, ACO-03",
        "funding.grants",
        "annuler l’acompte de trop par un ordre d’annulation (AdvanceReversalOrdered)",
        _ceilings,
    ),
    CheckRule(
        "droit dont les montants sont ceux qui ont été annoncés",
        "droits dont les montants sont ceux qui ont été annoncés",
        "FundingGranted, BalanceSettled, AdjustmentDecided",
        "funding.grants",
        RESTORE,
        _amounts,
    ),
    CheckRule(
        "droit fondé sur un agrément",
        "droits fondés sur un agrément",
        "invariant 5, COM-05",
        "funding.grants",
        "chercher d’où vient ce droit (`clas dossier DOSSIER`) ; l’annuler s’il n’a pas de"
        " fondement (FundingCancellationOrdered)",
        _agrement,
        _with_eligibility,
    ),
)

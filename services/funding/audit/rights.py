"""Each right in funding: its advances are its orders, below its ceilings, on an agrement."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.funding.domain.states import Grant
from shared.audit.findings import CheckRule, Violation, amount_difference, violations_of
from shared.french import euros
from shared.kernel.money import ZERO

RESTORE = (
    "l’état de funding ne dit plus ce qui a été décidé : le rétablir depuis une sauvegarde ;"
    " `clas dossier DOSSIER` dit les montants décidés"
)
ByExercise = tuple[Decimal, Decimal]
"""Amounts of exercise N, then N + 1, in euros."""
NOTHING: ByExercise = (ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class GrantAudit:
    """A grant, the sum of its orders that were not reversed, and its highest published ceilings.

    `has_agrement`: eligibility published one; `with_eligibility`: eligibility was read.
    """

    grant: Grant
    ordered: ByExercise
    ceilings: ByExercise
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


def highest_ceilings(before: ByExercise, granted: dict[str, Any]) -> ByExercise:
    """Return the higher ceilings of those before and of a published grant or amendment."""
    first, second = (Decimal(granted[f"advance_ceiling_{part}"]) for part in ("n", "n1"))
    return (max(before[0], first), max(before[1], second))


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
        for year, ordered, ceiling in zip(audit.years, audit.ordered, audit.ceilings, strict=True)
        if ordered > ceiling
    )
    return violations_of(audit.dossier_id, audit.location, differences)


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

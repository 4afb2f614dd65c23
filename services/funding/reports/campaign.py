"""What is due and what was advanced, in euros."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.parameters import Bareme
from services.funding.service import PARAMETERS
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import (
    AdvanceGranted,
    AdvanceRefused,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.calendar import start_year
from shared.kernel.money import total
from shared.kernel.published_events import Journal, RuleCount, rule_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What was granted; totals after the 80 % cap, `at_ceiling` counts collectifs before it.

    `deferred` is why some still wait.
    """

    dossiers: int
    collectifs: int
    children: int
    at_ceiling: int
    ps: Decimal
    bonus_enfants: Decimal
    bonus_parents: Decimal
    part_n: Decimal
    part_n1: Decimal
    capped: int
    cut_from_bonus: Decimal
    cut_from_ps: Decimal
    deferred: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """The bareme of a start year, with the source that the grants name."""

    start_year: int
    values: Bareme | None
    source: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """The advances of one exercise."""

    exercise: int
    count: int
    amount: Decimal
    ceiling: Decimal


@dataclass(frozen=True, slots=True)
class Advances:
    """The advances by exercise, and why others were refused."""

    granted: tuple[Advanced, ...]
    refused: int
    reasons: tuple[RuleCount, ...]


def due(journal: Journal) -> Due:
    """Add up the grants."""
    grants = journal.all(FundingGranted)
    agrements = journal.all(AgrementGranted)
    granted = {(grant.dossier_id, grant.school_year) for grant in grants}
    deferred = [
        each
        for each in journal.all(FundingDeferred)
        if (each.dossier_id, each.school_year) not in granted
    ]
    cut = [g.cap80 for g in grants if g.cap80.cut_from_bonus or g.cap80.cut_from_ps]
    return Due(
        dossiers=len(grants),
        collectifs=sum(len(grant.collectifs) for grant in grants),
        children=sum(c.children for agrement in agrements for c in agrement.collectifs),
        at_ceiling=sum(map(_at_ceiling, grants)),
        ps=total(grant.ps_total for grant in grants),
        bonus_enfants=total(grant.bonus_enfants for grant in grants),
        bonus_parents=total(grant.bonus_parents for grant in grants),
        part_n=total(grant.part_n for grant in grants),
        part_n1=total(grant.part_n1 for grant in grants),
        capped=len(cut),
        cut_from_bonus=total(cap.cut_from_bonus for cap in cut),
        cut_from_ps=total(cap.cut_from_ps for cap in cut),
        deferred=rule_counts(reason for one in deferred for reason in one.reasons),
    )


def prices(journal: Journal) -> tuple[Price, ...]:
    """Return the baremes that the grants name, by start year."""
    named = {grant.bareme.start_year: grant.bareme.source for grant in journal.all(FundingGranted)}
    return tuple(
        Price(year, PARAMETERS.baremes.for_year(year), source)
        for year, source in sorted(named.items())
    )


def advances(journal: Journal) -> Advances:
    """Add up the advances, each exercise against the ceilings of all grants."""
    granted, refused = journal.all(AdvanceGranted), journal.all(AdvanceRefused)
    ceilings: dict[int, list[Decimal]] = {}
    for grant in journal.all(FundingGranted):
        year = start_year(grant.school_year)
        ceilings.setdefault(year, []).append(grant.advance_ceiling_n)
        ceilings.setdefault(year + 1, []).append(grant.advance_ceiling_n1)
    return Advances(
        granted=tuple(
            Advanced(
                exercise=exercise,
                count=sum(one.exercise == exercise for one in granted),
                amount=total(one.amount for one in granted if one.exercise == exercise),
                ceiling=total(ceilings[exercise]),
            )
            for exercise in sorted(ceilings)
        ),
        refused=len(refused),
        reasons=rule_counts(reason for one in refused for reason in one.reasons),
    )


def _at_ceiling(grant: FundingGranted) -> int:
    """Count the collectifs whose cost reaches the plafond: their Ps is the most there is."""
    bareme = PARAMETERS.baremes.for_year(grant.bareme.start_year)
    return sum(one.cost >= bareme.plafond for one in grant.collectifs) if bareme else 0

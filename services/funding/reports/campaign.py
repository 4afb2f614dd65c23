"""Report of a campaign's grants, baremes and envelopes. Amounts in euros."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.parameters import Bareme
from services.funding.rights import rights_of
from services.funding.service import PARAMETERS
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.funding import (
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.money import total
from shared.kernel.published_events import PublishedEvents, RuleCount, rule_counts

WAITING_RULE = "ENV-03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """The grants; totals after the 80 % cap, `at_ceiling` counts collectifs before it.

    `deferred`: why the others wait.
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

    @property
    def total(self) -> Decimal:
        """Ps and bonuses."""
        return self.ps + self.bonus_enfants + self.bonus_parents


@dataclass(frozen=True, slots=True)
class NamedBareme:
    """A bareme that grants name: its source, and its values where the parameters have them."""

    start_year: int
    values: Bareme | None
    source: str


@dataclass(frozen=True, slots=True)
class ExerciseEnvelope:
    """The last allotment of an exercise, and what was granted on it."""

    exercise: int
    allotted: Decimal
    granted: Decimal

    @property
    def left(self) -> Decimal:
        """What is left to grant."""
        return self.allotted - self.granted


@dataclass(frozen=True, slots=True)
class CampaignEnvelopes:
    """The envelopes by exercise, and how many dossiers ever waited for one."""

    exercises: tuple[ExerciseEnvelope, ...]
    waited: int


def grants(events: PublishedEvents) -> Grants:
    """Add up the grants, those cancelled later included."""
    rights = rights_of(events.data)
    granted = rights.grants
    deferred = [right.deferred for right in rights.in_order() if right.deferred]
    planned = [c for agrement in rights.agrements.values() for c in agrement.collectifs]
    cuts = [g.cap80 for g in granted if g.cap80.cut_from_bonus or g.cap80.cut_from_ps]
    return Grants(
        dossiers=len(granted),
        collectifs=sum(len(grant.collectifs) for grant in granted),
        children=sum(collectif.children for collectif in planned),
        at_ceiling=sum(map(_at_ceiling, granted)),
        ps=total(grant.ps_total for grant in granted),
        bonus_enfants=total(grant.bonus_enfants for grant in granted),
        bonus_parents=total(grant.bonus_parents for grant in granted),
        part_n=total(grant.part_n for grant in granted),
        part_n1=total(grant.part_n1 for grant in granted),
        capped=len(cuts),
        cut_from_bonus=total(cap.cut_from_bonus for cap in cuts),
        cut_from_ps=total(cap.cut_from_ps for cap in cuts),
        deferred=rule_counts(reason for event in deferred for reason in event.reasons),
    )


def baremes(events: PublishedEvents) -> tuple[NamedBareme, ...]:
    """Return the baremes that the grants name, by start year."""
    named = [grant.bareme for grant in rights_of(events.data).grants]
    sources = {bareme.start_year: bareme.source for bareme in named}
    return tuple(
        NamedBareme(year, PARAMETERS.baremes.for_year(year), source)
        for year, source in sorted(sources.items())
    )


def envelopes(events: PublishedEvents) -> CampaignEnvelopes:
    """Compare what was granted on each exercise with what was allotted."""
    allotted = {event.exercise: event.amount for event in events.of_type(EnvelopeAllotted)}
    charges = [charge for g in rights_of(events.data).grants for charge in g.envelopes]
    waited = {
        deferred.dossier_id
        for deferred in events.of_type(FundingDeferred)
        if any(reason.rule == WAITING_RULE for reason in deferred.reasons)
    }
    return CampaignEnvelopes(
        exercises=tuple(
            ExerciseEnvelope(
                exercise, amount, total(c.amount for c in charges if c.exercise == exercise)
            )
            for exercise, amount in sorted(allotted.items())
        ),
        waited=len(waited),
    )


def _at_ceiling(grant: FundingGranted) -> int:
    """Count the collectifs whose cost reaches the plafond: their Ps is the highest there is."""
    bareme = PARAMETERS.baremes.for_year(grant.bareme.start_year)
    return sum(one.cost >= bareme.plafond for one in grant.collectifs) if bareme else 0

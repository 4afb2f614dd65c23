"""The grant of a school year: price, parts, advance ceilings and charges by exercise."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.explanations import ceiling_findings, price_findings
from services.funding.domain.parameters import Terms
from services.funding.domain.pricing import Price, price
from services.funding.domain.remarks import grant_remarks
from services.funding.domain.states import Grant
from shared.contracts.funding import BaremeSource, EnvelopeCharge, FundingGranted
from shared.kernel.decision import Finding
from shared.kernel.money import floor


@dataclass(frozen=True, slots=True)
class PricedGrant:
    """The amounts granted for a school year, and the findings of their computation."""

    funding: FundingGranted
    findings: tuple[Finding, ...]


def build_grant(grant: Grant, terms: Terms) -> PricedGrant:
    """Return the amounts of a grant, in euros, with the remarks on them.

    The advance ceilings are shares of the Ps after the cap, rounded down; bonuses are excluded
    [ACO-01, ACO-03, BON-14].
    """
    agrement = grant.agrement
    due = price(agrement.collectifs, agrement.budget, terms)
    ceiling_n, ceiling_n1 = advance_ceilings(due, terms)
    funding = FundingGranted(
        caf=agrement.caf,
        dossier_id=agrement.dossier_id,
        school_year=agrement.school_year,
        gestionnaire=agrement.gestionnaire,
        collectifs=due.collectifs,
        ps_total=due.ps_total,
        bonus_total=due.bonus_total,
        bonus_enfants=due.bonus_enfants,
        bonus_parents=due.bonus_parents,
        decided_on=agrement.decided_on,
        part_n=due.part_n,
        part_n1=due.part_n1,
        advance_ceiling_n=ceiling_n,
        advance_ceiling_n1=ceiling_n1,
        cap80=due.cap80,
        bareme=bareme_of(terms),
        envelopes=charges(due, terms),
        remarks=grant_remarks(grant, due, terms),
    )
    return PricedGrant(funding, (*price_findings(due, terms), *ceiling_findings(funding, terms)))


def advance_ceilings(due: Price, terms: Terms) -> tuple[Decimal, Decimal]:
    """Return the most that may be advanced on N and on N+1, in euros, rounded down."""
    shares = terms.ceilings
    return floor(shares.advances_n * due.ps_total), floor(shares.advances_n1 * due.ps_total)


def bareme_of(terms: Terms) -> BaremeSource:
    """Return the bareme that is applied."""
    return BaremeSource(start_year=terms.start_year, source=terms.bareme.source)


def charges(due: Price, terms: Terms) -> tuple[EnvelopeCharge, ...]:
    """Return the charge of each exercise, in euros; one that is charged nothing is left out.

    No envelope is read yet, hence `unchecked`.
    """
    by_exercise = (
        (terms.start_year, due.part_n),
        (terms.start_year + 1, due.part_n1 + due.bonus_total),
    )
    return tuple(
        EnvelopeCharge(exercise=exercise, amount=amount, status="unchecked")
        for exercise, amount in by_exercise
        if amount
    )

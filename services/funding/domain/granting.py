"""The grant of a school year: price, parts, advance ceilings and charges by exercise."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.explanations import ceiling_findings, price_findings
from services.funding.domain.parameters import Terms
from services.funding.domain.pricing import price
from shared.contracts.eligibility import AgrementContent
from shared.contracts.funding import BaremeSource, EnvelopeCharge, FundingGranted
from shared.kernel.decision import Finding
from shared.kernel.money import floor


@dataclass(frozen=True, slots=True)
class PricedGrant:
    """The amounts granted for a school year, and the findings of their computation."""

    funding: FundingGranted
    findings: tuple[Finding, ...]


def build_grant(agrement: AgrementContent, terms: Terms) -> PricedGrant:
    """Return the grant of the agrement's school year, in euros.

    The advance ceilings are shares of the Ps after the cap, rounded down; bonuses are excluded
    [ACO-01, ACO-03, BON-14].
    """
    due = price(agrement.collectifs, agrement.budget, terms)
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
        advance_ceiling_n=floor(terms.ceilings.advances_n * due.ps_total),
        advance_ceiling_n1=floor(terms.ceilings.advances_n1 * due.ps_total),
        cap80=due.cap80,
        bareme=BaremeSource(start_year=terms.start_year, source=terms.bareme.source),
        envelopes=_charges(terms.start_year, due.part_n, due.part_n1 + due.bonus_total),
    )
    return PricedGrant(funding, (*price_findings(due, terms), *ceiling_findings(funding, terms)))


def _charges(start_year: int, first: Decimal, second: Decimal) -> tuple[EnvelopeCharge, ...]:
    """Return the charge of each exercise; an exercise charged nothing is left out.

    No envelope is read yet, hence `unchecked`.
    """
    charges = ((start_year, first), (start_year + 1, second))
    return tuple(
        EnvelopeCharge(exercise=exercise, amount=amount, status="unchecked")
        for exercise, amount in charges
        if amount
    )

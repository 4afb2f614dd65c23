"""What accounts make of a grant: the same price, on what was done instead of what was forecast."""

from collections.abc import Iterable
from decimal import Decimal

from services.funding.domain.grant_values import Due
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.pricing import Price, price
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.common import Accounts, ActualCollectif, ExerciseAmount
from shared.contracts.eligibility import GrantedCollectif
from shared.kernel.decision import States
from shared.kernel.money import ZERO


def terms_of(grant: Grant, states: States, parameters: FundingParameters) -> Terms:
    """Return the terms that priced a grant: a bareme once known never changes [CTL-06]."""
    published = states.get(PublishedBareme, str(grant.start_year))
    terms = parameters.terms(grant.start_year, published.bareme if published else None)
    assert terms is not None, "a school year is granted by its bareme only"
    return terms


def recompute(grant: Grant, accounts: Accounts, terms: Terms) -> Price:
    """Price the granted collectifs at their actual costs, capped on the actual budget [COF-02].

    One that did not run, or is not named, costs nothing: no Ps, no bonus. A bonus is due where it
    was granted and done [BON-06].
    """
    named = {each.collectif_id: each for each in accounts.collectifs if each.ran}
    done = (_as_done(each, named.get(each.collectif_id)) for each in grant.agrement.collectifs)
    return price(done, accounts.budget, terms)


def due(priced: Price) -> Due:
    """Return what a price makes due."""
    return Due(
        part_n=priced.part_n,
        part_n1=priced.part_n1,
        bonus_enfants=priced.bonus_enfants,
        bonus_parents=priced.bonus_parents,
    )


def results(grant: Grant, owed: Due) -> tuple[Decimal, Decimal]:
    """Return what is left to pay on exercise N, then N+1; negative where too much was advanced."""
    first, second = owed.by_exercise
    return (first - grant.advances_n, second - grant.advances_n1)


def indus(start_year: int, results: Iterable[Decimal]) -> tuple[ExerciseAmount, ...]:
    """Return what is to be recovered of exercise N, then N+1: one never pays for the other."""
    return tuple(
        ExerciseAmount(exercise=start_year + rank, amount=-result)
        for rank, result in enumerate(results)
        if result < ZERO
    )


def _as_done(granted: GrantedCollectif, actual: ActualCollectif | None) -> GrantedCollectif:
    if actual is None:
        return granted.with_changes(forecast_cost=ZERO, bonuses=())
    done = tuple(kind for kind in granted.bonuses if kind in actual.bonus_done)
    return granted.with_changes(forecast_cost=actual.actual_cost, bonuses=done)

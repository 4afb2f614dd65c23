"""The balance of a grant: its price on actual costs, net of the advances."""

from collections.abc import Iterable
from decimal import Decimal

from services.funding.domain.grant_values import Due
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.pricing import Price, price
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.common import Accounts, ActualCollectif, ExerciseAmount
from shared.contracts.eligibility import GrantedCollectif
from shared.kernel.money import ZERO


def terms_of(
    grant: Grant, published: PublishedBareme | None, parameters: FundingParameters
) -> Terms:
    """Return the terms that priced a grant: a recorded bareme never changes [CTL-06]."""
    terms = parameters.terms(grant.start_year, published.bareme if published else None)
    assert terms is not None, "a school year is granted by its bareme only"
    return terms


def recompute(grant: Grant, accounts: Accounts, terms: Terms) -> Price:
    """Price the granted collectifs at their actual costs, capped on the actual budget [COF-02].

    A collectif that did not run costs zero: no Ps, no bonus. A bonus is due where it was granted
    and carried out [BON-06].
    """
    actual = {
        collectif.collectif_id: collectif for collectif in accounts.collectifs if collectif.ran
    }
    priced = (
        _with_actual(collectif, actual.get(collectif.collectif_id))
        for collectif in grant.agrement.collectifs
    )
    return price(priced, accounts.budget, terms)


def due(priced: Price) -> Due:
    """Return the amounts that a price makes due."""
    return Due(
        part_n=priced.part_n,
        part_n1=priced.part_n1,
        bonus_enfants=priced.bonus_enfants,
        bonus_parents=priced.bonus_parents,
    )


def results(grant: Grant, amounts_due: Due) -> tuple[Decimal, Decimal]:
    """Return the amounts payable on exercise N, then N+1, in euros; below zero is an indu."""
    first, second = amounts_due.by_exercise
    return (first - grant.advances_n, second - grant.advances_n1)


def indus(start_year: int, results: Iterable[Decimal]) -> tuple[ExerciseAmount, ...]:
    """Return the indus of exercise N, then N+1; exercises are never netted against each other."""
    return tuple(
        ExerciseAmount(exercise=start_year + rank, amount=-result)
        for rank, result in enumerate(results)
        if result < ZERO
    )


def _with_actual(granted: GrantedCollectif, actual: ActualCollectif | None) -> GrantedCollectif:
    if actual is None:
        return granted.with_changes(forecast_cost=ZERO, bonuses=())
    done = tuple(kind for kind in granted.bonuses if kind in actual.bonus_done)
    return granted.with_changes(forecast_cost=actual.actual_cost, bonuses=done)

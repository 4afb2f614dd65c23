"""The 80 % cap on the share of the branche Famille in a project [COF-02, COF-03]."""

from decimal import Decimal

from shared.contracts.common import Budget
from shared.contracts.funding import Cap80
from shared.kernel.money import ZERO, floor, total


def cap80(ps: Decimal, bonuses: Decimal, budget: Budget, share: Decimal) -> Cap80:
    """Compare Ps, bonuses and the other branche Famille resources with the ceiling, in euros.

    The ceiling is a share of the whole project's yearly cost, rounded down. The excess is cut
    from the bonuses first, then from the Ps, never below zero; other resources are not cut and
    may exceed the ceiling alone. `reached`: all three together reach the ceiling before the cut;
    an agent then justifies the 80 % [COF-03].
    """
    ceiling = floor(share * budget.total_annual_cost)
    requested = ps + bonuses + _other_resources(budget)
    excess = max(requested - ceiling, ZERO)
    cut_from_bonus = min(excess, bonuses)
    return Cap80(
        ceiling=ceiling,
        excess=excess,
        cut_from_bonus=cut_from_bonus,
        cut_from_ps=min(excess - cut_from_bonus, ps),
        reached=requested >= ceiling,
    )


def _other_resources(budget: Budget) -> Decimal:
    return total(resource.amount for resource in budget.resources if resource.branche_famille)

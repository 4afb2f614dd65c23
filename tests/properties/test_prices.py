"""A dearer collectif is never worth less, and nothing is worth more than the published maximum."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.service import SERVICE
from shared.contracts.funding import FundingGranted
from tests.oracle.wire import euros
from tests.properties.lived import calm
from tests.support.decide import decide, only_event
from tests.support.samples import agrement, granted_collectif

ROOMY = {"total_annual_cost": "9999999.00", "resources": []}
TIGHT = {
    "total_annual_cost": "3000.00",
    "resources": [{"funder": "Caf", "branche_famille": True, "amount": "500.00"}],
}
MOST = {"2021-2022": Decimal("2562.63"), "2025-2026": Decimal("2758.25")}
costs = st.integers(0, 2_000_000)


@pytest.mark.parametrize("school_year", ["2021-2022", "2025-2026"])
@calm
@given(costs, costs)
def test_a_dearer_collectif_is_never_worth_less(school_year: str, first: int, second: int) -> None:
    less, more = sorted((first, second))

    cheaper, dearer = granted(school_year, [less]), granted(school_year, [more])

    assert cheaper.ps_total <= dearer.ps_total <= MOST[school_year]
    assert cheaper.bonus_total <= dearer.bonus_total
    assert cheaper.part_n <= dearer.part_n
    assert cheaper.part_n1 <= dearer.part_n1


@calm
@given(st.integers(0, 848_600))
def test_below_the_ceiling_four_cents_more_are_worth_a_cent_more(cost: int) -> None:
    # 32.5 % of 4 cents is 1.3 cents: one or two after rounding.
    gained = granted("2025-2026", [cost + 4]).ps_total - granted("2025-2026", [cost]).ps_total

    assert gained in {Decimal("0.01"), Decimal("0.02")}


@calm
@given(st.integers(848_700, 2_000_000))
def test_beyond_the_plafond_nothing_more_is_worth_anything(cost: int) -> None:
    assert granted("2025-2026", [cost]).ps_total == MOST["2025-2026"]


@calm
@given(st.lists(costs, min_size=1, max_size=5))
def test_collectifs_are_priced_each_by_itself(costs: list[int]) -> None:
    together = granted("2025-2026", costs)

    alone = [granted("2025-2026", [cost]).ps_total for cost in costs]
    assert together.ps_total == sum(alone)


@calm
@given(st.lists(costs, min_size=1, max_size=4), costs)
def test_one_more_collectif_never_lowers_what_is_due_even_under_the_cap(
    costs: list[int], more: int
) -> None:
    fewer, all_of_them = (granted("2025-2026", c, TIGHT) for c in (costs, [*costs, more]))

    assert (
        fewer.ps_total + fewer.bonus_total
        <= all_of_them.ps_total + all_of_them.bonus_total
        <= Decimal("1900.00")
    )


def granted(school_year: str, costs: list[int], budget: object = ROOMY) -> FundingGranted:
    """Price collectifs of these costs, in cents, with both bonuses requested."""
    collectifs = [
        granted_collectif(collectif_id=f"C{rank}", forecast_cost=euros(cost))
        for rank, cost in enumerate(costs)
    ]
    granting = agrement(
        school_year=school_year,
        multi_year_until=school_year,
        collectifs=collectifs,
        budget=budget,
    )
    return only_event(decide(SERVICE, granting), FundingGranted)

"""The 80 % cap: bonuses first, then the Ps, never below zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.funding import FundingGranted
from tests.unit.funding.builders import BOTH, euros, funded, project


def cuts(funding: FundingGranted) -> tuple[Decimal, ...]:
    """Ceiling, excess, cut from the bonuses, cut from the Ps."""
    cap = funding.cap80
    return (cap.ceiling, cap.excess, cap.cut_from_bonus, cap.cut_from_ps)


def test_nothing_is_cut_below_the_ceiling() -> None:
    funding = funded(project("9000.00", bonuses=BOTH, total_cost="9000.00"))

    assert cuts(funding) == euros("7200.00", "0.00", "0.00", "0.00")
    assert not funding.cap80.reached


def test_the_bonuses_alone_are_cut_when_that_is_enough() -> None:
    funding = funded(
        project("1000.00", bonuses=BOTH, total_cost="1000.00", branche_famille=("100.00",))
    )

    assert cuts(funding) == euros("800.00", "259.00", "259.00", "0.00")
    assert (funding.ps_total, funding.bonus_total) == euros("325.00", "375.00")
    assert funding.cap80.reached
    assert [(c.ps, c.bonus) for c in funding.collectifs] == [euros("325.00", "634.00")]


def test_the_ps_is_cut_once_the_bonuses_are_gone() -> None:
    funding = funded(
        project("1000.00", bonuses=BOTH, total_cost="1000.00", branche_famille=("400.00", "200.00"))
    )

    assert cuts(funding) == euros("800.00", "759.00", "634.00", "125.00")
    assert (funding.ps_total, funding.bonus_total) == euros("200.00", "0.00")
    assert (funding.part_n, funding.part_n1) == euros("80.00", "120.00")
    assert (funding.advance_ceiling_n, funding.advance_ceiling_n1) == euros("56.00", "84.00")
    assert funding.cap80.reached


def test_other_resources_beyond_the_ceiling_leave_nothing_and_are_not_cut_themselves() -> None:
    funding = funded(
        project("1000.00", bonuses=BOTH, total_cost="1000.00", branche_famille=("900.00",))
    )

    assert cuts(funding) == euros("800.00", "1059.00", "634.00", "325.00")
    assert (funding.ps_total, funding.bonus_total) == euros("0.00", "0.00")
    assert (funding.advance_ceiling_n, funding.advance_ceiling_n1) == euros("0.00", "0.00")
    assert funding.envelopes == ()
    assert funding.cap80.reached


@pytest.mark.parametrize(
    ("total_cost", "ceiling", "excess", "reached"),
    [
        ("406.24", "324.99", "0.01", True),  # 324.992
        ("406.25", "325.00", "0.00", True),
        ("406.26", "325.00", "0.00", True),  # 325.008 is rounded down
        ("406.27", "325.01", "0.00", False),  # 325.016 too
    ],
)
def test_the_ceiling_is_rounded_down_and_reached_to_the_cent(
    total_cost: str, ceiling: str, excess: str, *, reached: bool
) -> None:
    funding = funded(project("1000.00", total_cost=total_cost))

    assert cuts(funding) == euros(ceiling, excess, "0.00", excess)
    assert funding.cap80.reached is reached


@pytest.mark.parametrize(
    ("bonuses", "other", "enfants", "parents"),
    [
        # Ps 325.00 and bonuses under a ceiling of 800.00. The cut is 259.00 of 634.00:
        # 124.5978 on parents, 134.4022 on enfants.
        (BOTH, "100.00", "194.60", "180.40"),
        # 159.01 of 634.00: 76.4954 on parents, the rest 82.51 on enfants (82.5146).
        (BOTH, "0.01", "246.49", "228.50"),
        (BOTH, "474.99", "0.01", "0.00"),
        (("enfants",), "300.00", "175.00", "0.00"),
        (("parents",), "300.00", "0.00", "175.00"),
    ],
)
def test_a_cut_is_shared_pro_rata_and_the_rest_falls_on_enfants(
    bonuses: tuple[str, ...], other: str, enfants: str, parents: str
) -> None:
    funding = funded(
        project("1000.00", bonuses=bonuses, total_cost="1000.00", branche_famille=(other,))
    )

    assert (funding.bonus_enfants, funding.bonus_parents) == euros(enfants, parents)


def test_the_cost_of_the_whole_project_counts_when_fewer_collectifs_are_granted() -> None:
    funding = funded(project("9000.00", bonuses=BOTH, total_cost="27000.00"))

    assert cuts(funding) == euros("21600.00", "0.00", "0.00", "0.00")


def test_a_project_without_any_cost_gets_nothing() -> None:
    funding = funded(project("1000.00", bonuses=BOTH, total_cost="0.00"))

    assert cuts(funding) == euros("0.00", "959.00", "634.00", "325.00")
    assert funding.envelopes == ()


amounts = st.decimals("0", "20000", places=2).map(lambda amount: f"{amount:.2f}")


@given(
    costs=st.lists(amounts, min_size=1, max_size=4),
    total_cost=amounts,
    other=amounts,
    bonuses=st.sampled_from([(), ("enfants",), ("parents",), BOTH]),
)
def test_the_branche_famille_never_pays_more_than_the_ceiling_on_top_of_its_other_resources(
    costs: list[str], total_cost: str, other: str, bonuses: tuple[str, ...]
) -> None:
    funding = funded(
        project(*costs, bonuses=bonuses, total_cost=total_cost, branche_famille=(other,))
    )

    ours = funding.ps_total + funding.bonus_total
    assert ours == 0 or ours + Decimal(other) <= funding.cap80.ceiling
    assert funding.bonus_enfants + funding.bonus_parents == funding.bonus_total
    assert funding.cap80.cut_from_ps == 0 or funding.bonus_total == 0
    assert sum(charge.amount for charge in funding.envelopes) == ours


def test_an_excess_beyond_any_stated_amount_can_be_told_and_heard() -> None:
    most = "9999999999999.99"

    funding = funded(
        project("9000.00", bonuses=BOTH, total_cost="0.00", branche_famille=(most, most))
    )

    assert cuts(funding) == euros("0.00", "20000000003392.23", "634.00", "2758.25")
    assert FundingGranted.model_validate_json(funding.model_dump_json()) == funding

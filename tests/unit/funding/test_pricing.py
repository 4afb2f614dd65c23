"""Ps and bonuses of collectifs, with amounts calculated separately."""

import pytest

from shared.contracts.funding import FundingGranted
from tests.support.decide import only_event
from tests.support.samples import agrement, bareme, funding_granted, granted_collectif
from tests.unit.funding.builders import BOTH, euros, funded, project, story


@pytest.mark.parametrize(
    ("cost", "ps"),
    [
        ("4000.00", "1300.00"),
        ("1000.00", "325.00"),
        ("0.00", "0.00"),
        ("0.01", "0.00"),  # 0.00325
        ("0.02", "0.01"),  # 0.0065
        ("1000.01", "325.00"),  # 325.00325
        ("1000.02", "325.01"),  # 325.0065
        ("0.20", "0.07"),  # 0.065: the half goes up
        ("0.60", "0.20"),  # 0.195: the half goes up
        ("1000.20", "325.07"),  # 325.065: the half goes up
        ("8486.90", "2758.24"),  # 2758.2425
        ("8486.92", "2758.25"),  # 2758.249
        ("8487.00", "2758.25"),  # 2758.275 is above the published maximum
        ("9000.00", "2758.25"),
        ("9999999999999.99", "2758.25"),
    ],
)
def test_the_ps_is_32_5_percent_of_the_cost_within_the_plafond_and_the_maximum(
    cost: str, ps: str
) -> None:
    funding = funded(project(cost))

    (collectif,) = funding.collectifs
    assert (collectif.cost, collectif.ps) == euros(cost, ps)
    assert (funding.ps_total,) == euros(ps)


@pytest.mark.parametrize(
    ("cost", "ps"),
    [
        ("7884.99", "2562.62"),  # 2562.62175
        ("7885.00", "2562.63"),  # 2562.625, below the 2563.00 that is published too
        ("9000.00", "2562.63"),
    ],
)
def test_in_2021_the_plafond_binds_below_the_published_maximum(cost: str, ps: str) -> None:
    funding = funded(project(cost, school_year="2021-2022"))

    assert (funding.ps_total,) == euros(ps)
    assert funding.bareme.start_year == 2021
    assert "2 562,63 €" in funding.bareme.source


def test_the_start_year_prices_both_parts_of_the_school_year() -> None:
    funding = funded(project("9000.00", bonuses=BOTH, school_year="2021-2022"))

    assert (funding.part_n, funding.part_n1) == euros("1025.05", "1537.58")
    assert (funding.bonus_enfants, funding.bonus_parents) == euros("300.00", "300.00")
    assert [charge.exercise for charge in funding.envelopes] == [2021, 2022]


def test_each_collectif_is_priced_by_itself_and_never_pooled() -> None:
    funding = funded(project("4000.00", "9000.00", "12000.00", bonuses=BOTH, total_cost="25000.00"))

    assert [(c.collectif_id, c.ps, c.bonus) for c in funding.collectifs] == [
        ("C1", *euros("1300.00", "634.00")),
        ("C2", *euros("2758.25", "634.00")),
        ("C3", *euros("2758.25", "634.00")),
    ]
    assert (funding.ps_total, funding.bonus_total) == euros("6816.50", "1902.00")
    assert (funding.bonus_enfants, funding.bonus_parents) == euros("987.00", "915.00")


def test_each_collectif_is_rounded_by_itself() -> None:
    assert (funded(project("0.20", "0.20", "0.20")).ps_total,) == euros("0.21")


def test_a_small_rural_collectif_gets_no_pro_rata() -> None:
    funding = funded(agrement(collectifs=[granted_collectif(children=5)]))

    assert (funding.ps_total, funding.bonus_total) == euros("2758.25", "634.00")


@pytest.mark.parametrize(
    ("bonuses", "enfants", "parents", "both"),
    [
        (BOTH, "658.00", "610.00", "1268.00"),
        (("enfants",), "658.00", "0.00", "658.00"),
        (("parents",), "0.00", "610.00", "610.00"),
        ((), "0.00", "0.00", "0.00"),
    ],
)
def test_a_bonus_is_one_rate_for_each_collectif_that_was_granted_it(
    bonuses: tuple[str, ...], enfants: str, parents: str, both: str
) -> None:
    funding = funded(project("9000.00", "100.00", bonuses=bonuses))

    assert (funding.bonus_enfants, funding.bonus_parents) == euros(enfants, parents)
    assert (funding.bonus_total,) == euros(both)


def test_a_collectif_without_ps_has_no_bonus() -> None:
    funding = funded(project("0.01", "9000.00", bonuses=BOTH))

    assert [c.bonus for c in funding.collectifs] == list(euros("0.00", "634.00"))
    assert (funding.bonus_enfants, funding.bonus_parents) == euros("329.00", "305.00")


@pytest.mark.parametrize(("year", "enfants"), [(2020, "0.00"), (2022, "335.00")])
def test_no_bonus_exists_before_2021(year: int, enfants: str) -> None:
    scenario = story()
    scenario.when(bareme(start_year=year))

    answer = scenario.when(
        project("1000.00", bonuses=("enfants",), school_year=f"{year}-{year + 1}")
    )

    funding = only_event(answer, FundingGranted)
    assert (funding.ps_total, funding.bonus_total) == euros("325.00", enfants)


def test_the_whole_answer_to_a_plain_agrement() -> None:
    funding = funded(project("9000.00", bonuses=BOTH, total_cost="9000.00"))

    assert funding.bareme.source.startswith("Note de cadrage")
    assert funding == funding_granted(bareme=funding.bareme.model_dump())

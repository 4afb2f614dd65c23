"""The parameters hold together: sources, versions and the calendar."""

from dataclasses import fields
from datetime import date

import pytest
from pydantic import ValidationError

from services.eligibility.domain.referentiel import BudgetLimits
from services.eligibility.service import PARAMETERS
from shared.kernel.effective_dated import ByStartYear

DATED = [
    (field.name, getattr(PARAMETERS, field.name))
    for field in fields(PARAMETERS)
    if field.name != "autumn_holidays"
]
"""All parameters but the calendar, which a library publishes by calendar year."""


@pytest.mark.parametrize(("name", "dated"), DATED)
def test_every_value_names_its_source(name: str, dated: ByStartYear[object]) -> None:
    for year, value in dated.values.items():
        assert getattr(value, "source", ""), f"{name} {year}"


@pytest.mark.parametrize(("name", "dated"), DATED)
def test_every_new_value_comes_with_a_new_version_of_the_rule_set(
    name: str, dated: ByStartYear[object]
) -> None:
    assert dated.values.keys() <= PARAMETERS.edition.values.keys(), name
    assert 2021 in dated.values, f"{name} must hold from the first rule set on"


def test_no_two_versions_of_the_rule_set_are_called_alike() -> None:
    versions = [edition.version for edition in PARAMETERS.edition.values.values()]

    assert len(versions) == len(set(versions))


def test_an_amount_is_never_read_from_a_float() -> None:
    amounts = {"symbolic_fee_ceiling": 30.5, "cost_per_child_min": "1.00"}

    with pytest.raises(ValidationError, match="symbolic_fee_ceiling"):
        BudgetLimits.model_validate(
            {**amounts, "cost_per_child_max": "2.00", "fee_source": "x", "source": "x"}
        )


@pytest.mark.parametrize(
    ("year", "last"),
    [
        (2021, date(2021, 11, 7)),
        (2022, date(2022, 11, 6)),
        (2025, date(2025, 11, 2)),
        (2026, date(2026, 11, 1)),
    ],
)
def test_the_autumn_holidays_end_as_the_ministry_says(year: int, last: date) -> None:
    assert PARAMETERS.autumn_holidays.for_year(year) == last

"""The dated parameters: what is known, from which document, and what is not."""

import pytest
from pydantic import ValidationError

from services.funding.domain.parameters import Bareme
from services.funding.service import PARAMETERS
from tests.unit.funding.builders import euros


def test_only_2021_and_2025_have_a_published_bareme() -> None:
    assert {year: bareme.prices for year, bareme in PARAMETERS.baremes.values.items()} == {
        2021: euros("7885.00", "2563.00", "300.00", "300.00"),
        2025: euros("8487.00", "2758.25", "329.00", "305.00"),
    }


@pytest.mark.parametrize("year", [2019, 2021, 2024, 2025, 2040])
def test_shares_and_ceilings_hold_from_one_dated_year_to_the_next(year: int) -> None:
    terms = PARAMETERS.terms(year, PARAMETERS.baremes.values[2025])

    assert terms is not None
    assert (terms.shares.ps, terms.shares.part_n) == euros("0.325", "0.4")
    assert (terms.ceilings.branche_famille,) == euros("0.80")
    assert (terms.ceilings.advances_n, terms.ceilings.advances_n1) == euros("0.28", "0.42")
    assert terms.bonuses.exist is (year >= 2021)


def test_every_value_names_its_document() -> None:
    for dated in (PARAMETERS.baremes, PARAMETERS.shares, PARAMETERS.ceilings, PARAMETERS.bonuses):
        for value in dated.values.values():
            assert any(term in value.source for term in ("2021-006", "Note de cadrage"))


def test_a_published_bareme_is_not_overruled_by_one_that_is_built_in_later() -> None:
    published = PARAMETERS.baremes.values[2021]

    terms = PARAMETERS.terms(2025, published)

    assert terms is not None
    assert terms.bareme == published


def test_a_misspelt_parameter_does_not_load() -> None:
    written = PARAMETERS.baremes.values[2025].model_dump() | {"plafonds": "8487.00"}

    with pytest.raises(ValidationError, match="plafonds"):
        Bareme.model_validate(written)

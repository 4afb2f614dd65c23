"""Recorded parameters give the same values, and record which were read."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from shared.kernel.effective_dated import ByStartYear, UnknownYearError
from shared.kernel.parameters import recorded


@dataclass(frozen=True)
class Parameters:
    rates: ByStartYear[Decimal]
    holidays: ByStartYear[date]
    unit: str = "euros"


PARAMETERS = Parameters(
    rates=ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.20")}),
    holidays=ByStartYear("calendar", {2025: date(2025, 11, 2)}),
)


def test_values_are_those_of_the_parameters_and_each_is_noted_once() -> None:
    parameters, reads, _ = recorded(PARAMETERS)

    assert parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert parameters.rates.for_year(2025) == Decimal("0.20")
    assert parameters.holidays.for_year(2025) == date(2025, 11, 2)
    assert parameters.holidays.first_year() == 2025
    assert parameters.unit == "euros"
    assert [tuple(each) for each in reads] == [
        ("rates", 2024, 2021, b'"0.10"'),
        ("rates", 2025, 2025, b'"0.20"'),
        ("holidays", 2025, 2025, b'"2025-11-02"'),
    ]


def test_what_no_text_gives_is_noted_too() -> None:
    parameters, reads, _ = recorded(PARAMETERS)

    assert parameters.rates.for_year(2024) is None
    assert parameters.holidays.for_year(2030) is None
    with pytest.raises(UnknownYearError, match="rates: no value for 2020, the first dated year"):
        parameters.rates.in_force_on(2020)
    assert [tuple(each) for each in reads] == [
        ("rates", 2024, None, b"null"),
        ("holidays", 2030, None, b"null"),
        ("rates", 2020, None, b"null"),
    ]


def test_the_record_can_be_emptied_and_goes_on() -> None:
    parameters, reads, _ = recorded(PARAMETERS)
    parameters.rates.for_year(2025)
    reads.clear()
    assert list(reads) == []

    parameters.holidays.for_year(2025)
    assert [each.name for each in reads] == ["holidays"]


def test_each_record_is_its_own_and_the_parameters_themselves_have_none() -> None:
    first, second = recorded(PARAMETERS), recorded(PARAMETERS)
    first.parameters.rates.for_year(2025)
    PARAMETERS.rates.for_year(2021)

    assert [each.year for each in first.reads] == [2025]
    assert list(second.reads) == []
    assert replace(first.parameters, rates=PARAMETERS.rates, holidays=PARAMETERS.holidays) == (
        PARAMETERS
    )


def test_the_digest_changes_with_any_value_and_with_nothing_else() -> None:
    other = ByStartYear("elsewhere", {2025: Decimal("0.20"), 2021: Decimal("0.10")})
    dearer = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.21")})
    later = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2026: Decimal("0.20")})
    digest = recorded(PARAMETERS).digest

    assert recorded(replace(PARAMETERS, rates=other)).digest == digest
    assert recorded(replace(PARAMETERS, rates=dearer)).digest != digest
    assert recorded(replace(PARAMETERS, rates=later)).digest != digest
    assert recorded(recorded(PARAMETERS).parameters).digest == digest


def test_a_service_without_parameters_reads_none() -> None:
    parameters, reads, digest = recorded(None)

    assert parameters is None
    assert list(reads) == []
    assert digest == recorded(()).digest

"""Parameters under watch give the same values, and tell which were read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from shared.kernel.effective_dated import ByStartYear, UnknownYearError
from shared.kernel.recorded_parameters import RecordingParameters


@dataclass(frozen=True)
class Some:
    rates: ByStartYear[Decimal]
    holidays: Mapping[int, date]
    unit: str = "euros"


SOME = Some(
    rates=ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.20")}),
    holidays={2025: date(2025, 11, 2)},
)


def test_values_are_those_of_the_parameters_and_each_is_noted_once() -> None:
    watched = RecordingParameters(SOME)

    assert watched.parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert watched.parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert watched.parameters.rates.for_year(2025) == Decimal("0.20")
    assert watched.parameters.unit == "euros"
    assert [tuple(each) for each in watched.reads()] == [
        ("rates", 2024, 2021, b'"0.10"'),
        ("rates", 2025, 2025, b'"0.20"'),
    ]


def test_what_no_text_gives_is_noted_too() -> None:
    watched = RecordingParameters(SOME)

    assert watched.parameters.rates.for_year(2024) is None
    assert watched.parameters.holidays.get(2030) is None
    with pytest.raises(UnknownYearError, match="parameters/rates: no value for 2020"):
        watched.parameters.rates.in_force_on(2020)
    assert [tuple(each) for each in watched.reads()] == [
        ("rates", 2024, None, b"null"),
        ("holidays", 2030, None, b"null"),
        ("rates", 2020, None, b"null"),
    ]


def test_a_calendar_is_a_mapping_that_notes_what_was_looked_up() -> None:
    watched = RecordingParameters(SOME)

    assert watched.parameters.holidays[2025] == date(2025, 11, 2)
    assert list(watched.parameters.holidays) == [2025]
    assert len(watched.parameters.holidays) == 1
    assert [tuple(each) for each in watched.reads()] == [("holidays", 2025, 2025, b'"2025-11-02"')]


def test_a_new_decision_starts_with_an_empty_log() -> None:
    watched = RecordingParameters(SOME)
    watched.parameters.rates.for_year(2025)
    watched.reset()

    assert watched.reads() == ()


def test_the_digest_changes_with_any_value_and_with_nothing_else() -> None:
    other = ByStartYear("elsewhere", {2025: Decimal("0.20"), 2021: Decimal("0.10")})
    dearer = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.21")})

    assert (
        RecordingParameters(replace(SOME, rates=other)).digest == RecordingParameters(SOME).digest
    )
    assert (
        RecordingParameters(replace(SOME, rates=dearer)).digest != RecordingParameters(SOME).digest
    )


def test_a_service_without_parameters_reads_none() -> None:
    watched = RecordingParameters(None)

    assert watched.parameters is None
    assert watched.reads() == ()

"""Recorded parameters give the same values, and record which were read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from shared.kernel.recorded_parameters import RecordingParameters

from shared.kernel.effective_dated import ByStartYear, UnknownYearError


@dataclass(frozen=True)
class Parameters:
    rates: ByStartYear[Decimal]
    holidays: Mapping[int, date]
    unit: str = "euros"


PARAMETERS = Parameters(
    rates=ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.20")}),
    holidays={2025: date(2025, 11, 2)},
)


def test_values_are_those_of_the_parameters_and_each_is_noted_once() -> None:
    recording = RecordingParameters(PARAMETERS)

    assert recording.parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert recording.parameters.rates.in_force_on(2024) == Decimal("0.10")
    assert recording.parameters.rates.for_year(2025) == Decimal("0.20")
    assert recording.parameters.unit == "euros"
    assert [tuple(each) for each in recording.reads()] == [
        ("rates", 2024, 2021, b'"0.10"'),
        ("rates", 2025, 2025, b'"0.20"'),
    ]


def test_what_no_text_gives_is_noted_too() -> None:
    recording = RecordingParameters(PARAMETERS)

    assert recording.parameters.rates.for_year(2024) is None
    assert recording.parameters.holidays.get(2030) is None
    with pytest.raises(UnknownYearError, match="parameters/rates: no value for 2020"):
        recording.parameters.rates.in_force_on(2020)
    assert [tuple(each) for each in recording.reads()] == [
        ("rates", 2024, None, b"null"),
        ("holidays", 2030, None, b"null"),
        ("rates", 2020, None, b"null"),
    ]


def test_a_calendar_is_a_mapping_that_notes_what_was_looked_up() -> None:
    recording = RecordingParameters(PARAMETERS)

    assert recording.parameters.holidays[2025] == date(2025, 11, 2)
    assert list(recording.parameters.holidays) == [2025]
    assert len(recording.parameters.holidays) == 1
    assert [tuple(each) for each in recording.reads()] == [
        ("holidays", 2025, 2025, b'"2025-11-02"')
    ]


def test_a_new_decision_starts_with_an_empty_log() -> None:
    recording = RecordingParameters(PARAMETERS)
    recording.parameters.rates.for_year(2025)
    recording.reset()

    assert recording.reads() == ()


def test_the_digest_changes_with_any_value_and_with_nothing_else() -> None:
    other = ByStartYear("elsewhere", {2025: Decimal("0.20"), 2021: Decimal("0.10")})
    dearer = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.21")})

    assert (
        RecordingParameters(replace(PARAMETERS, rates=other)).digest
        == RecordingParameters(PARAMETERS).digest
    )
    assert (
        RecordingParameters(replace(PARAMETERS, rates=dearer)).digest
        != RecordingParameters(PARAMETERS).digest
    )


def test_a_service_without_parameters_reads_none() -> None:
    recording = RecordingParameters(None)

    assert recording.parameters is None
    assert recording.reads() == ()

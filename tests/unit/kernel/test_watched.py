"""Parameters under watch give the same values, and tell which were read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from shared.kernel.effective_dated import Dated, UnknownYearError
from shared.kernel.recorded_parameters import Watched


@dataclass(frozen=True)
class Some:
    rates: Dated[Decimal]
    holidays: Mapping[int, date]
    unit: str = "euros"


SOME = Some(
    rates=Dated("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.20")}),
    holidays={2025: date(2025, 11, 2)},
)


def test_values_are_those_of_the_parameters_and_each_is_noted_once() -> None:
    watched = Watched(SOME)

    assert watched.view.rates.in_force(2024) == Decimal("0.10")
    assert watched.view.rates.in_force(2024) == Decimal("0.10")
    assert watched.view.rates.exact(2025) == Decimal("0.20")
    assert watched.view.unit == "euros"
    assert [tuple(each) for each in watched.reads()] == [
        ("rates", 2024, 2021, b'"0.10"'),
        ("rates", 2025, 2025, b'"0.20"'),
    ]


def test_what_no_text_gives_is_noted_too() -> None:
    watched = Watched(SOME)

    assert watched.view.rates.exact(2024) is None
    assert watched.view.holidays.get(2030) is None
    with pytest.raises(UnknownYearError, match="parameters/rates: no value for 2020"):
        watched.view.rates.in_force(2020)
    assert [tuple(each) for each in watched.reads()] == [
        ("rates", 2024, None, b"null"),
        ("holidays", 2030, None, b"null"),
        ("rates", 2020, None, b"null"),
    ]


def test_a_calendar_is_a_mapping_that_notes_what_was_looked_up() -> None:
    watched = Watched(SOME)

    assert watched.view.holidays[2025] == date(2025, 11, 2)
    assert list(watched.view.holidays) == [2025]
    assert len(watched.view.holidays) == 1
    assert [tuple(each) for each in watched.reads()] == [("holidays", 2025, 2025, b'"2025-11-02"')]


def test_a_new_decision_starts_with_an_empty_log() -> None:
    watched = Watched(SOME)
    watched.view.rates.exact(2025)
    watched.forget()

    assert watched.reads() == ()


def test_the_digest_changes_with_any_value_and_with_nothing_else() -> None:
    other = Dated("elsewhere", {2025: Decimal("0.20"), 2021: Decimal("0.10")})
    dearer = Dated("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.21")})

    assert Watched(replace(SOME, rates=other)).digest == Watched(SOME).digest
    assert Watched(replace(SOME, rates=dearer)).digest != Watched(SOME).digest


def test_a_service_without_parameters_reads_none() -> None:
    watched = Watched(None)

    assert watched.view is None
    assert watched.reads() == ()

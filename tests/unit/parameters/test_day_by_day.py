"""Each day of each school year has exactly one value of each parameter, or is refused."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.domain.referentiel import bonus_kinds, rules_of
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.exports.scdl import TERMS as SUBVENTION_TERMS
from services.funding.reports.bilans import DAYS as BILAN_DAYS
from services.funding.service import SERVICE as FUNDING
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.funding import FundingDeferred, FundingGranted
from shared.kernel.effective_dated import ByStartYear, UnknownYearError
from tests.lock.values import values
from tests.support.decide import decide, only_event
from tests.support.samples import agrement, dossier_received

FIRST, LAST = date(2019, 9, 1), date(2030, 6, 30)
VALUES = values()
LOADED: dict[str, ByStartYear[Any]] = {
    f"{service.name}/{dated.name.rpartition('/')[2]}": dated
    for service in (ELIGIBILITY, FUNDING, ACCOUNTING)
    for field in fields(service.parameters)
    if isinstance(dated := getattr(service.parameters, field.name), ByStartYear)
    if field.name != "autumn_holidays"  # A calendar of a library, not a file.
} | {"funding/bilans": BILAN_DAYS, "funding/subventions": SUBVENTION_TERMS}
# Prices alone must be known for the very year; everything else holds until the next dated year.
OF_THE_VERY_YEAR = {"funding/baremes"}
PRICED = {2021, 2025}
FIRST_KNOWN = {file: 2019 if file.startswith("funding/") else 2021 for file in VALUES}
SCHOOL_YEARS = range(2019, 2030)


def _days() -> Iterator[date]:
    """Yield each day of each school year; July and August belong to none."""
    for count in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=count)
        if day.month not in {7, 8}:
            yield day


def _start_year(day: date) -> int:
    return day.year if day.month >= 9 else day.year - 1


def _values_on(file: str, day: date) -> list[Any]:
    """Return every value whose period holds the day, as its file writes it."""
    years = sorted(VALUES[file])
    ends = {year: date(after, 9, 1) for year, after in pairwise(years)}
    if file in OF_THE_VERY_YEAR:
        ends = {year: date(year + 1, 9, 1) for year in years}
    return [
        VALUES[file][year] for year in years if date(year, 9, 1) <= day < ends.get(year, date.max)
    ]


def test_every_file_is_loaded_by_its_service() -> None:
    assert LOADED.keys() == VALUES.keys()


@pytest.mark.parametrize("file", VALUES)
def test_each_day_has_exactly_one_value_or_is_before_the_first_text(file: str) -> None:
    for day in _days():
        year = _start_year(day)
        first_year = year in PRICED if file in OF_THE_VERY_YEAR else year >= FIRST_KNOWN[file]
        values = _values_on(file, day)
        assert len(values) == (1 if first_year else 0), f"{file} on {day}: {len(values)} values"
        if first_year:
            model = type(LOADED[file].in_force_on(year))
            assert LOADED[file].in_force_on(year) == model.model_validate(values[0]), (
                f"{file} {day}"
            )


@pytest.mark.parametrize("file", VALUES)
def test_each_value_names_its_source(file: str) -> None:
    for year, value in VALUES[file].items():
        assert value.get("source") or all(each["source"] for each in value.values()), (file, year)


@pytest.mark.parametrize("year", SCHOOL_YEARS)
def test_an_unknown_year_is_deferred_and_never_priced(year: int) -> None:
    decision = decide(FUNDING, agrement(school_year=f"{year}-{year + 1}"))

    if year in PRICED:
        assert [type(each) for each in decision.events] == [FundingGranted]
    else:
        (reason,) = only_event(decision, FundingDeferred).reasons
        assert reason.rule == "PRX-07"


@pytest.mark.parametrize("year", SCHOOL_YEARS)
def test_a_year_before_the_first_rule_set_is_refused(year: int) -> None:
    school_year = f"{year}-{year + 1}"
    assessed = only_event(
        decide(ELIGIBILITY, dossier_received(school_year=school_year)), EligibilityAssessed
    )

    before = [each.rule for each in assessed.findings] == ["VER-01"]
    assert before is (year < 2021)
    assert (rules_of(ELIGIBILITY.parameters, school_year) is None) is before
    assert (bonus_kinds(ELIGIBILITY.parameters, school_year) == ()) is before
    if before:
        assert assessed.verdict == "ineligible"


@pytest.mark.parametrize("year", SCHOOL_YEARS)
def test_a_year_without_a_chart_is_never_booked(year: int) -> None:
    if year < 2021:
        with pytest.raises(UnknownYearError, match=f"no value for {year}"):
            ACCOUNTING.parameters.chart_of(f"{year}-{year + 1}")
    else:
        assert ACCOUNTING.parameters.chart_of(f"{year}-{year + 1}").expense_current

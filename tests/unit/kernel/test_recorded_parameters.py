"""Recorded parameters give the same values, and record which were read."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from shared.kernel.effective_dated import ByStartYear, ParameterRead, UnknownYearError
from shared.kernel.parameters import digest, load, recorded
from shared.yaml import YamlError

Reads = dict[ParameterRead, None]


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
    reads: Reads = {}
    parameters = recorded(PARAMETERS, reads)

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
    reads: Reads = {}
    parameters = recorded(PARAMETERS, reads)

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
    reads: Reads = {}
    parameters = recorded(PARAMETERS, reads)
    parameters.rates.for_year(2025)
    reads.clear()
    assert list(reads) == []

    parameters.holidays.for_year(2025)
    assert [each.name for each in reads] == ["holidays"]


def test_each_record_is_its_own_and_the_parameters_themselves_have_none() -> None:
    first: Reads = {}
    second: Reads = {}
    parameters = recorded(PARAMETERS, first)
    recorded(PARAMETERS, second)
    parameters.rates.for_year(2025)
    PARAMETERS.rates.for_year(2021)

    assert [each.year for each in first] == [2025]
    assert list(second) == []
    assert parameters.rates.values == PARAMETERS.rates.values


def test_the_digest_changes_with_any_value_and_with_nothing_else() -> None:
    other = ByStartYear("elsewhere", {2025: Decimal("0.20"), 2021: Decimal("0.10")})
    dearer = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2025: Decimal("0.21")})
    later = ByStartYear("parameters/rates", {2021: Decimal("0.10"), 2026: Decimal("0.20")})
    first = digest(PARAMETERS)

    assert digest(replace(PARAMETERS, rates=other)) == first
    assert digest(replace(PARAMETERS, rates=dearer)) != first
    assert digest(replace(PARAMETERS, rates=later)) != first
    assert digest(recorded(PARAMETERS, {})) == first


def test_a_service_without_parameters_reads_none() -> None:
    reads: Reads = {}

    assert recorded(None, reads) is None
    assert reads == {}
    assert digest(None) == digest(())


class Rate(BaseModel):
    share: Decimal
    source: str


YAML = """values:
  2021: {share: "0.10", source: "Arrêté"}
  2025: {share: "0.20", source: "Arrêté"}
"""


def test_values_are_read_by_start_year_and_validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_a_service").mkdir()
    file = tmp_path / "of_a_service" / "rates.yaml"
    file.write_text(YAML, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    expected = ByStartYear(
        "rates",
        {
            2021: Rate(share=Decimal("0.10"), source="Arrêté"),
            2025: Rate(share=Decimal("0.20"), source="Arrêté"),
        },
    )
    assert load("of_a_service", "rates", Rate) == expected
    file.write_text(YAML.replace("0.20", "a fifth"), encoding="utf-8")
    with pytest.raises(ValidationError, match="share"):
        load("of_a_service", "rates", Rate)


@pytest.mark.parametrize("year", ["2025.5", '"2025"', "2025-01-01", "true"])
def test_a_start_year_is_an_integer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: str
) -> None:
    _write(tmp_path, monkeypatch, YAML.replace("2025", year))

    with pytest.raises(ValidationError, match="valid integer"):
        load("of_a_service", "rates", Rate)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("2025: {", "2021: {", "'2021' is there already, line 2"),
        ("2025: {", "02021: {", "'02021' is there already, line 2"),
        ('"0.20", ', '"0.20", share: "0.30", ', "'share' is there already, line 3"),
    ],
)
def test_two_values_for_one_year_or_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, key: str
) -> None:
    _write(tmp_path, monkeypatch, YAML.replace(old, new))

    with pytest.raises(YamlError, match=rf"of_a_service/rates.yaml, line 3, .*{key}"):
        load("of_a_service", "rates", Rate)


def test_an_amount_without_quotes_is_read_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, monkeypatch, YAML.replace('"0.20"', "0.20"))

    assert str(load("of_a_service", "rates", Rate).values[2025].share) == "0.20"


def _write(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "of_a_service").mkdir()
    (folder / "of_a_service" / "rates.yaml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)

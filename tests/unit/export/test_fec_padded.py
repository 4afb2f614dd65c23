"""Values of a FEC in records of fixed length, control characters, days of an exercise."""

from datetime import date, timedelta

import pytest

from shared.fec_validator import LISTED_PER_RULE, Report, validate
from tests.unit.export.other_fec import HEADER, checked, entry, fec, row, rules


def padded(line: list[str]) -> list[str]:
    """Return a record of fixed length: texts followed by blanks, numbers preceded by zeros."""
    filled = [value.ljust(30) for value in line]
    for place in (11, 12, 16):
        filled[place] = line[place].rjust(15, "0") if line[place] else "000000000000,00"
    for place in (3, 9, 15):
        filled[place] = line[place]
    return [*filled[:14], "00000000", *filled[15:]]


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_records_of_fixed_length_are_accepted(separator: str) -> None:
    rows = [padded(line) for number in (1, 2) for line in entry(number)]

    report = checked(fec(rows, header=[name.ljust(30) for name in HEADER], separator=separator))

    assert rules(report) == {}
    assert (report.entries, report.debit) == (2, report.credit)


@pytest.mark.parametrize("place", range(18))
def test_blanks_around_a_value_change_nothing(place: int) -> None:
    rows = [*entry(1), *entry(2)]
    rows[0][place] = f"{rows[0][place]}   "
    rows[2][place] = f" {rows[2][place]}"

    assert rules(checked(fec(rows))) == {}


UNFILLED = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}


@pytest.mark.parametrize("place", range(18))
def test_a_field_of_blanks_is_blank(place: int) -> None:
    rows = entry(1)
    rows[1][place] = "    "

    assert rules(checked(fec(rows))) == ({} if HEADER[place] in UNFILLED else {"FEC-16": 1})


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("EcritureDate", {"FEC-16": 1}),
        ("PieceDate", {"FEC-16": 1}),
        ("ValidDate", {"FEC-16": 1}),
        ("DateLet", {}),
    ],
)
def test_a_date_of_zeros_is_no_date(column: str, expected: dict[str, int]) -> None:
    rows = entry(1)
    rows[1][HEADER.index(column)] = "00000000"

    assert rules(checked(fec(rows))) == expected


def test_a_letter_with_a_date_of_zeros_has_no_date() -> None:
    rows = entry(1)
    rows[1][13:15] = ["AA", "00000000"]

    assert rules(checked(fec(rows))) == {"FEC-31": 1}


def test_an_amount_in_another_currency_needs_its_name() -> None:
    rows = entry(1)
    rows[0][16], rows[1][16] = "0,00", "10,00"

    assert rules(checked(fec(rows))) == {"FEC-31": 1}


CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\r\n"]


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_every_control_character_is_refused_in_utf_8(separator: str) -> None:
    rows = [entry(number) for number in range(1, len(CONTROLS) + 1)]
    for (first, _), character in zip(rows, CONTROLS, strict=True):
        first[10] = f"Goûter{character}"

    report = checked(fec([line for pair in rows for line in pair], separator=separator))

    assert rules(report) == {"FEC-30": 62}
    assert len(report.findings) == LISTED_PER_RULE


@pytest.mark.parametrize("byte", range(0x80, 0xA0))
def test_a_c1_control_of_iso_8859_15_is_refused_once(byte: int) -> None:
    content = fec([row(debit="1,00", label="Go\N{CURRENCY SIGN}ter"), *entry(1, cents=100)[1:]])
    report = checked(content.encode("latin-1").replace(b"\xa4", bytes([byte])))

    assert rules(report) == {"FEC-06": 1}


def test_a_header_has_no_control_characters_either() -> None:
    rows = [[*line, ""] for line in entry(1)]

    assert rules(checked(fec(rows, header=[*HEADER, "Site\x85"]))) == {"FEC-12": 1, "FEC-30": 1}


@pytest.mark.parametrize(
    ("closes", "opens"),
    [
        ("20250228", "20240301"),
        ("20240229", "20230301"),
        ("20240228", "20230301"),
        ("20230228", "20220301"),
        ("20250331", "20240401"),
        ("20240331", "20230401"),
        ("20250301", "20240302"),
        ("20251231", "20250101"),
        ("20250630", "20240701"),
    ],
)
def test_twelve_months_end_on_the_day_of_the_name(closes: str, opens: str) -> None:
    first = date.fromisoformat(opens)
    name = f"512345679FEC{closes}.txt"

    def of(day: date) -> Report:
        return checked(fec(entry(1, day=f"{day:%Y%m%d}", valid="20260131")), name)

    assert rules(of(first)) == {}
    assert rules(of(first - timedelta(days=1))) == {"FEC-38": 2}
    assert rules(of(date.fromisoformat(closes))) == {}
    assert rules(of(date.fromisoformat(closes) + timedelta(days=1))) == {"FEC-38": 2}


@pytest.mark.parametrize("opens_on", [date(2025, 2, 1), date(2023, 9, 15)])
def test_an_exercise_may_be_shorter_or_longer(opens_on: date) -> None:
    content = fec(entry(1, day=f"{opens_on:%Y%m%d}", valid="20250228")).encode()

    report = validate(content, name="512345679FEC20250228.txt", opens_on=opens_on)

    assert rules(report) == {}

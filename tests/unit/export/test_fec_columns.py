"""Columns of a FEC: regimes and their order."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shared.fec_validator import Regime
from tests.unit.export.other_fec import HEADER, TREASURY, checked, entry, fec, paid, rules

UNUSED = {"JournalCode": 0, "JournalLib": 1, "CompteNum": 4}


@pytest.mark.parametrize("columns", [TREASURY[:3], TREASURY])
@pytest.mark.parametrize("place", UNUSED.values())
def test_in_treasury_what_is_not_used_is_blank(place: int, columns: list[str]) -> None:
    rows = [paid(line, columns) for line in entry(1)]
    for line in rows:
        line[place] = ""

    assert rules(checked(fec(rows, header=[*HEADER, *columns]))) == {}


@pytest.mark.parametrize("place", UNUSED.values())
def test_with_18_columns_the_regime_says_whether_they_may_be_blank(place: int) -> None:
    rows = entry(1)
    for line in rows:
        line[place] = ""

    assert rules(checked(fec(rows))) == {"FEC-16": 2}
    assert rules(checked(fec(rows), regime=Regime.BNC_BA)) == {}


@pytest.mark.parametrize("place", [2, 3, 5, 8, 9, 10, 11, 12, 15])
def test_in_treasury_the_other_fields_are_still_asked(place: int) -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    rows[0][place] = ""

    assert checked(fec(rows, header=[*HEADER, *TREASURY])).counts["FEC-16"] == 1


@pytest.mark.parametrize(("place", "value"), [(18, ""), (18, "00000000"), (19, " ")])
def test_in_treasury_day_and_mode_of_payment_are_asked(place: int, value: str) -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    rows[0][place] = value

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert rules(report) == {"FEC-44": 1}
    assert report.accepted


def test_a_blank_journal_is_a_journal_where_it_may_be_blank() -> None:
    rows = [paid(line, TREASURY) for line in (*entry(1), *entry(1))]
    for line in rows[2:]:
        line[0] = line[1] = ""

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert (rules(report), report.entries, report.numbering) == ({}, 2, "par journal")


def test_in_treasury_single_entry_accounts_are_accepted() -> None:
    rows = [paid(entry(number)[1], TREASURY) for number in (1, 2)]

    report = checked(fec(rows, header=[*HEADER, *TREASURY]))

    assert rules(report) == {"FEC-45": 1}
    assert report.accepted


def test_in_treasury_too_a_balanced_file_has_balanced_entries() -> None:
    (first, second), (third, fourth) = entry(1), entry(2)
    second[12], fourth[12] = "1,01", "0,99"
    rows = [paid(line, TREASURY) for line in (first, second, third, fourth)]

    assert rules(checked(fec(rows, header=[*HEADER, *TREASURY]))) == {"FEC-32": 2}


def test_a_regime_asks_for_its_columns() -> None:
    report = checked(fec(entry(1)), regime=Regime.BNC_TREASURY)

    assert [each.column for each in report.findings] == TREASURY
    assert rules(report) == {"FEC-10": 4}


def test_the_accent_that_the_law_itself_writes_is_accepted() -> None:
    rows = [paid(line, TREASURY) for line in entry(1)]
    header = [*HEADER, *TREASURY]
    header[12] = "Crédit"

    assert rules(checked(fec(rows, header=header))) == {}


def moved(place: int, to: int) -> Callable[[list[str]], list[str]]:
    def change(values: list[str]) -> list[str]:
        rest = [*values[:place], *values[place + 1 :]]
        return [*rest[:to], values[place], *rest[to:]]

    return change


@pytest.mark.parametrize(
    ("columns", "place", "to", "message"),
    [
        ([], 17, 0, "Idevise vient en place de JournalCode (champ 1)."),
        (["Site"], 18, 4, "Site vient en place de CompteNum (champ 5)."),
        (["Site"], 18, 17, "Site vient en place de Idevise (champ 18)."),
        (TREASURY[:3], 18, 0, "DateRglt vient en place de JournalCode (champ 1)."),
        (TREASURY[:3], 19, 18, "ModeRglt vient en place de DateRglt (champ 19)."),
        (TREASURY, 21, 20, "IdClient vient en place de NatOp (champ 21)."),
        ([*TREASURY[:3], "Site"], 21, 20, "Site vient en place de NatOp (champ 21)."),
        ([*TREASURY, "Site"], 22, 18, "Site vient en place de DateRglt (champ 19)."),
    ],
)
def test_the_first_columns_are_those_of_the_law_in_its_order(
    columns: list[str], place: int, to: int, message: str
) -> None:
    change = moved(place, to)
    rows = [change(paid(line, columns)) for line in entry(1)]

    report = checked(fec(rows, header=change([*HEADER, *columns])))

    assert [each.message for each in report.findings if each.rule == "FEC-11"] == [message]
    assert set(report.counts) <= {"FEC-11", "FEC-12"}


@pytest.mark.parametrize("columns", [["Site", "Site"], ["Montant"], ["Sens", "Montant"]])
def test_what_follows_is_free(columns: list[str]) -> None:
    rows = [[*line, *("x" for _ in columns)] for line in entry(1)]

    report = checked(fec(rows, header=[*HEADER, *columns]))

    assert rules(report) == {"FEC-12": len(columns)}
    assert report.accepted


def test_of_both_ways_to_write_amounts_that_in_the_place_of_the_law_counts() -> None:
    header = [*HEADER[:11], "Montant", "Sens", *HEADER[13:], "Debit", "Credit"]
    first, second = entry(1)
    rows = [[*first[:11], "1,00", "D", *first[13:], "", ""]]
    rows += [[*second[:11], "1,00", "C", *second[13:], "", ""]]

    report = checked(fec(rows, header=header))

    assert rules(report) == {"FEC-12": 2}
    assert (report.debit, report.credit) == (Decimal("1.00"), Decimal("1.00"))


@pytest.mark.parametrize("name", ["JournalCode", "Credit", "DateRglt", "NatOp"])
def test_a_column_of_the_law_comes_once(name: str) -> None:
    rows = [[*line, "", ""] for line in entry(1)]

    report = checked(fec(rows, header=[*HEADER, name, name]))

    assert report.counts["FEC-11"] == 1
    assert not report.accepted

"""Entries of a FEC whose lines are not together, and numbers that are not in order."""

import pytest

from shared.fec_validator import LISTED_PER_RULE, entries, numbering
from tests.unit.export.other_fec import checked, entry, fec, rules


def test_entries_in_the_order_of_accounts_are_judged_whole() -> None:
    rows = [line for number in range(1, 301) for line in entry(number, cents=number)]
    by_account = sorted(rows, key=lambda line: (line[4], -int(line[2])))

    report = checked(fec(by_account))

    assert rules(report) == {"FEC-43": 1}
    assert (report.accepted, report.entries, report.lines) == (True, 300, 600)


def test_of_entries_apart_the_one_that_is_wrong_is_named() -> None:
    rows = [*entry(1), *entry(2, cents=500), *entry(3)]
    rows[3][12] = "5,01"

    report = checked(fec(rows[::2] + rows[1::2]))

    assert rules(report) == {"FEC-32": 1, "FEC-42": 1, "FEC-43": 1}
    (unbalanced,) = (each for each in report.findings if each.rule == "FEC-32")
    assert unbalanced.line == 3
    assert unbalanced.message == (
        "l’écriture « 2 » du journal « BQ » : débit 5,00, crédit 5,01, écart 0,01."
    )


def test_a_part_that_balances_is_of_its_entry_all_the_same() -> None:
    report = checked(fec([*entry(1), *entry(2), *entry(1)]))

    assert rules(report) == {"FEC-43": 1}
    assert report.entries == 2


def test_the_number_of_an_entry_that_is_closed_is_not_taken_by_another_piece() -> None:
    other = [[*line[:8], "R99", *line[9:]] for line in entry(1)]

    report = checked(fec([*entry(1), *entry(2), *other]))

    assert rules(report) == {"FEC-34": 1}
    assert report.entries == 3


def test_a_number_out_of_order_is_not_missing() -> None:
    assert rules(checked(fec([*entry(1), *entry(3), *entry(2)]))) == {"FEC-34": 1}


def test_of_a_gap_what_stays_missing_is_named() -> None:
    report = checked(fec([*entry(3), *entry(9), *entry(6), *entry(1)]))

    assert rules(report) == {"FEC-33": 3, "FEC-34": 2}
    assert [each.message for each in report.findings if each.rule == "FEC-33"] == [
        "le numéro 9 suit 3 : 4 à 5 manquent.",
        "le numéro 9 suit 3 : 7 à 8 manquent.",
        "le numéro 3 suit 1 : 2 manque.",
    ]


def test_memory_is_bounded_by_the_gaps_that_may_be_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "GAPS_MAX", 1)

    report = checked(fec([line for number in (1, 3, 5, 2, 4) for line in entry(number)]))

    assert rules(report) == {"FEC-33": 1, "FEC-34": 2}
    assert "le numéro 5 suit 3 : 4 manque." in [each.message for each in report.findings]


def test_findings_of_one_rule_are_listed_to_one_bound() -> None:
    numbers = [1, 60, *range(2, 32)]
    others = [[*line[:8], "X", *line[9:]] for number in numbers for line in entry(number)]
    rows = [line for number in numbers for line in entry(number)]

    report = checked(fec([*rows, *others]))

    assert report.counts["FEC-34"] == 30 + 32
    assert len([each for each in report.findings if each.rule == "FEC-34"]) == LISTED_PER_RULE


def test_a_line_that_is_not_read_may_be_of_any_entry_that_is_interleaved() -> None:
    rows = [*entry(1), *entry(2), *entry(3)]
    interleaved = rows[::2] + rows[1::2]
    interleaved[4] = interleaved[4][:-1]

    assert rules(checked(fec(interleaved))) == {"FEC-14": 1, "FEC-43": 1}


def test_memory_is_bounded_by_the_entries_that_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "OPEN_MAX", 2)
    rows = [line for number in range(1, 6) for line in entry(number)]

    report = checked(fec(rows[::2] + rows[1::2]))

    expected = "plus de 2 écritures inachevées : équilibre et numéros non vérifiés."
    assert expected in [each.message for each in report.findings]
    assert rules(report) == {"FEC-43": 2}


@pytest.mark.parametrize(
    ("numbers", "rule"), [((1, 2, 3, 1), "FEC-43"), ((1, 2, 3, 4, 5, 1), "FEC-34")]
)
def test_the_last_entries_that_balanced_are_remembered(
    numbers: tuple[int, ...], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "CLOSED_MAX", 2)

    report = checked(fec([line for number in numbers for line in entry(number)]))

    assert rules(report) == {rule: 1}

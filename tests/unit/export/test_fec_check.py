"""The check of a FEC: good files accepted, files broken by one change refused for that alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.accounting.exports.fec_report import print_fec_report
from services.accounting.exports.formats.fec import fec_format
from shared.fec_validator import LISTED_PER_RULE, RULES, Report, numbering, rules_table, validate
from tests.unit.export.broken_fec import BROKEN, Listed
from tests.unit.export.broken_fec_forms import BROKEN_FORMS
from tests.unit.export.changes import both, line, put, replaced
from tests.unit.export.closed_books import entries_of, head_of, worked_example

NAME = "775672272FEC20251231.txt"
FORM = "Séparateur : tabulation, encodage : UTF-8"
ROOT = Path(__file__).parents[3]


def _good(path: Path) -> str:
    books = worked_example()
    writer = fec_format("775672272", "\t", "utf-8")(path, head_of(books.states, 2025))
    for entry in entries_of(books.states, 2025):
        writer.add(entry)
    writer.close()
    return path.read_bytes().decode()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The worked example: entry 1 in lines 2 and 3, entry 2 in 4 and 5, entry 3 in 6 and 7."""
    return _good(tmp_path_factory.mktemp("fec") / "good")


def checked(folder: Path, content: str | bytes, name: str = NAME) -> Report:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return validate(path)


def listed(report: Report) -> list[Listed]:
    return [(each.rule, each.line, each.column, each.message) for each in report.findings]


WARNED = {"FEC-07", "FEC-09", "FEC-12", "FEC-13", "FEC-20", "FEC-23", "FEC-27", "FEC-29"}
WARNED |= {"FEC-31", "FEC-35", "FEC-36", "FEC-37", "FEC-41", "FEC-43", "FEC-44", "FEC-45"}


ALL_BROKEN = BROKEN | BROKEN_FORMS


@pytest.mark.parametrize("named", ALL_BROKEN)
def test_a_file_broken_by_one_change_is_told_for_that_alone(
    tmp_path: Path, good: str, named: str
) -> None:
    change, expected = ALL_BROKEN[named]
    report = checked(tmp_path, change(good))
    assert listed(report) == expected
    assert report.accepted == all(rule in WARNED for rule, *_ in expected)


@pytest.mark.parametrize("header", ["\t" * 17, "a\tb\tc\td\te\tf\tg\th\ti", '"JournalCode"\t' * 9])
def test_another_table_is_refused_by_its_header_alone(
    tmp_path: Path, good: str, header: str
) -> None:
    report = checked(tmp_path, replaced(good.split("\r\n", maxsplit=1)[0], header)(good))
    assert not report.accepted
    assert report.counts["FEC-10"] == 18
    assert (report.lines, {finding.line for finding in report.findings}) == (0, {1})


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        (
            *("fec.txt", "FEC-01"),
            "« fec.txt » : un nom comme 123456782FEC20251231.txt est attendu.",
        ),
        ("775672273FEC20251231.txt", "FEC-02", "« 775672273 » : la clé du SIREN est fausse."),
        ("000000000FEC20251231.txt", "FEC-02", "« 000000000 » n’est le SIREN de personne."),
        ("775672272FEC20250229.txt", "FEC-03", "« 20250229 » n’est pas une date du calendrier."),
        ("775672272FEC00010101.txt", "FEC-03", "« 00010101 » n’est pas une date du calendrier."),
    ],
)
def test_a_wrong_name_is_told(
    tmp_path: Path, good: str, name: str, rule: str, message: str
) -> None:
    assert listed(checked(tmp_path, good, name)) == [(rule, None, None, message)]


@pytest.mark.parametrize("name", ["775672272FEC20251231", "775672272fec20251231_2.TXT"])
def test_parts_and_names_without_an_extension_are_in_order(
    tmp_path: Path, good: str, name: str
) -> None:
    assert listed(checked(tmp_path, good, name)) == []


def test_every_rule_was_seen_broken_but_that_of_the_side() -> None:
    seen = {rule for _, expected in ALL_BROKEN.values() for rule, *_ in expected}
    assert set(RULES) - seen == {"FEC-01", "FEC-02", "FEC-03", "FEC-24"}
    assert {rule.id for rule in RULES.values() if rule.severity == "alerte"} == WARNED


def sided(text: str) -> str:
    """Return a file with one amount and its side in place of debit and credit."""
    rows = [row.split("\t") for row in text.split("\r\n")[:-1]]
    rows[0][11:13] = ["Montant", "Sens"]
    for row in rows[1:]:
        row[11:13] = [row[12], "C"] if row[11] == "0,00" else [row[11], "+1"]
    return "".join("\t".join(row) + "\r\n" for row in rows)


def test_an_amount_and_its_side_do_as_well(tmp_path: Path, good: str) -> None:
    report = checked(tmp_path, sided(good))
    assert listed(report) == []
    assert (report.debit, report.credit) == (Decimal("2758.25"), Decimal("2758.25"))


def test_a_side_that_is_none_is_told(tmp_path: Path, good: str) -> None:
    report = checked(tmp_path, sided(good).replace("\tC\t", "\tX\t", 1))
    expected = "« X » : D, C, +1 ou -1 est attendu."
    assert listed(report) == [("FEC-24", 3, "Sens", expected)]


def test_a_file_says_what_it_is(tmp_path: Path, good: str) -> None:
    report = checked(tmp_path, good)
    assert report.accepted
    assert (report.separator, report.encoding, report.line_end) == ("tabulation", "UTF-8", "CR LF")
    assert (report.lines, report.entries, report.numbering) == (6, 3, "par journal")
    assert (report.debit, report.credit) == (Decimal("2758.25"), Decimal("2758.25"))


@pytest.mark.parametrize(("end", "named"), [("\n", "LF"), ("\r", "CR")])
def test_any_one_line_end_will_do(tmp_path: Path, good: str, end: str, named: str) -> None:
    report = checked(tmp_path, good.replace("\r\n", end))
    assert (listed(report), report.line_end, report.lines) == ([], named, 6)


def test_a_line_end_of_another_system_is_told_in_a_file_of_bare_line_feeds(
    tmp_path: Path, good: str
) -> None:
    text = line(2, lambda row: f"{row}\r")(good).replace("\r\r\n", "\r!").replace("\r\n", "\n")
    report = checked(tmp_path, text.replace("\r!", "\r\n"))
    expected = "fin de ligne CR LF ; la première ligne finit par LF."
    assert listed(report) == [("FEC-08", 2, None, expected)]


def test_the_law_takes_signs_before_or_after_and_capitals_as_they_come(
    tmp_path: Path, good: str
) -> None:
    signed = both(put("-5,00", "Debit", 2), put("5,00-", "Credit", 3))(good)
    report = checked(tmp_path, signed.replace("JournalCode", "JOURNALCODE"))
    assert listed(report) == []
    assert report.debit == Decimal("1980.94")


def test_after_a_double_the_numbers_go_on(tmp_path: Path, good: str) -> None:
    rows = good.split("\r\n")
    doubled = [row.replace("\t2\t", "\t1\t", 1) for row in rows[3:5]]
    report = checked(tmp_path, "\r\n".join([*rows[:5], *doubled, *rows[5:]]))
    assert [(rule, at) for rule, at, *_ in listed(report)] == [("FEC-34", 6)]


def test_journals_may_number_their_own_entries(tmp_path: Path, good: str) -> None:
    moved = both(put("OD", "JournalCode", 4, 5), put("1", "EcritureNum", 4, 5))
    text = both(moved, put("2", "EcritureNum", 6, 7))(good)
    report = checked(tmp_path, text)
    assert (listed(report), report.numbering) == ([], "par journal")


def test_journals_may_share_one_sequence(tmp_path: Path, good: str) -> None:
    report = checked(tmp_path, put("OD", "JournalCode", 4, 5)(good))
    assert (listed(report), report.numbering) == ([], "sur tous les journaux")


def test_a_sequence_too_many_is_told(
    tmp_path: Path, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SERIES_MAX", 2)
    named = both(put("A1", "EcritureNum", 2, 3), put("B1", "EcritureNum", 4, 5))
    report = checked(tmp_path, both(named, put("C1", "EcritureNum", 6, 7))(good))
    expected = "plus de 2 séquences : la suite de celle-ci n’est pas vérifiée."
    assert listed(report) == [("FEC-35", 6, "EcritureNum", expected)]


def test_an_exercise_of_another_length_is_told_by_its_first_day(tmp_path: Path, good: str) -> None:
    path = tmp_path / NAME
    path.write_bytes(put("20241231", "EcritureDate", 2, 3)(good).encode())
    assert validate(path, opens_on=date(2024, 10, 1)).accepted


def test_faults_are_told_to_a_bound_and_counted_beyond_it(
    tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = good.split("\r\n")
    text = "\r\n".join([header, *(rows[:2] * 50), ""]).replace("772,31", "772.31")
    report = checked(tmp_path, text)
    assert report.counts == {"FEC-17": 100}
    assert len(report.findings) == LISTED_PER_RULE
    print_fec_report(report)
    out = capsys.readouterr().out
    assert f"{NAME} : refusé, 100 erreurs, 0 alerte." in out
    assert "FEC-17 : 100 fois, dont 20 montrées. La décimale suit une virgule." in out


def test_a_good_file_is_told_in_three_lines(
    tmp_path: Path, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_fec_report(checked(tmp_path, good))
    assert capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ").splitlines() == [
        f"{NAME} : accepté.",
        f"{FORM}, fin de ligne : CR LF, numérotation : par journal.",
        "6 lignes, 3 écritures, débit 2 758,25 €, crédit 2 758,25 €.",
    ]


def test_what_cannot_run_in_memory_is_not_read_on(tmp_path: Path) -> None:
    report = checked(tmp_path, b"x" * 3_000_000)
    (finding,) = report.findings
    assert (finding.rule, finding.line) == ("FEC-08", 1)
    assert finding.message.startswith("aucune fin de ligne en 1048576 octets")


def test_the_page_on_the_fec_holds_the_table_of_rules() -> None:
    assert rules_table() in (ROOT / "docs" / "fec.md").read_text(encoding="utf-8")


def test_how_far_the_reading_came_is_told(tmp_path: Path, good: str) -> None:
    path = tmp_path / NAME
    path.write_bytes(good.encode())
    counts: list[int] = []
    validate(path, progress=counts.append)
    assert sum(counts) == path.stat().st_size


def test_bytes_are_validated_as_the_file_is(tmp_path: Path, good: str) -> None:
    assert validate(good.encode(), name=NAME) == checked(tmp_path, good)
    assert validate(good.encode()).counts == {"FEC-01": 1}

"""The journal as CSV: two dialects, nothing that a spreadsheet would run, read back as it was."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounting.exports.formats.base import ExportHeader, journal_lines
from services.accounting.exports.formats.csv_file import HEADER, CsvFile, for_excel, for_programs
from shared.console.csv_injection import is_marked, neutralise, restore
from tests.unit.export.journal import LINES, entry, head

Opening = Callable[[Path, ExportHeader], CsvFile]

COLUMNS = (
    "sequence,entry_id,caf,exercise,period,booked_on,kind,label,dossier_id,school_year,siret,"
    "gestionnaire,ledger,account,account_label,debit,credit,origin_exercise,statistical_code,"
    "cause_id,cause_type\r\n"
)
COMMON = (
    "1,e1,011,2025,11,2025-11-20,advance,Acompte Clas 2025-2026 – Les Amis de l'école,"
    "ELAN-2025-761-000001,2025-2026,76573991749305,Les Amis de l'école,"
)
CAUSE = "a1,fr.caf.clas.AdvanceGranted.v1\r\n"


def written(path: Path, opening: Opening, *entries: object) -> bytes:
    file = opening(path, head())
    for added in entries:
        file.add(added)  # type: ignore[arg-type]
    file.close()
    return path.read_bytes()


def test_programs_get_commas_points_and_no_byte_order_mark(tmp_path: Path) -> None:
    first = "SF,6562322410,Prestation de service Clas,772.31,0.00,2025,81512214,"
    second = "T,467,Tiers,0.00,772.31,,,"

    result = written(tmp_path / "a.csv", for_programs, entry())

    assert result.decode() == f"{COLUMNS}{COMMON}{first}{CAUSE}{COMMON}{second}{CAUSE}"


def test_a_french_excel_gets_semicolons_decimal_commas_and_the_mark(tmp_path: Path) -> None:
    result = written(tmp_path / "a.csv", for_excel, entry(None, entry_id="e9"))

    assert result.startswith(b"\xef\xbb\xbfsequence;entry_id;")
    first = result.decode("utf-8-sig").splitlines()[1]
    assert first.startswith(";e9;011;2025;11;2025-11-20;advance;")
    assert ";772,31;0,00;2025;81512214;" in first


def test_a_journal_without_entries_has_its_header(tmp_path: Path) -> None:
    assert written(tmp_path / "a.csv", for_programs).decode() == COLUMNS


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    twice = [written(tmp_path / name, for_programs, entry(1), entry(2)) for name in ("a", "b")]

    assert twice[0] == twice[1]


CORPUS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff201"),
    '=HYPERLINK("https://example.org";"Voir")',
    "-2+3+cmd|' /C calc'!A0",
    "=cmd|'/C calc'!A0",
    "'=1+1",
    "''@x",
)


@pytest.mark.parametrize("text", CORPUS)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"
    assert is_marked(neutralise(text))
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", ["", "Les Amis", "l'école", "'70", "a=1", "2-1", "'", " =1"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text == restore(text)


@pytest.mark.parametrize("opening", [for_programs, for_excel])
@pytest.mark.parametrize("text", [each for each in CORPUS if each == each.strip("\t\r\n\0")])
def test_no_cell_of_a_journal_begins_like_a_formula(
    tmp_path: Path, opening: Opening, text: str
) -> None:
    file = opening(tmp_path / "a.csv", head(names={entry().posted.siret: text}))
    file.add(entry(label=text))
    file.close()

    encoding, separator = ("utf-8", ",") if opening is for_programs else ("utf-8-sig", ";")
    with (tmp_path / "a.csv").open(encoding=encoding, newline="") as read:
        cells = next(csv.DictReader(read, delimiter=separator))
        assert {cells["label"], cells["gestionnaire"]} == {f"'{text}"}
        assert not any(value.startswith(tuple("=+-@\t\r\n")) for value in cells.values())


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs"]), max_size=30)
hostile = st.builds("{}{}".format, st.sampled_from(["", "=", "'=", "@", '"', ",", ";"]), texts)
euros = st.integers(0, 10**15).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


@given(label=hostile, name=hostile, amount=euros, origin=st.none() | st.integers(2000, 2099))
def test_what_is_read_back_is_what_was_posted(
    tmp_path_factory: pytest.TempPathFactory, label: str, name: str, amount: str, origin: int | None
) -> None:
    lines = [
        {**LINES[0], "debit": amount, "origin_exercise": origin},
        {**LINES[1], "credit": amount},
    ]
    one = entry(7, label=label, lines=lines)
    context = head(names={one.posted.siret: name})
    path = tmp_path_factory.mktemp("csv") / "a.csv"

    file = for_programs(path, context)
    file.add(one)
    file.close()

    with path.open(encoding="utf-8", newline="") as read:
        result = list(csv.DictReader(read))
    for cells, row in zip(result, journal_lines(one, context), strict=True):
        assert {name: restore(cell) for name, cell in cells.items()} == {
            name: "" if (value := getattr(row, name)) is None else str(value) for name in HEADER
        }

"""The workbook of an exercise, read back with another library: types, totals, what is refused."""

import gc
import os
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.exports.formats import base as shape
from services.accounting.exports.formats import xlsx
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.row_buffer import RowBuffer
from services.accounting.exports.formats.xlsx import LedgerWorkbook
from shared.exports.error_list import UnrepresentableContentError
from tests.support.samples import DOSSIER, SIRET, advance_granted, funding_granted
from tests.unit.accounting.ledger import Ledger
from tests.unit.export.ledgers import head, write

NAME = "Les Amis de l'école"
HEADER, FIRST = 4, 5


def ledger() -> Ledger:
    """Return the worked example up to its first closing: 772.31 advanced, 330.99 accrued."""
    books = Ledger()
    books.handle(funding_granted())
    books.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))
    books.close(2025)
    return books


def worked_head(books: Ledger, name: str = NAME) -> ExportHeader:
    return head(2025, books.get(Closing, "761|2025"), {SIRET: name})


def written(folder: Path, name: str = NAME) -> Path:
    books = ledger()
    return write(LedgerWorkbook, folder / "clas.xlsx", worked_head(books, name), books.entries)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path)


def rows(path: Path, sheet: str, *, values: bool = True) -> list[dict[str, Any]]:
    """Return the rows under the header, by the titles of their columns; empty cells left out."""
    result = load_workbook(path, data_only=values)[sheet]
    titles = [cell.value for cell in result[HEADER]]
    return [
        {title: cell for title, cell in zip(titles, row, strict=True) if cell is not None}
        for row in result.iter_rows(min_row=FIRST, values_only=True)
    ]


def test_the_journal_has_one_row_for_each_line_with_everything_about_it(path: Path) -> None:
    first, second, *_ = rows(path, "Journal")
    assert first == {
        "N°": 1,
        "Date": datetime(2025, 11, 20),  # noqa: DTZ001 - a spreadsheet has no time zones
        "Période": 11,
        "Registre": "SF",
        "Compte": "6562322410",
        "Intitulé du compte": "Subvention Clas de l’exercice",
        "Libellé": f"Acompte Clas 2025-2026 – {NAME}",
        "Débit": 772.31,
        "Crédit": 0,
        "Origine": 2025,
        "Code statistique": "81512214",
        "Dossier": DOSSIER,
        "Année scolaire": "2025-2026",
        "SIRET": "76573991749305",
        "Gestionnaire": NAME,
        "Nature": "Acompte Clas",
        "Écriture": first["Écriture"],
        "Cause": first["Cause"],
        "Type de la cause": "fr.caf.clas.AdvanceGranted.v1",
    }
    assert (second["Compte"], second["Débit"], second["Crédit"]) == ("467", 0, 772.31)
    assert "Origine" not in second
    assert "Code statistique" not in second


def test_days_are_days_amounts_are_numbers_and_codes_are_text(path: Path) -> None:
    sheet = load_workbook(path)["Journal"]
    form = {
        title.value: (cell.data_type, cell.number_format)
        for title, cell in zip(sheet[HEADER], sheet[FIRST], strict=True)
    }
    assert form["Date"] == ("d", "dd/mm/yyyy")
    assert form["Débit"] == ("n", "[$-40C]#,##0.00;[$-40C]-#,##0.00;")
    assert form["N°"] == ("n", "0")
    text = ("Compte", "SIRET", "Code statistique", "Dossier", "Année scolaire")
    assert {form[title] for title in text} == {("s", "@")}


def test_columns_are_as_wide_as_what_they_show_and_longer_text_shrinks(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, name="Association " * 20))["Journal"]
    assert sheet.column_dimensions["F"].width > len("Subvention Clas de l’exercice")
    assert 80 <= sheet.column_dimensions["O"].width < 81
    assert sheet["O5"].alignment.shrink_to_fit


@pytest.mark.parametrize("sheet", ["Journal", "Grand livre", "Balance"])
def test_each_sheet_keeps_its_header_in_sight_and_prints_on_pages(path: Path, sheet: str) -> None:
    result = load_workbook(path)[sheet]
    assert result.freeze_panes == "A5"
    assert result.page_setup.orientation == "landscape"
    assert result.page_setup.paperSize == 9
    assert result.sheet_properties.pageSetUpPr.fitToPage  # To one page of width, the default;
    assert result.page_setup.fitToHeight == 0  # as many of height as it takes.
    assert result.print_title_rows == "$4:$4"
    assert "Page &P sur &N" in result.oddFooter.right.text
    assert all(result.column_dimensions[column].width > 5 for column in "ABC")


def test_filters_go_over_the_lines_and_leave_the_total_out(path: Path) -> None:
    book = load_workbook(path)
    assert book["Journal"].auto_filter.ref == "A4:S10"
    assert book["Grand livre"].auto_filter.ref == "A4:T15"
    assert book["Balance"].auto_filter.ref == "A4:G9"


def test_the_total_of_the_journal_follows_its_filter_and_holds_its_value(path: Path) -> None:
    formula, value = rows(path, "Journal", values=False)[-1], rows(path, "Journal")[-1]
    assert formula == {
        "Libellé": "Total des lignes affichées",
        "Débit": "=SUBTOTAL(109,$H$5:$H$10)",
        "Crédit": "=SUBTOTAL(109,$I$5:$I$10)",
    }
    assert (value["Débit"], value["Crédit"]) == (2758.25, 2758.25)


def test_the_general_ledger_goes_account_by_account_with_a_total_under_each(path: Path) -> None:
    result = [
        (row.get("Compte"), row["Débit"], row["Crédit"], row["Solde cumulé"])
        for row in rows(path, "Grand livre")
    ]
    assert result == [
        ("6562322410", 772.31, 0, 772.31),
        ("6562322410", 330.99, 0, 1103.30),
        ("6562322410", 1103.30, 0, 1103.30),
        ("408143111", 0, 330.99, -330.99),
        ("408143111", 0, 330.99, -330.99),
        ("467", 0, 772.31, -772.31),
        ("467", 0, 772.31, -772.31),
        ("80182", 0, 1654.95, -1654.95),
        ("80182", 0, 1654.95, -1654.95),
        ("8091", 1654.95, 0, 1654.95),
        ("8091", 1654.95, 0, 1654.95),
        (None, 2758.25, 2758.25, 0),
    ]


def test_totals_of_the_general_ledger_are_sums_of_their_rows(path: Path) -> None:
    result = rows(path, "Grand livre", values=False)
    assert result[2]["Libellé"] == "Total du compte SF 6562322410"
    assert result[2]["Débit"] == "=SUM($H$5:$H$6)"
    assert result[2]["Solde cumulé"] == "=ROUND(H7-I7,2)"
    assert result[-1]["Débit"] == "=SUM(H7,H9,H11,H13,H15)"


def test_the_balance_adds_up_the_journal_by_account(path: Path) -> None:
    result = rows(path, "Balance", values=False)
    assert result[0]["Débit"] == (
        "=SUMIFS('Journal'!$H$5:$H$10,'Journal'!$D$5:$D$10,A5,'Journal'!$E$5:$E$10,B5)"
    )
    assert [tuple(row.values()) for row in rows(path, "Balance")] == [
        ("SF", "6562322410", "Subvention Clas de l’exercice", 1103.30, 0, 1103.30, 0),
        ("T", "408143111", "Charges à payer Clas", 0, 330.99, 0, 330.99),
        ("T", "467", "Gestionnaires Clas", 0, 772.31, 0, 772.31),
        ("T", "80182", "Prestation de service Clas 6/10ème", 0, 1654.95, 0, 1654.95),
        ("T", "8091", "Contrepartie des engagements donnés", 1654.95, 0, 1654.95, 0),
        ("Total", 2758.25, 2758.25, 2758.25, 2758.25),
        (),
        ("Contrôle : débit moins crédit", 0),
        ("Contrôle : écart avec le journal", 0, 0),
        ("Contrôle : écart avec le grand livre", 0, 0),
    ]


def test_the_controls_are_formulas_over_the_three_sheets(path: Path) -> None:
    *_, zero, journal, accounts = rows(path, "Balance", values=False)
    assert zero["Débit"] == "=ROUND(D10-E10,2)"
    assert journal["Crédit"] == "=ROUND(E10-SUM('Journal'!$I$5:$I$10),2)"
    assert accounts["Débit"] == "=ROUND(D10-'Grand livre'!H16,2)"


def test_a_closed_exercise_says_when_it_was_closed_and_by_which_chain(path: Path) -> None:
    book = load_workbook(path)
    head_hash = ledger().get(Closing, "761|2025").head_hash
    assert book["Journal"]["A1"].value == "Journal – Clas, Caf 761, exercice 2025"
    assert book["Balance"]["A2"].value == (
        f"Lot n° 1 : 3 écritures. Exercice clôturé le 31/01/2026. Empreinte de tête : {head_hash}"
    )
    assert head_hash in book["Balance"].oddFooter.center.text


def test_an_open_exercise_says_that_its_state_is_provisional(tmp_path: Path) -> None:
    books = Ledger()
    books.handle(funding_granted())
    books.handle(advance_granted())
    path = write(LedgerWorkbook, tmp_path / "clas.xlsx", head(), books.entries)
    note = load_workbook(path)["Journal"]["A2"].value
    expected = "Lot n° 1 : 1 écriture. Exercice non clôturé : état provisoire, sans numéros."
    assert note == expected
    assert "N°" not in rows(path, "Journal")[0]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "{="])
def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path, begin: str) -> None:
    name = f'{begin}HYPERLINK("http://x.example","x")'
    path = written(tmp_path, name)
    sheet = load_workbook(path)["Journal"]
    cell = sheet.cell(FIRST, 15)
    assert (cell.value, cell.data_type) == (name, "s")


def test_an_address_is_no_link_and_markup_is_no_markup(tmp_path: Path) -> None:
    for name in ("https://x.example/", "mailto:x@x.example", "<r><t>x & y</t></r>", "a<b>&amp;"):
        cell = load_workbook(written(tmp_path, name))["Journal"].cell(FIRST, 15)
        assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_the_same_entries_give_the_same_bytes_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    before = written(tmp_path).read_bytes()
    time.sleep(2.1)  # A zip counts in steps of two seconds.
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        after = written(tmp_path / "elsewhere").read_bytes()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert after == before


def test_it_is_dated_by_its_exercise(path: Path) -> None:
    with ZipFile(path) as parts:
        properties = parts.read("docProps/core.xml").decode()
    assert properties.count("2025-12-31T00:00:00Z") == 2


def test_amounts_that_a_spreadsheet_does_not_hold_to_the_cent_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clas.xlsx"
    with pytest.raises(UnrepresentableContentError) as refused:
        write(LedgerWorkbook, path, head(), [_entry("5000000000000.00", "5000000000000.00")])
    debits, credits_ = (" ".join(reason.split()) for reason in refused.value.reasons)
    assert debits == (
        "Le total des débits, 10 000 000 000 000,00 €, dépasse ce qu’un tableur tient au centime "
        "près (9 999 999 999 999,99 €). Les exports Parquet et CSV n’ont pas cette limite."
    )
    assert credits_.startswith("Le total des crédits, 10 000 000 000 000,00 €, dépasse ce qu’un")
    assert list(tmp_path.iterdir()) == []


def test_the_greatest_amounts_are_held_to_the_cent(tmp_path: Path) -> None:
    path = write(
        LedgerWorkbook,
        tmp_path / "clas.xlsx",
        head(),
        [_entry("9999999999999.98", "0.01")],
    )
    *lines, total = rows(path, "Journal")
    assert [str(row["Débit"]) for row in lines if row["Débit"]] == ["9999999999999.98", "0.01"]
    assert str(total["Débit"]) == "9999999999999.99"


def test_more_lines_than_a_sheet_holds_are_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = ledger()
    monkeypatch.setattr(xlsx, "ROWS_MAX", 15)  # The longest sheet has 16 rows.
    with pytest.raises(UnrepresentableContentError) as refused:
        write(LedgerWorkbook, tmp_path / "clas.xlsx", worked_head(books), books.entries)
    (reason,) = refused.value.reasons
    assert reason == (
        "Le grand livre aurait 16 lignes ; une feuille de calcul en contient 15 au plus. "
        "Les exports Parquet et CSV n’ont pas cette limite."
    )
    monkeypatch.setattr(xlsx, "ROWS_MAX", 16)
    assert len(rows(written(tmp_path), "Grand livre")) == 12


def test_nothing_is_left_beside_a_workbook_that_is_done_or_given_up(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    writer = LedgerWorkbook(path, head())
    writer.add(ledger().entries[0])
    assert list(tmp_path.iterdir()) != []
    del writer
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "clas.xlsx").mkdir()
    with pytest.raises(IsADirectoryError):
        written(tmp_path)


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    """A temporary file is discarded silently: its error was already reported."""
    spool = RowBuffer(tmp_path / "clas.xlsx")
    (row, *_) = shape.journal_lines(_entry("12.00"), head())
    spool.add(row, keep=True)
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), spool._all.fileno())

    spool.drop()

    assert list(tmp_path.iterdir()) == []


def test_no_entries_make_an_empty_workbook_that_balances(tmp_path: Path) -> None:
    path = write(LedgerWorkbook, tmp_path / "clas.xlsx", head(), [])
    assert rows(path, "Journal")[-1] == {
        "Libellé": "Total des lignes affichées",
        "Débit": 0,
        "Crédit": 0,
    }


def _entry(*debits: str) -> Entry:
    """Return an entry of these debits, and as many credits."""
    (entry,) = (entry for entry in ledger().entries if entry.posted.kind == "advance")
    debit, credit = entry.posted.lines
    many = [debit.model_copy(update={"debit": Decimal(amount)}) for amount in debits]
    other = [credit.model_copy(update={"credit": Decimal(amount)}) for amount in debits]
    posted = entry.posted.model_copy(update={"lines": (*many, *other)})
    return entry.model_copy(update={"posted": posted})

"""LibreOffice opens the workbook and computes it: its totals are those of the ledger."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.xlsx import LedgerWorkbook
from shared.kernel.money import total
from tests.support import office
from tests.support.office import computed, converted
from tests.unit.export.ledgers import demo, head, write

pytestmark = pytest.mark.office
SHEETS = ("Journal", "Grand livre", "Balance")
ENTRIES_OF_2025 = 320


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The exercise 2025 of the demo campaign as LibreOffice computed it."""
    folder = tmp_path_factory.mktemp("xlsx")
    path = write(LedgerWorkbook, folder / "clas.xlsx", demo().head(2025), demo().of(2025))
    return load_workbook(computed(path, folder / "office"), data_only=True)


def test_no_cell_is_an_error(opened: Workbook) -> None:
    cells = [cell for name in SHEETS for row in opened[name].iter_rows() for cell in row]
    assert len(cells) > ENTRIES_OF_2025
    assert [cell.coordinate for cell in cells if cell.data_type == "e"] == []


def test_the_total_of_each_sheet_is_that_of_the_ledger(opened: Workbook) -> None:
    assert len(demo().of(2025)) == ENTRIES_OF_2025
    debit, credit = _sums(demo().of(2025))
    assert debit == credit > 0
    assert _total(opened, "Journal", "Total des lignes affichées") == (debit, credit)
    assert _total(opened, "Grand livre", "Total") == (debit, credit)
    assert _total(opened, "Balance", "Total") == (debit, credit)


def test_each_account_of_the_balance_is_that_of_the_ledger(opened: Workbook) -> None:
    result = {
        (row["Registre"], row["Compte"]): (_cents(row["Débit"]), _cents(row["Crédit"]))
        for row in _rows(opened, "Balance")
        if row["Compte"]
    }
    assert result == _by_account(demo().of(2025))


def test_each_account_of_the_general_ledger_has_its_total(opened: Workbook) -> None:
    result = {
        (row["Registre"], row["Compte"]): (_cents(row["Débit"]), _cents(row["Crédit"]))
        for row in _rows(opened, "Grand livre")
        if str(row["Libellé"]).startswith("Total du compte")
    }
    assert result == _by_account(demo().of(2025))


def test_every_control_comes_to_zero(opened: Workbook) -> None:
    controls = [
        (row["Débit"], row["Crédit"])
        for row in _rows(opened, "Balance")
        if str(row["Intitulé du compte"]).startswith("Contrôle")
    ]
    assert controls == [(0, None), (0, 0), (0, 0)]


def test_names_are_read_as_they_were_given_even_those_made_to_confuse(tmp_path: Path) -> None:
    names = ["=1+1", "<r><t>_x0041_ & co</t></r>", "_x0041_", "a\nb", "\uffff"]
    entries = {entry.posted.siret: entry for entry in demo().of(2025)}
    value = dict(zip(entries, names, strict=False))
    of = head(2025, gestionnaires=value)
    path = write(LedgerWorkbook, tmp_path / "clas.xlsx", of, list(entries.values())[: len(names)])
    book = load_workbook(computed(path, tmp_path / "office"), data_only=True)
    result = [row["Gestionnaire"] for row in _rows(book, "Journal")[: 2 * len(names) : 2]]
    assert result[:-1] == names[:-1]
    assert result[-1] == "_xffff_"  # No character of XML: escaped, as LibreOffice writes it again.


def test_it_prints(tmp_path: Path) -> None:
    path = write(LedgerWorkbook, tmp_path / "clas.xlsx", demo().head(2026), demo().of(2026))
    assert converted(path, "pdf", tmp_path / "office").read_bytes().startswith(b"%PDF")


def test_without_an_office_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAS_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="apt-get install libreoffice-calc-nogui"):
        office.converted(tmp_path / "clas.xlsx", "pdf", tmp_path / "office")


def _rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    rows = book[sheet].iter_rows(min_row=4, values_only=True)
    titles = next(rows)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def _total(book: Workbook, sheet: str, label: str) -> tuple[Decimal, Decimal]:
    (row,) = (row for row in _rows(book, sheet) if label in row.values())
    return (_cents(row["Débit"]), _cents(row["Crédit"]))


def _cents(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def _sums(entries: Iterable[Entry]) -> tuple[Decimal, Decimal]:
    lines = [line for entry in entries for line in entry.posted.lines]
    return (total(line.debit for line in lines), total(line.credit for line in lines))


def _by_account(entries: Iterable[Entry]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    result = defaultdict[tuple[str, str], list[Decimal]](lambda: [Decimal(0), Decimal(0)])
    for line in (line for entry in entries for line in entry.posted.lines):
        result[line.ledger, line.account][0] += line.debit
        result[line.ledger, line.account][1] += line.credit
    return {account: (debit, credit) for account, (debit, credit) in result.items()}

"""The workbook of an exercise: journal, general ledger and trial balance.

Amounts are numbers of two decimals, days are days, accounts and other codes are text. Totals are
formulas over the rows, stored with their values. The same entries give the same bytes.
"""

from collections.abc import Iterator
from pathlib import Path

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader, journal_lines
from services.accounting.exports.formats.row_buffer import RowBuffer
from services.accounting.exports.formats.xlsx_balance import trial_balance
from services.accounting.exports.formats.xlsx_sheets import general_ledger, journal
from shared.exports.error_list import UnrepresentableContentError
from shared.exports.xlsx_cells import AMOUNT_MAX, ROWS_MAX
from shared.exports.xlsx_table import FIRST_ROW, Heading, open_book
from shared.french import counted, euros, grouped, short_date

OTHER_FORMATS = "Les exports Parquet et CSV n’ont pas cette limite."


class LedgerWorkbook:
    """A workbook being written: lines are buffered on disk, the sheets written at the end.

    The buffer is a hidden folder beside the file, removed with this object.
    """

    def __init__(self, path: Path, head: ExportHeader) -> None:
        self._path, self._head, self._buffer = path, head, RowBuffer(path)
        self._entries = 0

    def add(self, entry: Entry) -> None:
        """Buffer the lines of an entry; beyond what a sheet holds they are only counted."""
        self._entries += 1
        for row in journal_lines(entry, self._head):
            self._buffer.add(row, keep=_rows_needed(self._buffer) < ROWS_MAX)

    def close(self) -> None:
        """Write the workbook.

        Raises:
            UnrepresentableContentError: too many lines for a sheet, or amounts too great for a
                spreadsheet's numbers.
            OSError: it cannot be written.
        """
        try:
            if errors := tuple(_limits_exceeded(self._buffer)):
                raise UnrepresentableContentError(errors)
            self._write()
        finally:
            self._buffer.drop()

    def _write(self) -> None:
        heading = _heading(self._head, self._entries)
        with open_book(self._path, self._buffer.folder, heading, self._head.exercise) as book:
            lines = journal(book, self._buffer)
            accounts = general_ledger(book, self._buffer)
            trial_balance(book, self._buffer, lines, accounts)


def _rows_needed(buffer: RowBuffer) -> int:
    """Return the number of rows of the longest sheet: the general ledger with its totals."""
    return FIRST_ROW + buffer.lines + len(buffer.accounts) + 1


def _limits_exceeded(buffer: RowBuffer) -> Iterator[str]:
    """Yield why a workbook cannot hold the entries. No amount exceeds the total of its side."""
    if (needed := _rows_needed(buffer)) > ROWS_MAX:
        yield (
            f"Le grand livre aurait {grouped(needed)} lignes ; une feuille de calcul en contient "
            f"{grouped(ROWS_MAX)} au plus. {OTHER_FORMATS}"
        )
    for side, amount in (("débits", buffer.amounts.debit), ("crédits", buffer.amounts.credit)):
        if amount > AMOUNT_MAX:
            yield (
                f"Le total des {side}, {euros(amount)}, dépasse ce qu’un tableur tient au "
                f"centime près ({euros(AMOUNT_MAX)}). {OTHER_FORMATS}"
            )


def _heading(head: ExportHeader, entries: int) -> Heading:
    subject = f"Clas, Caf {head.caf}, exercice {head.exercise}"
    batch = f"Lot n° {head.number}"
    count = counted(entries, "écriture")
    if not (head.closed and head.closing):
        note = f"{batch} : {count}. Exercice non clôturé : état provisoire, sans numéros."
        return Heading(subject, note, f"{batch}, provisoire")
    closed = f"Exercice clôturé le {short_date(head.closing.closed_on)}"
    note = f"{batch} : {count}. {closed}. Empreinte de tête : {head.closing.head_hash}"
    return Heading(subject, note, f"{batch}, clôturé, {head.closing.head_hash}")

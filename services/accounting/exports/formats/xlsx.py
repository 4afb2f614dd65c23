"""The workbook of an exercise: journal, general ledger, trial balance, for people who check.

Amounts are numbers of two decimals, days are days, accounts and other codes are text. Totals are
formulas over the rows, with what they come to. The same entries give the same bytes.
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
from shared.exports.xlsx_table import FIRST_ROW, Heading, writing
from shared.french import counted, euros, grouped, short_date

OTHER_FORMATS = "Les exports Parquet et CSV n’ont pas cette limite."


class LedgerWorkbook:
    """A workbook being written: entries are set aside on disk, and written when all are there.

    What was set aside stands in a hidden folder beside the file, gone with this object.
    """

    def __init__(self, path: Path, head: ExportHeader) -> None:
        self._path, self._head, self._spool = path, head, RowBuffer(path)
        self._entries = 0

    def add(self, entry: Entry) -> None:
        """Set the lines of an entry aside; beyond what a sheet holds they are only counted."""
        self._entries += 1
        for row in journal_lines(entry, self._head):
            self._spool.add(row, keep=_rows_needed(self._spool) < ROWS_MAX)

    def close(self) -> None:
        """Write the workbook.

        Raises:
            Unfit: too many lines for a sheet, or amounts too great for a spreadsheet's numbers.
            OSError: it cannot be written.
        """
        try:
            if reasons := tuple(_reasons(self._spool)):
                raise UnrepresentableContentError(reasons)
            self._write()
        finally:
            self._spool.drop()

    def _write(self) -> None:
        heading = _heading(self._head, self._entries)
        with writing(self._path, self._spool.folder, heading, self._head.exercise) as book:
            lines = journal(book, self._spool)
            accounts = general_ledger(book, self._spool)
            trial_balance(book, self._spool, lines, accounts)


def _rows_needed(spool: RowBuffer) -> int:
    """Return the rows of the longest sheet so far: the general ledger with its totals."""
    return FIRST_ROW + spool.lines + len(spool.accounts) + 1


def _reasons(spool: RowBuffer) -> Iterator[str]:
    """Tell why a workbook cannot hold this. No amount is greater than the sum of its side."""
    if (needed := _rows_needed(spool)) > ROWS_MAX:
        yield (
            f"Le grand livre aurait {grouped(needed)} lignes ; une feuille de calcul en contient "
            f"{grouped(ROWS_MAX)} au plus. {OTHER_FORMATS}"
        )
    for side, amount in (("débits", spool.amounts.debit), ("crédits", spool.amounts.credit)):
        if amount > AMOUNT_MAX:
            yield (
                f"Le total des {side}, {euros(amount)}, dépasse ce qu’un tableur tient au "
                f"centime près ({euros(AMOUNT_MAX)}). {OTHER_FORMATS}"
            )


def _heading(head: ExportHeader, entries: int) -> Heading:
    subject = f"Clas, Caf {head.caf}, exercice {head.exercise}"
    batch = f"Lot n° {head.number}"
    written = counted(entries, "écriture")
    if not (head.closed and head.closing):
        note = f"{batch} : {written}. Exercice non clôturé : état provisoire, sans numéros."
        return Heading(subject, note, f"{batch}, provisoire")
    closed = f"Exercice clôturé le {short_date(head.closing.closed_on)}"
    note = f"{batch} : {written}. {closed}. Empreinte de tête : {head.closing.head_hash}"
    return Heading(subject, note, f"{batch}, clôturé, {head.closing.head_hash}")

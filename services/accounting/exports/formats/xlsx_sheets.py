"""The sheets of the journal and of the general ledger, which is sorted by account."""

from collections.abc import Iterable

from services.accounting.domain.entries import LABELS
from services.accounting.exports.formats.base import JournalLine
from services.accounting.exports.formats.row_buffer import Account, Amounts, RowBuffer
from shared.exports.xlsx_cells import Cell, Formula
from shared.exports.xlsx_table import FIRST_ROW, Book, Column, Table
from shared.kernel.money import ZERO

NATURES = {str(kind): label for kind, label in LABELS.items()}
JOURNAL, LEDGER = "Journal", "Grand livre"
ENTRY = (Column("N°", "count"), Column("Date", "day"), Column("Période", "count"))
ACCOUNT = (Column("Registre"), Column("Compte"), Column("Intitulé du compte"))
SIDES = (Column("Débit", "side"), Column("Crédit", "side"))
DETAILS = (
    Column("Origine", "count"),
    Column("Code statistique"),
    Column("Dossier"),
    Column("Année scolaire", printed=False),
    Column("SIRET", printed=False),
    Column("Gestionnaire", printed=False),
    Column("Nature", printed=False),
    Column("Écriture", printed=False),
    Column("Cause", printed=False),
    Column("Type de la cause", printed=False),
)
LABEL, RUNNING_BALANCE = Column("Libellé"), Column("Solde cumulé", "amount")
JOURNAL_COLUMNS = (*ENTRY, *ACCOUNT, LABEL, *SIDES, *DETAILS)
LEDGER_COLUMNS = (*ACCOUNT, *ENTRY, LABEL, *SIDES, RUNNING_BALANCE, *DETAILS)


def journal(book: Book, buffer: RowBuffer) -> Table:
    """Write one row per line of each entry, and the total of the filtered rows."""
    table = Table(book, JOURNAL, JOURNAL_COLUMNS)
    for row in buffer.rows():
        amounts = (row.debit, row.credit)
        table.add(*_entry(row), *_account(row), row.label, *amounts, *_details(row))
    table.filter()
    sums = sides(
        (f"SUBTOTAL(109,{table.span(side.title, FIRST_ROW)})" for side in SIDES), buffer.amounts
    )
    table.total({LABEL.title: "Total des lignes affichées", **sums})
    table.finish()
    return table


def general_ledger(book: Book, buffer: RowBuffer) -> Table:
    """Write the rows account by account with their running balance, and a total for each."""
    table = Table(book, LEDGER, LEDGER_COLUMNS)
    totals = [_add_account(table, buffer, account) for account in sorted(buffer.accounts)]
    table.filter()
    cells = (",".join(table.cell(side.title, row) for row in totals) for side in SIDES)
    sums = sides((f"SUM({arguments})" for arguments in cells), buffer.amounts)
    table.total(
        {LABEL.title: "Total", **sums, RUNNING_BALANCE.title: _balance(table, buffer.amounts)}
    )
    table.finish()
    return table


def sides(formulas: Iterable[str], amounts: Amounts) -> dict[str, Cell]:
    """Return the debit and credit cells, by column title."""
    values = (amounts.debit, amounts.credit)
    return {
        side.title: Formula(formula, value)
        for side, formula, value in zip(SIDES, formulas, values, strict=True)
    }


def _add_account(table: Table, buffer: RowBuffer, account: Account) -> int:
    """Write the rows of an account and their total; return the row number of the total."""
    rows, first, balance = buffer.accounts[account], table.next, ZERO
    for row in buffer.rows(account):
        balance += row.debit - row.credit
        amounts = (row.debit, row.credit, balance)
        table.add(*_account(row), *_entry(row), row.label, *amounts, *_details(row))
    sums = sides((f"SUM({table.span(side.title, first)})" for side in SIDES), rows.amounts)
    names = dict(zip((each.title for each in ACCOUNT), (*account, rows.label), strict=True))
    label = f"Total du compte {' '.join(account)}"
    closing = {LABEL.title: label, **sums, RUNNING_BALANCE.title: _balance(table, rows.amounts)}
    return table.total({**names, **closing})


def _balance(table: Table, amounts: Amounts) -> Formula:
    """Return debit less credit of the next row."""
    debit, credit = (table.cell(side.title) for side in SIDES)
    return Formula(f"ROUND({debit}-{credit},2)", amounts.balance)


def _entry(row: JournalLine) -> tuple[Cell, ...]:
    return (row.sequence, row.booked_on, row.period)


def _account(row: JournalLine) -> tuple[Cell, ...]:
    return (row.ledger, row.account, row.account_label)


def _details(row: JournalLine) -> tuple[Cell, ...]:
    """Return the cells to the right of the amounts."""
    return (
        *(row.origin_exercise, row.statistical_code, row.dossier_id),
        *(row.school_year, row.siret, row.gestionnaire, NATURES[row.kind]),
        *(row.entry_id, row.cause_id, row.cause_type),
    )

"""Two sheets of rows: the journal, and the general ledger in the order of accounts."""

from collections.abc import Iterable

from services.accounting.domain.entries import LABELS
from services.accounting.exports.formats.base import JournalLine
from services.accounting.exports.formats.row_buffer import Account, Amounts, RowBuffer
from shared.exports.xlsx_cells import Cell, Formula
from shared.exports.xlsx_table import FIRST_ROW, Book, Column, Table
from shared.kernel.money import ZERO

NATURES = {str(kind): label for kind, label in LABELS.items()}
JOURNAL, LEDGER = "Journal", "Grand livre"
NUMBERED = (Column("N°", "count"), Column("Date", "day"), Column("Période", "count"))
ACCOUNT = (Column("Registre"), Column("Compte"), Column("Intitulé du compte"))
SIDES = (Column("Débit", "side"), Column("Crédit", "side"))
BEHIND = (
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
LABEL, SO_FAR = Column("Libellé"), Column("Solde cumulé", "amount")
JOURNAL_COLUMNS = (*NUMBERED, *ACCOUNT, LABEL, *SIDES, *BEHIND)
LEDGER_COLUMNS = (*ACCOUNT, *NUMBERED, LABEL, *SIDES, SO_FAR, *BEHIND)


def journal(book: Book, spool: RowBuffer) -> Table:
    """Write one row per line of each entry, and what the rows that a filter leaves come to."""
    table = Table(book, JOURNAL, JOURNAL_COLUMNS)
    for row in spool.rows():
        amounts = (row.debit, row.credit)
        table.add(*_numbered(row), *_account(row), row.label, *amounts, *_behind(row))
    table.filter()
    sums = sides(
        (f"SUBTOTAL(109,{table.span(side.title, FIRST_ROW)})" for side in SIDES), spool.amounts
    )
    table.total({LABEL.title: "Total des lignes affichées", **sums})
    table.finish()
    return table


def general_ledger(book: Book, spool: RowBuffer) -> Table:
    """Write the rows account by account, each with the balance so far; a total under each."""
    table = Table(book, LEDGER, LEDGER_COLUMNS)
    totals = [_rows_of(table, spool, account) for account in sorted(spool.accounts)]
    table.filter()
    cells = (",".join(table.cell(side.title, row) for row in totals) for side in SIDES)
    sums = sides((f"SUM({some})" for some in cells), spool.amounts)
    table.total({LABEL.title: "Total", **sums, SO_FAR.title: _balance(table, spool.amounts)})
    table.finish()
    return table


def sides(formulas: Iterable[str], amounts: Amounts) -> dict[str, Cell]:
    """Return the cells of both sides, by the titles of their columns."""
    values = (amounts.debit, amounts.credit)
    return {
        side.title: Formula(formula, value)
        for side, formula, value in zip(SIDES, formulas, values, strict=True)
    }


def _rows_of(table: Table, spool: RowBuffer, account: Account) -> int:
    """Write the rows of an account and their total; return the row of that."""
    tally, first, balance = spool.accounts[account], table.next, ZERO
    for row in spool.rows(account):
        balance += row.debit - row.credit
        amounts = (row.debit, row.credit, balance)
        table.add(*_account(row), *_numbered(row), row.label, *amounts, *_behind(row))
    sums = sides((f"SUM({table.span(side.title, first)})" for side in SIDES), tally.amounts)
    names = dict(zip((each.title for each in ACCOUNT), (*account, tally.label), strict=True))
    label = f"Total du compte {' '.join(account)}"
    closing = {LABEL.title: label, **sums, SO_FAR.title: _balance(table, tally.amounts)}
    return table.total({**names, **closing})


def _balance(table: Table, amounts: Amounts) -> Formula:
    """Return debit less credit of the row that comes."""
    debit, credit = (table.cell(side.title) for side in SIDES)
    return Formula(f"ROUND({debit}-{credit},2)", amounts.balance)


def _numbered(row: JournalLine) -> tuple[Cell, ...]:
    return (row.sequence, row.booked_on, row.period)


def _account(row: JournalLine) -> tuple[Cell, ...]:
    return (row.ledger, row.account, row.account_label)


def _behind(row: JournalLine) -> tuple[Cell, ...]:
    """Return the cells that stand right of the amounts."""
    return (
        *(row.origin_exercise, row.statistical_code, row.dossier_id),
        *(row.school_year, row.siret, row.gestionnaire, NATURES[row.kind]),
        *(row.entry_id, row.cause_id, row.cause_type),
    )

"""The sheet of the trial balance: summed from the journal, checked against both other sheets."""

from collections.abc import Mapping

from services.accounting.exports.formats.row_buffer import Amounts, RowBuffer
from services.accounting.exports.formats.xlsx_sheets import ACCOUNT, SIDES, sides
from shared.exports.xlsx_cells import Formula
from shared.exports.xlsx_table import FIRST_ROW, Book, Column, Table
from shared.kernel.money import ZERO, total

BALANCE = "Balance"
COLUMNS = (
    *ACCOUNT,
    Column("Débit", "amount"),
    Column("Crédit", "amount"),
    Column("Solde débiteur", "side"),
    Column("Solde créditeur", "side"),
)
LABEL_COLUMN = "Intitulé du compte"


def trial_balance(book: Book, buffer: RowBuffer, journal: Table, ledger: Table) -> None:
    """Write one row per account, their total, and the differences that must be zero."""
    table = Table(book, BALANCE, COLUMNS)
    for account, rows in sorted(buffer.accounts.items()):
        added = sides((_account_sum(table, journal, each.title) for each in SIDES), rows.amounts)
        table.add(*account, rows.label, *added.values(), *_balances(table, rows.amounts))
    table.filter()
    _add_total(table, buffer)
    _add_controls(table, journal, ledger)
    table.finish()


def _account_sum(table: Table, journal: Table, title: str) -> str:
    """Return the formula for the sum of a journal column over the account of the next row."""
    where = ",".join(f"{journal.lines(name)},{table.cell(name)}" for name in ("Registre", "Compte"))
    return f"SUMIFS({journal.lines(title)},{where})"


def _balances(table: Table, amounts: Amounts) -> tuple[Formula, Formula]:
    """Return the balance of the next row, in the debit or in the credit column."""
    debit, credit = (table.cell(side.title) for side in SIDES)
    return (
        Formula(f"ROUND(MAX({debit}-{credit},0),2)", max(amounts.balance, ZERO)),
        Formula(f"ROUND(MAX({credit}-{debit},0),2)", max(-amounts.balance, ZERO)),
    )


def _add_total(table: Table, buffer: RowBuffer) -> None:
    balances = [tally.amounts.balance for tally in buffer.accounts.values()]
    values = (
        buffer.amounts.debit,
        buffer.amounts.credit,
        total(each for each in balances if each > 0),
        -total(each for each in balances if each < 0),
    )
    titles = [column.title for column in COLUMNS[len(ACCOUNT) :]]
    sums = {
        title: Formula(f"SUM({table.span(title, FIRST_ROW)})", value)
        for title, value in zip(titles, values, strict=True)
    }
    table.total({LABEL_COLUMN: "Total", **sums})


def _add_controls(table: Table, journal: Table, ledger: Table) -> None:
    """Write the differences that must be zero; another value is shown in red."""
    totals = {side.title: table.cell(side.title, table.next - 1) for side in SIDES}
    table.next += 1
    _add_control(table, "débit moins crédit", {"Débit": "{Débit}-{Crédit}".format(**totals)})
    journals = {title: f"{cell}-SUM({journal.lines(title)})" for title, cell in totals.items()}
    _add_control(table, "écart avec le journal", journals)
    below = ledger.next - 1
    ledgers = {
        title: f"{cell}-'{ledger.name}'!{ledger.cell(title, below)}"
        for title, cell in totals.items()
    }
    _add_control(table, "écart avec le grand livre", ledgers)


def _add_control(table: Table, label: str, differences: Mapping[str, str]) -> None:
    cells = {title: Formula(f"ROUND({text},2)", ZERO) for title, text in differences.items()}
    row = table.total({LABEL_COLUMN: f"Contrôle : {label}", **cells}, style="line")
    for title in cells:
        table.warn_unless_zero(row, title)

"""The sheet of the trial balance: added up from the journal, and checked against both sheets."""

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
NAMED = "Intitulé du compte"


def trial_balance(book: Book, spool: RowBuffer, journal: Table, ledger: Table) -> None:
    """Write one row per account, their total, and the differences that must be zero."""
    table = Table(book, BALANCE, COLUMNS)
    for account, tally in sorted(spool.accounts.items()):
        added = sides((_of_account(table, journal, each.title) for each in SIDES), tally.amounts)
        table.add(*account, tally.label, *added.values(), *_balances(table, tally.amounts))
    table.filter()
    _total(table, spool)
    _controls(table, journal, ledger)
    table.finish()


def _of_account(table: Table, journal: Table, title: str) -> str:
    """Return the sum of a column of the journal over the account of the row that comes."""
    where = ",".join(f"{journal.lines(name)},{table.cell(name)}" for name in ("Registre", "Compte"))
    return f"SUMIFS({journal.lines(title)},{where})"


def _balances(table: Table, amounts: Amounts) -> tuple[Formula, Formula]:
    """Return the balance of the row that comes, on the side where it stands."""
    debit, credit = (table.cell(side.title) for side in SIDES)
    return (
        Formula(f"ROUND(MAX({debit}-{credit},0),2)", max(amounts.balance, ZERO)),
        Formula(f"ROUND(MAX({credit}-{debit},0),2)", max(-amounts.balance, ZERO)),
    )


def _total(table: Table, spool: RowBuffer) -> None:
    balances = [tally.amounts.balance for tally in spool.accounts.values()]
    values = (
        spool.amounts.debit,
        spool.amounts.credit,
        total(each for each in balances if each > 0),
        -total(each for each in balances if each < 0),
    )
    titles = [column.title for column in COLUMNS[len(ACCOUNT) :]]
    sums = {
        title: Formula(f"SUM({table.span(title, FIRST_ROW)})", value)
        for title, value in zip(titles, values, strict=True)
    }
    table.total({NAMED: "Total", **sums})


def _controls(table: Table, journal: Table, ledger: Table) -> None:
    """Write the differences that must be zero; red where a reader's program finds another."""
    totals = {side.title: table.cell(side.title, table.next - 1) for side in SIDES}
    table.next += 1
    _control(table, "débit moins crédit", {"Débit": "{Débit}-{Crédit}".format(**totals)})
    journals = {title: f"{cell}-SUM({journal.lines(title)})" for title, cell in totals.items()}
    _control(table, "écart avec le journal", journals)
    below = ledger.next - 1
    ledgers = {
        title: f"{cell}-'{ledger.name}'!{ledger.cell(title, below)}"
        for title, cell in totals.items()
    }
    _control(table, "écart avec le grand livre", ledgers)


def _control(table: Table, label: str, differences: Mapping[str, str]) -> None:
    cells = {title: Formula(f"ROUND({text},2)", ZERO) for title, text in differences.items()}
    row = table.total({NAMED: f"Contrôle : {label}", **cells}, style="line")
    for title in cells:
        table.warn_unless_zero(row, title)

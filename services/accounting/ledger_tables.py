"""The journal and the trial balance as tables, in French, in euros."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rich.table import Table

from services.accounting.domain.entries import Entry
from shared.console.terminal import add, new_table
from shared.contracts.accounting import AccountTotal
from shared.contracts.labels import ENTRY_KINDS
from shared.french import figures, long_date
from shared.kernel.money import total

JOURNAL = ("N°", "Date", "Période", "Nature", "Libellé", "Compte", "Débit", "Crédit")
BALANCE = ("Compte", "Débit", "Crédit", "Solde")


def journal_table(entries: Iterable[Entry]) -> Table:
    """Return the journal; the first line of an entry also shows its head."""
    table = new_table(*JOURNAL, right=("Débit", "Crédit"), title="Journal")
    for entry in entries:
        head = _head(entry)
        for line in entry.posted.lines:
            sides = (figures(amount) if amount else "" for amount in (line.debit, line.credit))
            add(table, *head, f"{line.ledger} {line.account}", *sides)
            head = ("",) * len(head)
    return table


def balance_table(rows: Sequence[AccountTotal]) -> Table:
    """Return the trial balance, with its totals."""
    table = new_table(*BALANCE, right=BALANCE[1:], title="Balance")
    for row in rows:
        add(table, f"{row.ledger} {row.account}", *_sides(row.debit, row.credit))
    debit, credit = total(row.debit for row in rows), total(row.credit for row in rows)
    add(table, "Total", *_sides(debit, credit), style="bold")
    return table


def _sides(debit: Decimal, credit: Decimal) -> tuple[str, ...]:
    return tuple(map(figures, (debit, credit, debit - credit)))


def _head(entry: Entry) -> tuple[str, ...]:
    posted = entry.posted
    number = "non validée" if entry.sequence is None else str(entry.sequence)
    kind = ENTRY_KINDS[posted.kind]
    return (number, long_date(posted.booked_on), str(posted.period), kind, posted.label)

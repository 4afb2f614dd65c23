"""The books of a campaign in French, as the demo prints them."""

from services.accounting.reports import Agreement, account_labels, agreement, closed_exercises
from shared.console.sections import print_check
from shared.console.terminal import add, new_table, show
from shared.contracts.accounting import ClosingCompleted
from shared.french import counted, euros, figures
from shared.kernel.money import total
from shared.kernel.published_events import PublishedEvents


def print_books(events: PublishedEvents) -> None:
    """Print the trial balance of each closed exercise, and whether the books agree."""
    for closed in closed_exercises(events):
        _print_trial_balance(closed)
    _print_agreement(agreement(events))


def _print_trial_balance(closed: ClosingCompleted) -> None:
    labels, rows = account_labels(), closed.trial_balance
    columns = ("", "Compte", f"Balance de l'exercice {closed.exercise}", "Débit", "Crédit")
    table = new_table(*columns, right=("Débit", "Crédit"))
    for row in rows:
        sides = (figures(amount) if amount else "" for amount in (row.debit, row.credit))
        label = labels.get((row.ledger, row.account), "")
        add(table, row.ledger, row.account, label, *sides)
    table.add_section()
    entries = counted(closed.last_sequence, "écriture validée", "écritures validées")
    debit, credit = total(row.debit for row in rows), total(row.credit for row in rows)
    add(table, "", "Total", entries, figures(debit), figures(credit), style="bold")
    show(table)


def _print_agreement(books: Agreement) -> None:
    balances = ", ".join(f"{account} : {euros(amount)}" for account, amount in books.commitments)
    differing = ", ".join(map(str, books.unbalanced))
    but = f", sauf {differing}" if differing else ""
    print_check(
        f"{books.booked} dossiers comptabilisés sur {books.granted}", holds=books.is_complete
    )
    print_check(f"balances égales aux écritures publiées{but}", holds=not books.unbalanced)
    print_check(f"engagements soldés ({balances})", holds=not books.has_commitments)

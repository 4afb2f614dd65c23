"""Report of the books of a Caf from its events: trial balances, and whether they agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.chart import Account
from services.accounting.domain.totals import totals_of
from services.accounting.service import SERVICE
from shared.console.sections import print_check
from shared.console.terminal import add, new_table, show
from shared.contracts.accounting import AccountingEntryPosted, AccountTotal, ClosingCompleted
from shared.contracts.funding import FundingGranted
from shared.french import counted, euros, figures
from shared.kernel.money import ZERO, total
from shared.kernel.published_events import PublishedEvents

LABELS = {
    "expense_current": "Subventions Clas, exercice courant",
    "expense_previous": "Subventions Clas, exercice N-1",
    "expense_older": "Subventions Clas, exercices antérieurs",
    "accrued_expense": "Charges à payer",
    "commitment_contra": "Contrepartie des engagements donnés",
    "commitment": "Engagements : Ps Clas, 6/10",
    "third_party": "Gestionnaires",
    "receivable": "Indus à recouvrer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Whether the books agree with the grants, with themselves and with each other.

    `booked` of the `granted` dossiers have entries. `unbalanced`: exercises whose sides differ or
    whose trial balance is not the sum of the published entries. `commitments`: the balance of each
    off-balance-sheet account over all exercises, zero once both are closed.
    """

    granted: int
    booked: int
    unbalanced: tuple[int, ...]
    commitments: tuple[tuple[str, Decimal], ...]

    @property
    def is_complete(self) -> bool:
        """Whether every granted dossier has entries."""
        return self.booked == self.granted

    @property
    def has_commitments(self) -> bool:
        """Whether commitments are left."""
        return any(balance for _, balance in self.commitments)


def closed_exercises(events: PublishedEvents) -> list[ClosingCompleted]:
    """Return the closed exercises as their closings published them, oldest first."""
    return sorted(events.of_type(ClosingCompleted), key=_exercise)


def agreement(events: PublishedEvents) -> Agreement:
    """Compare the books with the grants and the published entries."""
    entries = events.of_type(AccountingEntryPosted)
    granted = {grant.dossier_id for grant in events.of_type(FundingGranted)}
    return Agreement(
        granted=len(granted),
        booked=len(granted & {entry.dossier_id for entry in entries}),
        unbalanced=tuple(
            closing.exercise
            for closing in events.of_type(ClosingCompleted)
            if not _agrees(closing, entries)
        ),
        commitments=tuple(_commitments(entries)),
    )


def account_labels() -> dict[tuple[str, str], str]:
    """Return the label of each account of all charts, by ledger and account."""
    return {(account.ledger, account.account): LABELS[use] for use, account in _accounts()}


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


def _agrees(closing: ClosingCompleted, entries: Iterable[AccountingEntryPosted]) -> bool:
    rows = closing.trial_balance
    booked = totals_of(entry for entry in entries if entry.exercise == closing.exercise)
    return set(rows) == set(booked.trial_balance) and not total(map(_balance, rows))


def _commitments(entries: Iterable[AccountingEntryPosted]) -> Iterator[tuple[str, Decimal]]:
    """Yield the balance of each account of commitments in all charts, zero without entries."""
    rows = {(row.ledger, row.account): row for row in totals_of(entries).trial_balance}
    used = {(a.account, a.ledger) for _, a in _accounts() if a.is_off_balance_sheet}
    for account, ledger in sorted(used):
        row = rows.get((ledger, account))
        yield account, _balance(row) if row else ZERO


def _accounts() -> Iterator[tuple[str, Account]]:
    charts = SERVICE.parameters.chart.values.values()
    return ((use, getattr(chart, use)) for chart in charts for use in LABELS)


def _balance(row: AccountTotal) -> Decimal:
    return row.debit - row.credit


def _exercise(closing: ClosingCompleted) -> int:
    return closing.exercise

"""Report of the books of a Caf from its events: trial balances, and whether they agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.domain.chart import Account
from services.accounting.exercise import AccountBalance, closing_balance, trial_balance_of_events
from services.accounting.service import SERVICE
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from shared.contracts.funding import FundingGranted
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


@dataclass(frozen=True, slots=True)
class ClosedExercise:
    """The trial balance of an exercise as its closing published it."""

    exercise: int
    entries: int
    rows: tuple[AccountBalance, ...]

    @property
    def debit(self) -> Decimal:
        """The sum of debits."""
        return total(row.debit for row in self.rows)

    @property
    def credit(self) -> Decimal:
        """The sum of credits."""
        return total(row.credit for row in self.rows)


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


def closed_exercises(events: PublishedEvents) -> tuple[ClosedExercise, ...]:
    """Return the closed exercises, oldest first."""
    return tuple(
        ClosedExercise(closing.exercise, closing.last_sequence, tuple(closing_balance(closing)))
        for closing in sorted(events.of_type(ClosingCompleted), key=_exercise)
    )


def agreement(events: PublishedEvents) -> Agreement:
    """Compare the books with the grants and the published entries."""
    entries = events.of_type(AccountingEntryPosted)
    granted = {grant.dossier_id for grant in events.of_type(FundingGranted)}
    balances = {row.account: row.balance for row in trial_balance_of_events(entries)}
    return Agreement(
        granted=len(granted),
        booked=len(granted & {entry.dossier_id for entry in entries}),
        unbalanced=tuple(
            closing.exercise
            for closing in events.of_type(ClosingCompleted)
            if not _agrees(closing, entries)
        ),
        commitments=tuple(
            (number, balances.get(name, ZERO)) for number, name in _off_balance_sheet()
        ),
    )


def account_labels() -> dict[str, str]:
    """Return the label of each account of all charts, by ledger and account."""
    return {_row_name(account): LABELS[use] for use, account in _accounts()}


def _agrees(closing: ClosingCompleted, entries: Iterable[AccountingEntryPosted]) -> bool:
    rows = closing_balance(closing)
    booked = (entry for entry in entries if entry.exercise == closing.exercise)
    return set(rows) == set(trial_balance_of_events(booked)) and not total(
        row.balance for row in rows
    )


def _accounts() -> Iterator[tuple[str, Account]]:
    charts = SERVICE.parameters.chart.values.values()
    return ((use, getattr(chart, use)) for chart in charts for use in LABELS)


def _off_balance_sheet() -> list[tuple[str, str]]:
    """Return account numbers of commitments, and ledger and account as a trial balance has them."""
    accounts = (account for _, account in _accounts() if account.is_off_balance_sheet)
    return sorted({(account.account, _row_name(account)) for account in accounts})


def _row_name(account: Account) -> str:
    return f"{account.ledger} {account.account}"


def _exercise(closing: ClosingCompleted) -> int:
    return closing.exercise

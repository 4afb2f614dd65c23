"""The books: what was booked, the trial balance of each exercise, and whether all of it agrees."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.accounting.service import SERVICE
from shared.contracts.accounting import AccountingEntryPosted, AccountTotal, ClosingCompleted
from shared.contracts.funding import FundingGranted
from shared.kernel.money import ZERO, total
from shared.kernel.published_events import Journal

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
COMMITMENTS = ("commitment", "commitment_contra")


@dataclass(frozen=True, slots=True)
class Row:
    """One account of a trial balance."""

    ledger: str
    account: str
    label: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """The trial balance of a closed exercise, as its closing published it."""

    exercise: int
    entries: int
    rows: tuple[Row, ...]
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Whether the books agree with what was granted, with themselves and with each other.

    `booked` of the dossiers `granted` have entries. `unbalanced` lists the exercises whose sides
    differ or whose trial balance is not the sum of the entries published. `commitments` nets
    each off-balance-sheet account over all exercises, which is nothing once both are closed.
    """

    granted: int
    booked: int
    unbalanced: tuple[int, ...]
    commitments: tuple[tuple[str, Decimal], ...]


def balances(journal: Journal) -> tuple[Balance, ...]:
    """Return the trial balances of the closed exercises."""
    labels = _labels()
    return tuple(
        _balance(closing, labels)
        for closing in sorted(journal.all(ClosingCompleted), key=_exercise)
    )


def agreement(journal: Journal) -> Agreement:
    """Compare the books with the events that led to them."""
    entries = journal.all(AccountingEntryPosted)
    granted = {grant.dossier_id for grant in journal.all(FundingGranted)}
    return Agreement(
        granted=len(granted),
        booked=len(granted & {entry.dossier_id for entry in entries}),
        unbalanced=tuple(
            closing.exercise
            for closing in journal.all(ClosingCompleted)
            if not _agrees(closing, entries)
        ),
        commitments=tuple((account, _net(account, entries)) for account in _commitments()),
    )


def _balance(closing: ClosingCompleted, labels: dict[str, str]) -> Balance:
    rows = tuple(_row(one, labels) for one in closing.trial_balance)
    return Balance(
        exercise=closing.exercise,
        entries=closing.last_sequence,
        rows=rows,
        debit=total(row.debit for row in rows),
        credit=total(row.credit for row in rows),
    )


def _row(one: AccountTotal, labels: dict[str, str]) -> Row:
    return Row(one.ledger, one.account, labels.get(one.account, ""), one.debit, one.credit)


def _agrees(closing: ClosingCompleted, entries: Iterable[AccountingEntryPosted]) -> bool:
    rows = closing.trial_balance
    booked = [e for e in entries if e.exercise == closing.exercise]
    sums = {(row.ledger, row.account): (row.debit, row.credit) for row in rows}
    balanced = total(row.debit for row in rows) == total(row.credit for row in rows)
    return balanced and sums == _sums(booked)


def _sums(
    entries: Iterable[AccountingEntryPosted],
) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for line in (line for entry in entries for line in entry.lines):
        debit, credit = sums.get((line.ledger, line.account), (ZERO, ZERO))
        sums[line.ledger, line.account] = (debit + line.debit, credit + line.credit)
    return sums


def _net(account: str, entries: Iterable[AccountingEntryPosted]) -> Decimal:
    lines = (line for entry in entries for line in entry.lines if line.account == account)
    return total(line.debit - line.credit for line in lines)


def _labels() -> dict[str, str]:
    """Return the label of each account that any dated chart knows."""
    charts = SERVICE.parameters.chart.values.values()
    return {getattr(chart, use).account: label for chart in charts for use, label in LABELS.items()}


def _commitments() -> tuple[str, ...]:
    charts = SERVICE.parameters.chart.values.values()
    accounts = {getattr(chart, use).account for chart in charts for use in COMMITMENTS}
    return tuple(sorted(accounts))


def _exercise(closing: ClosingCompleted) -> int:
    return closing.exercise

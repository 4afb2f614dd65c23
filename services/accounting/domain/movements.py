"""Movements: debits and credits of accounts, and those that an amount due makes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from services.accounting.domain.chart import Account, Chart
from shared.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount in euros on one side of an account; `origin` on expenses only."""

    account: Account
    side: Literal["debit", "credit"]
    amount: Decimal
    origin: int | None = None

    @property
    def opposite(self) -> "Movement":
        """The same amount on the other side."""
        return replace(self, side="credit" if self.side == "debit" else "debit")


@dataclass(frozen=True, slots=True)
class Due:
    """The amount due to the gestionnaire for one origin, in euros; below zero it is recovered.

    `accrued` is the share charged to the accrual: the rest is an expense, or reverses one.
    """

    origin: int
    amount: Decimal
    accrued: Decimal = ZERO

    @property
    def expense(self) -> Decimal:
        """The share charged to the expense, in euros, of either sign."""
        return self.amount - self.accrued

    @property
    def opposite(self) -> "Due":
        """The same amounts with the opposite sign."""
        return Due(self.origin, -self.amount, -self.accrued)


def debit(account: Account, amount: Decimal, origin: int | None = None) -> Movement:
    """Return a debit."""
    return Movement(account, "debit", amount, origin)


def credit(account: Account, amount: Decimal, origin: int | None = None) -> Movement:
    """Return a credit."""
    return Movement(account, "credit", amount, origin)


def movements_of(dues: Iterable[Due], chart: Chart, booked: int) -> tuple[Movement, ...]:
    """Return the movements of amounts due, booked in an exercise.

    Origins are never netted against each other [CPT-05].
    """
    return tuple(movement for due in dues for movement in _movements(due, chart, booked))


def _movements(due: Due, chart: Chart, booked: int) -> Iterable[Movement]:
    yield debit(chart.accrued_expense, due.accrued)
    # Without an expense the age is not computed: an event of N may state zero for N + 1.
    if due.expense > 0:
        yield debit(chart.expense(due.origin, booked), due.expense, due.origin)
    if due.expense < 0:
        yield credit(chart.expense(due.origin, booked), -due.expense, due.origin)
    yield credit(chart.third_party, max(due.amount, ZERO))
    yield debit(chart.receivable, max(-due.amount, ZERO))

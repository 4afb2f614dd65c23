"""Movements: amounts on the two sides of accounts, and those that a due amount makes."""

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
    """What is due to the gestionnaire for one origin, in euros; below zero it owes it back.

    `accrued` is what the end of the accrual bears: the rest is an expense, or takes one back.
    """

    origin: int
    amount: Decimal
    accrued: Decimal = ZERO

    @property
    def expense(self) -> Decimal:
        """What is left to the expense, in euros, either sign."""
        return self.amount - self.accrued

    @property
    def opposite(self) -> "Due":
        """The same taken back."""
        return Due(self.origin, -self.amount, -self.accrued)


def debit(account: Account, amount: Decimal, origin: int | None = None) -> Movement:
    """Return a movement on the left side."""
    return Movement(account, "debit", amount, origin)


def credit(account: Account, amount: Decimal, origin: int | None = None) -> Movement:
    """Return a movement on the right side."""
    return Movement(account, "credit", amount, origin)


def movements_of(dues: Iterable[Due], chart: Chart, booked: int) -> tuple[Movement, ...]:
    """Return what these amounts move when they are booked in an exercise.

    Each origin is by itself: what is due for one is never netted against what another owes
    back [CPT-05].
    """
    return tuple(movement for due in dues for movement in _movements(due, chart, booked))


def _movements(due: Due, chart: Chart, booked: int) -> Iterable[Movement]:
    yield debit(chart.accrued_expense, due.accrued)
    # An origin without an expense has no age: an event of N may say that N + 1 has nothing.
    if due.expense > 0:
        yield debit(chart.expense(due.origin, booked), due.expense, due.origin)
    if due.expense < 0:
        yield credit(chart.expense(due.origin, booked), -due.expense, due.origin)
    yield credit(chart.third_party, max(due.amount, ZERO))
    yield debit(chart.receivable, max(-due.amount, ZERO))

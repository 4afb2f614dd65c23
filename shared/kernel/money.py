"""Amounts in euros as exact decimals; every rounding is a named function."""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def half_up(amount: Decimal) -> Decimal:
    """Round to the cent, halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def floor(amount: Decimal) -> Decimal:
    """Round down to the cent, so that rounding never exceeds a ceiling."""
    return amount.quantize(CENT, rounding=ROUND_FLOOR)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts in euros; 0.00 without any."""
    return sum(amounts, start=ZERO)

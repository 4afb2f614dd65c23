"""Exact euros: every rounding has a name."""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def half_up(amount: Decimal) -> Decimal:
    """Round to the cent, halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def floor(amount: Decimal) -> Decimal:
    """Round down to the cent: a ceiling is never exceeded by its rounding."""
    return amount.quantize(CENT, rounding=ROUND_FLOOR)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up amounts, in euros; nothing adds up to 0.00."""
    return sum(amounts, start=ZERO)

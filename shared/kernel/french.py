"""Amounts and days as a French reader writes them."""

from datetime import date
from decimal import Decimal

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


def euros(amount: Decimal) -> str:
    """Return `2 758,25 €`, with spaces that do not break."""
    return f"{figures(amount)}{SPACE}€"


def figures(amount: Decimal) -> str:
    """Return `2 758,25`, for a column of euros."""
    return f"{amount:,.2f}".replace(",", THIN_SPACE).replace(".", ",")


def grouped(count: int) -> str:
    """Return `1 048 576`."""
    return f"{count:,}".replace(",", THIN_SPACE)


def day(of: date) -> str:
    """Return `05/11/2025`."""
    return f"{of:%d/%m/%Y}"


def percent(share: Decimal) -> str:
    """Return `32,5 %` for 0.325, with a space that does not break."""
    return f"{(share * 100).normalize():f}".replace(".", ",") + f"{SPACE}%"

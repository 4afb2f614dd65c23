"""Amounts as a French reader writes them."""

from decimal import Decimal

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


def euros(amount: Decimal) -> str:
    """Return `2 758,25 €`, with spaces that do not break."""
    return f"{amount:,.2f}".replace(",", THIN_SPACE).replace(".", ",") + f"{SPACE}€"

"""Amounts and shares of the contract, read from decimal strings; never from floats."""

import re
from decimal import Decimal
from typing import Any

STATED_MONEY = re.compile(r"[0-9]{1,13}\.[0-9]{2}")
MONEY = re.compile(r"[0-9]{1,18}\.[0-9]{2}")  # Room for the sums of what is stated.
SIGNED_MONEY = re.compile(rf"-?{MONEY.pattern}")
SHARE = re.compile(r"[01]\.[0-9]{1,6}|[01]")
CENT = Decimal("0.01")


def read_signed_money(value: Any) -> Decimal:
    """Return euros of either sign.

    Raises:
        ValueError: it is written in another way.
    """
    if isinstance(value, str) and SIGNED_MONEY.fullmatch(value):
        return Decimal(value) + 0  # "-0.00" is zero: a sign must not survive in the exports.
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and value == (euros := value.quantize(CENT))
    ):
        return euros + 0
    msg = "expected euros as a string with two decimals"
    raise ValueError(msg)


def read_money(value: Any) -> Decimal:
    """Return euros, not negative.

    Raises:
        ValueError: it is written in another way.
    """
    if isinstance(value, str) and MONEY.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal) and (euros := read_signed_money(value)) >= 0:
        return euros
    msg = "expected euros, not negative, as a string with two decimals"
    raise ValueError(msg)


def read_stated_money(value: Any) -> Decimal:
    """Return euros that a producer outside states, at most 13 digits before the point.

    Raises:
        ValueError: it is written in another way.
    """
    if isinstance(value, str) and not STATED_MONEY.fullmatch(value):
        msg = (
            "expected euros, not negative and at most 13 digits before the point, as a string with"
            " two decimals"
        )
        raise ValueError(msg)
    return read_money(value)


def read_share(value: Any) -> Decimal:
    """Return a part of one.

    Raises:
        ValueError: it is written in another way.
    """
    if isinstance(value, str) and SHARE.fullmatch(value) and (share := Decimal(value)) <= 1:
        return _plain(share)
    if isinstance(value, Decimal) and 0 <= value <= 1:
        return _plain(value)
    msg = "expected a share between 0 and 1 as a decimal string"
    raise ValueError(msg)


def _plain(share: Decimal) -> Decimal:
    """Return a share in its canonical notation: two decimals, more only when significant."""
    return share.quantize(CENT) if share == share.quantize(CENT) else share.normalize()

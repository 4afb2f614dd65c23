"""Parsing of one field: a date, an amount, an account number; and the rule that it breaks."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from shared.fec_validator.findings import quoted
from shared.fec_validator.layout import ACCOUNT_DIGITS, CLASSES

Fault = tuple[str, str]
"""The id of the rule that is broken, and its message in French."""
Cents = int | Decimal
"""An exact amount in cents: an integer, or a Decimal where a file writes parts of a cent."""

DECIMALS = 2
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
YEARS = range(1900, 2100)
_DAY = re.compile(r"[0-9]{8}")
_PLAIN = re.compile(r"[0-9]{1,15},[0-9]{2}")
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:,([0-9]*))?([+-]?)")
_POINT = re.compile(r"[+-]?[0-9]+\.[0-9]*[+-]?")
_THOUSANDS = re.compile(r"[0-9][ \u00a0\u202f.'][0-9]{3}|,.*,|\..*[.,]|,.*\.")


@lru_cache(maxsize=10_000)
def day_fault(text: str) -> Fault | None:
    """Return what is wrong with a date, None when it is AAAAMMJJ and exists in the calendar."""
    if not _DAY.fullmatch(text):
        return "FEC-25", f"{quoted(text)} : une date AAAAMMJJ est attendue."
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return "FEC-26", f"{quoted(text)} n’existe pas au calendrier."
    if day.year not in YEARS:
        return "FEC-27", f"{quoted(text)} : l’année {day.year} est hors de 1900 à 2099."
    return None


@lru_cache(maxsize=10_000)
def account_fault(text: str) -> Fault | None:
    """Return what is wrong with an account number, None when nothing is."""
    first = text[:ACCOUNT_DIGITS]
    if len(first) < ACCOUNT_DIGITS or not (first.isascii() and first.isdigit()):
        return "FEC-28", f"{quoted(text)} ne commence pas par trois chiffres."
    if first[0] not in CLASSES:
        return "FEC-29", f"{quoted(text)} est de la classe {first[0]}."
    return None


def parse_amount(text: str) -> tuple[Cents | None, Fault | None]:
    """Return an amount in cents (None: unreadable), and what is wrong with it (None: nothing)."""
    if _PLAIN.fullmatch(text):
        return int(text[:-3] + text[-2:]), None
    return _parse_unusual_amount(text)


def is_zero(text: str) -> bool:
    """Return whether an amount is written in zeros alone."""
    return parse_amount(text) == (0, None)


def _parse_unusual_amount(text: str) -> tuple[Cents | None, Fault | None]:
    if _POINT.fullmatch(text):
        return None, ("FEC-17", f"{quoted(text)} : la décimale suit un point, non une virgule.")
    if _THOUSANDS.search(text):
        return None, ("FEC-18", f"{quoted(text)} : les milliers ne sont pas séparés.")
    if not (match := _NUMBER.fullmatch(text)) or (match[1] and match[4]):
        return None, ("FEC-19", f"{quoted(text)} n’est pas un nombre.")
    decimals = (match[3] or "").rstrip("0")
    value = Decimal(f"{match[2]}.{decimals or '0'}") * 100
    negative = "-" in (match[1], match[4])
    if negative and not value:
        return 0, ("FEC-21", f"{quoted(text)} : zéro n’a pas de signe.")
    fault = ("FEC-20", f"{quoted(text)} a plus de deux décimales.")
    return (-value if negative else value), fault if len(decimals) > DECIMALS else None


def euros(cents: Cents) -> Decimal:
    """Convert cents to euros."""
    return Decimal(cents).scaleb(-DECIMALS)


def difference(debit: Cents, credit: Cents) -> str:
    """Return both totals and their difference, in French."""
    totals = (euros(debit), euros(credit))
    gap = abs(totals[0] - totals[1])
    return f"débit {_figures(totals[0])}, crédit {_figures(totals[1])}, écart {_figures(gap)}."


def _figures(amount: Decimal) -> str:
    """Write euros as in French, `2 758,25`, with a thin space between thousands."""
    return f"{amount:,.2f}".replace(",", THIN_SPACE).replace(".", ",")

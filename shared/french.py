"""French formats of amounts, dates, counts and lists, the clocks of Paris, and typography."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
PARIS = ZoneInfo("Europe/Paris")
UNBREAKABLE = re.compile(r" (?=[;:!?»%€])|(?<=«) |(?<=\d) (?=\d)")
FIRST_OF = 10
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def euros(amount: Decimal) -> str:
    """Return `2 758,25 €`, with spaces that do not break."""
    return f"{figures(amount)}{SPACE}€"


def figures(amount: Decimal) -> str:
    """Return `2 758,25`, for a column of euros."""
    return f"{amount:,.2f}".replace(",", THIN_SPACE).replace(".", ",")


def grouped(count: int) -> str:
    """Return `1 048 576`."""
    return f"{count:,}".replace(",", THIN_SPACE)


def first_of(texts: Sequence[str], separator: str = ", ") -> str:
    """Return `C1, C2 et 3 autres`: at most ten of a list, which has no bound of its own."""
    others = len(texts) - FIRST_OF
    first = separator.join(texts[:FIRST_OF])
    return first if others <= 0 else f"{first} et {others} autre{'s' if others > 1 else ''}"


def short_date(of: date) -> str:
    """Return `05/11/2025`."""
    return f"{of:%d/%m/%Y}"


def percent(share: Decimal) -> str:
    """Return `32,5 %` for 0.325, with a space that does not break."""
    return f"{(share * 100).normalize():f}".replace(".", ",") + f"{SPACE}%"


def long_date(of: date) -> str:
    """Return `7 octobre 2025`."""
    number = "1er" if of.day == 1 else str(of.day)
    return f"{number} {MONTHS[of.month - 1]} {of.year}"


def in_paris(of: datetime) -> datetime:
    """Return the same instant in the time zone of Paris."""
    return of.astimezone(PARIS)


def instant(of: datetime) -> str:
    """Return `7 octobre 2025 à 9 h 05`, on the clocks of Paris."""
    local = in_paris(of)
    return f"{long_date(local)} à {local.hour} h {local:%M}"


def moment(of: datetime) -> str:
    """Return `7 octobre 2025, 09:05:07`, on the clocks of Paris."""
    local = in_paris(of)
    return f"{long_date(local)}, {local:%H:%M:%S}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return `1 enfant`, `8 enfants` or `1 696 enfants`."""
    return f"{grouped(number)} {singular if number <= 1 else plural or f'{singular}s'}"


def listed(texts: Iterable[str], nothing: str = "aucun") -> str:
    """Return `A, B et C`."""
    *others, last = list(texts) or [nothing]
    return f"{', '.join(others)} et {last}" if others else last


def unended(text: str) -> str:
    """Return a text without the periods that end it, to be quoted within a sentence."""
    return text.rstrip(".")


def typeset(text: str) -> str:
    """Return a French text with no-break spaces where plain ones were typed."""
    return UNBREAKABLE.sub(SPACE, text)

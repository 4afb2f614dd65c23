"""Days and words as a French reader expects them."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.kernel.french import grouped

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def day(of: date) -> str:
    """Return `7 octobre 2025`."""
    number = "1er" if of.day == 1 else str(of.day)
    return f"{number} {MONTHS[of.month - 1]} {of.year}"


def instant(of: datetime) -> str:
    """Return `7 octobre 2025 à 9 h 05`, on the clocks of Paris."""
    local = of.astimezone(PARIS)
    return f"{day(local)} à {local.hour} h {local:%M}"


def moment(of: datetime) -> str:
    """Return `7 octobre 2025, 09:05:07`, on the clocks of Paris."""
    local = of.astimezone(PARIS)
    return f"{day(local)}, {local:%H:%M:%S}"


def counted(number: int, word: str, words: str | None = None) -> str:
    """Return `1 enfant`, `8 enfants` or `1 696 enfants`."""
    return f"{grouped(number)} {word if number <= 1 else words or f'{word}s'}"


def listed(texts: Iterable[str], nothing: str = "aucun") -> str:
    """Return `A, B et C`."""
    *others, last = list(texts) or [nothing]
    return f"{', '.join(others)} et {last}" if others else last

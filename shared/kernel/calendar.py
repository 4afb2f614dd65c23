"""School years and calendar years. A school year is a text such as `2025-2026`.

Overseas communes have school holidays of their own.
"""

from datetime import date

OVERSEAS_PREFIXES = ("97", "98")
INSEE_LENGTH = 5


def start_year(school_year: str) -> int:
    """Return 2025 for `2025-2026`: the exercise of part N [CPT-02]."""
    return int(school_year[:4])


def school_year(start: int) -> str:
    """Return `2025-2026` for 2025."""
    return f"{start}-{start + 1}"


def previous(year: str) -> str:
    """Return the previous school year: `2024-2025` for `2025-2026`."""
    return school_year(start_year(year) - 1)


def following(year: str) -> str:
    """Return the next school year: `2026-2027` for `2025-2026`."""
    return school_year(start_year(year) + 1)


def first_day(year: str) -> date:
    """Return the first day of a school year: 1 September."""
    return date(start_year(year), 9, 1)


def last_day(year: str) -> date:
    """Return the last day of a school year, holidays included: 31 August."""
    return date(start_year(year) + 1, 8, 31)


def is_overseas(commune: str) -> bool:
    """Return whether an INSEE code is that of an overseas commune."""
    valid = len(commune) == INSEE_LENGTH and commune.isdigit()
    return valid and commune.startswith(OVERSEAS_PREFIXES)

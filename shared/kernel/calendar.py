"""School years and calendar years. A school year is a text such as `2025-2026`.

Overseas communes have school holidays of their own.
"""

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


def is_overseas(commune: str) -> bool:
    """Return whether an INSEE code is that of an overseas commune."""
    valid = len(commune) == INSEE_LENGTH and commune.isdigit()
    return valid and commune.startswith(OVERSEAS_PREFIXES)

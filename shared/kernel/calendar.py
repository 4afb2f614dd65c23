"""School years and calendar years. A school year is a text such as `2025-2026`."""


def start_year(school_year: str) -> int:
    """Return 2025 for `2025-2026`: the exercise of part N [CPT-02]."""
    return int(school_year[:4])


def school_year(start: int) -> str:
    """Return `2025-2026` for 2025."""
    return f"{start}-{start + 1}"


def previous(year: str) -> str:
    """Return the previous school year: `2024-2025` for `2025-2026`."""
    return school_year(start_year(year) - 1)

"""The departments of communes and of Cafs [ELI-40]."""

CORSICA = 20
"""Its departments are 2A and 2B, and its Cafs 201 and 202."""
DEPARTMENTS = frozenset(
    [*(f"{number:02}" for number in range(1, 96) if number != CORSICA)]
    + [f"97{number}" for number in range(1, 7)]
)


def department_of_commune(commune: str) -> str:
    """Return the department of an INSEE code: `76` for 76540, `974` for 97415, `2A` for 2A004."""
    return commune[:3] if commune.startswith("97") else commune[:2]


def department_of_caf(caf: str) -> str | None:
    """Return the department that the code of a Caf begins with, None in Corsica and elsewhere."""
    department = department_of_commune(caf)
    return department if department in DEPARTMENTS else None

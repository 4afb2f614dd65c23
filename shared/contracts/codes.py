"""Identifiers and code lists of the contract, and what is wrong with a value that is none."""

import re

from shared import identifiers
from shared.contracts.nearest import nearest

SHOWN_MAX = 100
CHANNELS = ("ELAN", "courrier", "courriel", "guichet", "autre")
ACTIVITIES = (
    "aide_aux_devoirs",
    "methodologie",
    "ludique",
    "artistique",
    "culturelle",
    "sportive",
    "citoyenne",
    "numerique",
    "autre",
)
OBJECTIVES = (
    *(f"AXE-E{number}" for number in range(1, 6)),
    *(f"AXE-P{number}" for number in range(1, 6)),
    *(f"AXE-C{number}" for number in range(1, 4)),
    "AXE-T1",
)
COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")


def check_digit_fault(value: str) -> str | None:
    """Return what is wrong with the check digit of a SIRET, None where nothing is."""
    fault = identifiers.siret_check_digit_fault(value)
    return fault and f"not a SIRET: {fault}"


def siret_fault(value: str) -> str | None:
    """Return what is wrong with 14 digits as a SIRET, None where nothing is."""
    fault = identifiers.siret_fault(value)
    return fault and f"not a SIRET: {fault}"


def commune_fault(value: str) -> str | None:
    """Return what is wrong with the INSEE code of a commune, None where nothing is."""
    if COMMUNE.fullmatch(value):
        return None
    return (
        f"{value[:SHOWN_MAX]!r} is no INSEE code of a commune: five digits, or 2A or 2B and three"
        " digits, such as 76540"
    )


def code_fault(value: str, codes: tuple[str, ...]) -> str | None:
    """Return what is wrong with a value of a code list, None where nothing is."""
    if value in codes:
        return None
    return (
        f"{value[:SHOWN_MAX]!r} is no known code; the nearest is {nearest(value, codes)!r},"
        f" all are: {', '.join(codes)}"
    )

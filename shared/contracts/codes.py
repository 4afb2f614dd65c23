"""Identifiers and code lists of the contract, and what is wrong with a value that is none."""

import re

from shared import identifiers
from shared.contracts.nearest import meant_code

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
SYNONYMS = {
    "email": "courriel",
    "e_mail": "courriel",
    "mail": "courriel",
    "mairie": "commune",
    "ecole": "scolaire",
    "6eme": "6e",
    "sixieme": "6e",
    "5eme": "5e",
    "cinquieme": "5e",
    "4eme": "4e",
    "quatrieme": "4e",
    "3eme": "3e",
    "troisieme": "3e",
    "seconde": "2nde",
    "premiere": "1re",
    "terminale": "Tle",
}
"""Words for a code that resemble another one, or none; without capitals and accents."""
COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
COMMUNE_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{3}")


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
    meant = meant_commune(value)
    near = f"; the nearest is {meant!r}" if meant else ""
    return (
        f"{value[:SHOWN_MAX]!r} is no INSEE code of a commune: five digits, or 2A or 2B and three"
        f" digits{near or ', such as 76540'}"
    )


def meant_commune(value: str) -> str | None:
    """Return the INSEE code that a variant stands for: `2A004` for `2a004`, `01234` for `1234`."""
    code = "".join(value[:SHOWN_MAX].split()).upper()
    code = f"0{code}" if COMMUNE_WITHOUT_ZERO.fullmatch(code) else code
    return code if COMMUNE.fullmatch(code) else None


def code_fault(value: str, codes: tuple[str, ...]) -> str | None:
    """Return what is wrong with a value of a code list, None where nothing is."""
    if value in codes:
        return None
    meant = meant_code(value, codes, SYNONYMS)
    near = f" the nearest is {meant!r}," if meant else ""
    return f"{value[:SHOWN_MAX]!r} is no known code;{near} all are: {', '.join(codes)}"

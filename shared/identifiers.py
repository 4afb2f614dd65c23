"""SIREN and SIRET: what is wrong with digits that are neither."""

from enum import StrEnum
from functools import lru_cache

from stdnum.fr import siren, siret

NO_SIREN, NO_NIC = "0" * 9, "0" * 5


class IdentifierFault(StrEnum):
    """Why digits identify nobody. The check digit of numbers made of zeros is right."""

    CHECK_DIGIT = "the check digit is wrong"
    NO_SIREN = f"there is no SIREN {NO_SIREN}"
    NO_NIC = f"there is no establishment {NO_NIC}"


@lru_cache(maxsize=10_000)  # One gestionnaire comes back in every event about it.
def siret_check_digit_fault(value: str) -> IdentifierFault | None:
    """Return what is wrong with the check digit of a SIRET, None where nothing is."""
    return None if siret.is_valid(value) else IdentifierFault.CHECK_DIGIT


def siret_fault(value: str) -> IdentifierFault | None:
    """Return what is wrong with 14 digits as a SIRET, None where nothing is."""
    if fault := siret_check_digit_fault(value):
        return fault
    if value.startswith(NO_SIREN):
        return IdentifierFault.NO_SIREN
    return IdentifierFault.NO_NIC if value.endswith(NO_NIC) else None


def siren_fault(value: str) -> IdentifierFault | None:
    """Return what is wrong with 9 digits as a SIREN, None where nothing is."""
    if not siren.is_valid(value):
        return IdentifierFault.CHECK_DIGIT
    return IdentifierFault.NO_SIREN if value == NO_SIREN else None

"""The words of the wire: each type parses once, at the border, and is proof of its form inside."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from stdnum.fr import siret as siret_number

TEXT_LENGTH_MAX = 10_000
LIST_LENGTH_MAX = 1_000
MONEY = re.compile(r"-?[0-9]{1,13}\.[0-9]{2}")
SHARE = re.compile(r"[01]\.[0-9]{1,6}|[01]")
DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
CENT = Decimal("0.01")


def _money(value: Any) -> Any:
    if isinstance(value, str) and MONEY.fullmatch(value):
        return Decimal(value) + 0  # "-0.00" is zero: a sign must not survive in the exports.
    if isinstance(value, Decimal) and value.is_finite() and value == value.quantize(CENT):
        return value.quantize(CENT)
    msg = 'expected euros as a string with two decimals, such as "2758.25"'
    raise ValueError(msg)


def _share(value: Any) -> Any:
    if isinstance(value, str) and SHARE.fullmatch(value) and Decimal(value) <= 1:
        return Decimal(value)
    if isinstance(value, Decimal) and 0 <= value <= 1:
        return value
    msg = 'expected a share between 0 and 1 as a decimal string, such as "0.25"'
    raise ValueError(msg)


def _text(value: str) -> str:
    """Trim and compose (NFC); refuse control and bidirectional characters, which forge labels."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text.isprintable() and (bad := next(filter(_is_control, text), None)):
        msg = f"control character U+{ord(bad):04X} is not allowed"
        raise ValueError(msg)
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} and character not in "\n\r\t"


def _school_year(value: str) -> str:
    first, last = value.split("-")
    if int(last) != int(first) + 1:
        msg = "the two years of a school year follow each other, such as 2025-2026"
        raise ValueError(msg)
    return value


def _siret(value: str) -> str:
    if not siret_number.is_valid(value) or value == "0" * 14:
        msg = "not a SIRET: the check digit is wrong"
        raise ValueError(msg)
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not DAY.fullmatch(value):
        msg = "expected a date between 1900 and 2099 as YYYY-MM-DD"
        raise ValueError(msg)
    return date.fromisoformat(value)


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not INSTANT.fullmatch(value):
        msg = "expected an RFC 3339 instant with its offset, such as 2025-07-10T09:30:00+02:00"
        raise ValueError(msg)
    return datetime.fromisoformat(value.upper())


_AS_TEXT = PlainSerializer(str, when_used="json")

SignedMoney = Annotated[
    Decimal,
    BeforeValidator(_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,13}\.[0-9]{2}$"}),
]
"""Euros, two decimals, either sign."""

Money = Annotated[
    Decimal,
    Field(ge=0),
    BeforeValidator(_money),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,13}\.[0-9]{2}$"}),
]
"""Euros, two decimals, never negative."""

Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": r"^([01]\.[0-9]{1,6}|[01])$"}),
]
"""A part of one, from 0 to 1."""

Text = Annotated[str, AfterValidator(_text), StringConstraints(max_length=TEXT_LENGTH_MAX)]
"""Trimmed NFC text of at most 10,000 characters; may be blank."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
"""An identifier given by a producer: ASCII, 1 to 100 characters, without separators of ours."""

CafCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
SchoolYear = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-20[0-9]{2}$"), AfterValidator(_school_year)
]
Siret = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$"), AfterValidator(_siret)]
Exercise = Annotated[int, Field(ge=2000, le=2099)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Rule = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[A-Z0-9]{1,5}[a-z]?$")]

GestionnaireKind = Literal[
    "association", "commune", "epci", "ccas", "centre_social", "entreprise", "caf"
]
SchoolLevel = Literal["elementaire", "college", "lycee"]
Grade = Literal[
    "CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e", "2nde", "1re", "Tle", "PS", "MS", "GS"
]
PlaceType = Literal["associatif", "communal", "scolaire", "domicile", "autre"]
BonusKind = Literal["enfants", "parents"]

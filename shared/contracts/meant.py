"""What a value of a wrong form was probably meant to be, in the words of an error message.

Only values of public types are repeated: those of texts and names may be about a person.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.contracts import types
from shared.contracts.codes import SHOWN_MAX, meant_commune
from shared.contracts.days import CLOCK, DAY
from shared.french import PARIS

PERSONAL_TYPES = {"Text", "Name"}
UNSHOWN = {*PERSONAL_TYPES, "object", "array"}
JSON_VALUES = (str, int, float, list, dict, type(None))
KINDS = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
UNSURE = {"Instant", "Share"}  # The offset may be another one, the number may not be per cent.
WORDS = {"true": True, "oui": True, "yes": True, "false": False, "non": False, "no": False}
DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
LOCAL_MIDNIGHT = re.compile(rf"({DAY.pattern})T00:00(?::00)?")
LOOSE_INSTANT = re.compile(
    rf"({DAY.pattern})[Tt ]({CLOCK})(:[0-9]{{2}}(?:\.[0-9]+)?)?"
    r"\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
AMOUNT = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
GROUPED_AMOUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,2}")
CURRENCY = re.compile(r"€|EUR$")
PER_CENT = re.compile(r"([0-9]{1,3}) ?(%?)")
DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
YEARS = re.compile(r"(20[0-9]{2})\s*[-/]\s*(?:20)?([0-9]{2})")
SIRET_BLANKS = re.compile(r"[\s.-]")
SIRET_LENGTH = 14


def sent_note(type_name: str, value: Any, meant: Any) -> str:
    """Return what was sent and, unless `meant` is None, what to write instead."""
    if not isinstance(value, JSON_VALUES):
        return ""  # The field is absent.
    if isinstance(value, str) and type_name in PERSONAL_TYPES:
        return ""
    if type_name in UNSHOWN or value is None or isinstance(value, list | dict):
        quotes = ": put it in quotes" if type_name in PERSONAL_TYPES and _is_number(value) else ""
        return f"; {_kind(value)} was sent{quotes}"
    shown = repr(value[:SHOWN_MAX]) if isinstance(value, str) else json.dumps(value)[:SHOWN_MAX]
    return f"; {shown} was sent{_lack(type_name, value)}{_proposal(type_name, value, meant)}"


def meant_value(type_name: str, value: Any, codes: tuple[str, ...] = ()) -> Any:
    """Return the valid value that a text or number probably stands for, None for no guess."""
    if not (isinstance(value, str) or _is_number(value)) or len(str(value)) > SHOWN_MAX:
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if codes:
        return text if text in codes else None
    candidate = READERS[type_name](text) if type_name in READERS else None
    return candidate if candidate is not None and _fits(type_name, candidate) else None


def _proposal(type_name: str, value: Any, meant: Any) -> str:
    if meant is None:
        return ""
    written = json.dumps(meant)
    if not isinstance(value, str) and str(value) == meant:
        return f": put it in quotes, {written}"
    return f": did you mean {written}?" if type_name in UNSURE else f": write {written}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    """Return the JSON type of a value in words."""
    if _is_number(value):
        return "a number"
    return KINDS.get(type(value), "null")


def _lack(type_name: str, value: Any) -> str:
    """Return what an instant lacks."""
    if type_name != "Instant" or not isinstance(value, str):
        return ""
    if DAY.fullmatch(value.strip()):
        return " without a time of day"
    match = LOOSE_INSTANT.fullmatch(value.strip())
    return " without an offset" if match and not match[4] else ""


def _day(text: str) -> str | None:
    if match := DAY_FIRST.fullmatch(text):
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
    if match := COMPACT_DAY.fullmatch(text):
        return "-".join(match.groups())
    match = LOCAL_MIDNIGHT.fullmatch(text)
    return match[1] if match else None


def _instant(text: str) -> str | None:
    match = LOOSE_INSTANT.fullmatch(text)
    if match is None:
        return None
    local = f"{match[1]}T{match[2]}{match[3] or ':00'}"
    offset = (match[4] or _offset_in_paris(local)).upper()
    return f"{local}{offset if ':' in offset or offset == 'Z' else f'{offset[:3]}:{offset[3:]}'}"


def _offset_in_paris(local: str) -> str:
    try:
        return f"{datetime.fromisoformat(local).replace(tzinfo=PARIS):%z}"
    except ValueError:  # There is no such day: the message says so.
        return "Z"


def _siret(text: str) -> str:
    return SIRET_BLANKS.sub("", text).zfill(SIRET_LENGTH)


def _years(text: str) -> str | None:
    match = YEARS.fullmatch(text)
    return f"{match[1]}-20{match[2]}" if match else None


def _amount(text: str) -> str | None:
    figures = "".join(CURRENCY.sub("", text).split())
    if GROUPED_AMOUNT.fullmatch(figures):
        figures = figures.replace(",", "")
    if not AMOUNT.fullmatch(figures):
        return None
    return f"{Decimal(figures.replace(',', '.')):.2f}"


def _share(text: str) -> str | None:
    match = PER_CENT.fullmatch(text)
    if match and (match[2] or int(match[1]) > 1):
        return f"{(Decimal(match[1]) / 100).normalize():f}"
    return text.replace(",", ".") if match or DECIMAL.fullmatch(text) else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


READERS: Mapping[str, Callable[[str], str | int | bool | None]] = {
    "boolean": lambda text: WORDS.get(text.casefold()),
    "integer": _whole,
    "CafCode": str,
    "Commune": meant_commune,
    "Count": _whole,
    "Day": _day,
    "Exercise": _whole,
    "Id": str,
    "Instant": _instant,
    "Money": _amount,
    "SchoolYear": _years,
    "Share": _share,
    "SignedMoney": _amount,
    "Siret": _siret,
    "StatedMoney": _amount,
}


def _fits(type_name: str, candidate: Any) -> bool:
    """Return whether the contract takes a value; the bounds of a field are not looked at."""
    if not hasattr(types, type_name):
        return True
    try:
        _adapter(type_name).validate_python(candidate, context=types.INTAKE)
    except ValidationError:
        return False
    return True


@cache
def _adapter(type_name: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(types, type_name))

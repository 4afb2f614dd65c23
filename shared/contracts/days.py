"""Days and instants as the contract writes them: ISO 8601, RFC 3339."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from shared.contracts.beyond_schema import beyond_schema

T = TypeVar("T")
DAY = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT = re.compile(
    rf"{DAY.pattern}[Tt]{CLOCK}:(?:[0-5][0-9]|60)(?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{CLOCK})"
)
LEAP_SECOND = slice(17, 19)


def read_day(value: Any) -> Any:
    """Return the date of a text; leave other values to their type."""
    if not isinstance(value, str):
        return value
    if not DAY.fullmatch(value):
        msg = "expected a date between 1900 and 2099 as YYYY-MM-DD"
        raise ValueError(msg)
    return _existing(date.fromisoformat, value)


def read_instant(value: Any) -> Any:
    """Return the instant of an RFC 3339 text; leave other values to their type."""
    if not isinstance(value, str):
        return value
    if not INSTANT.fullmatch(value):
        msg = "expected an RFC 3339 instant with its offset"
        raise ValueError(msg)
    return _existing(datetime.fromisoformat, _without_leap_second(value.upper()))


def _existing(read: Callable[[str], T], value: str) -> T:
    try:
        return read(value)
    except ValueError:
        raise beyond_schema("no_such_day", f"there is no day {value[:10]}") from None


def _without_leap_second(value: str) -> str:
    """Return an instant with second 59 in place of a leap second, which the calendar has not."""
    return f"{value[:17]}59{value[19:]}" if value[LEAP_SECOND] == "60" else value

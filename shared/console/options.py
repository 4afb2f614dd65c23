"""Parsers of option values; a value that does not parse ends with exit code 2."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import typer
from pydantic import TypeAdapter, ValidationError

from shared.contracts.types import CafCode, Day, Money, SchoolYear, Share

CAF, DAY = TypeAdapter(CafCode), TypeAdapter(Day)
MONEY, SHARE, YEAR = TypeAdapter(Money), TypeAdapter(Share), TypeAdapter(SchoolYear)
ENVELOPE = re.compile(r"([0-9]{3}):(20[0-9]{2})=(?:([0-9.]+)|none)")
DRAWN = (".svg", ".png")


def euros(text: str) -> Decimal:
    """Read `9000`, `9000.00`.

    Raises:
        typer.BadParameter: when it is no amount.
    """
    amount = f"{text}.00" if text.isdecimal() else text
    try:
        return MONEY.validate_python(amount)
    except ValidationError:
        raise typer.BadParameter(f"{text!r}: expected euros, such as 9000.00") from None


def share(text: str) -> Decimal:
    """Read `0.325`.

    Raises:
        typer.BadParameter: when it is no share.
    """
    try:
        return SHARE.validate_python(text)
    except ValidationError:
        raise typer.BadParameter(
            f"{text!r}: expected a share between 0 and 1, such as 0.325"
        ) from None


def school_year(text: str) -> str:
    """Read `2025-2026`.

    Raises:
        typer.BadParameter: when it is no school year.
    """
    try:
        return YEAR.validate_python(text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no school year, such as 2025-2026") from None


def day(text: str) -> date:
    """Read `2025-10-01`.

    Raises:
        typer.BadParameter: when it is no day.
    """
    try:
        return DAY.validate_python(text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no day, such as 2025-10-01") from None


def caf(text: str) -> str:
    """Read `761`.

    Raises:
        typer.BadParameter: when it is no code of a Caf.
    """
    try:
        return CAF.validate_python(text)
    except ValidationError:
        raise typer.BadParameter(
            f"{text!r} is no code of a Caf: three digits, such as 761"
        ) from None


def envelopes(texts: Iterable[str]) -> dict[tuple[str, int], Decimal | None]:
    """Read `761:2025=100000.00` and `761:2025=none`, by Caf and exercise.

    Raises:
        typer.BadParameter: when one is neither.
    """
    return dict(map(_envelope, texts))


def drawing(text: str) -> Path:
    """Read the path of a chart.

    Raises:
        typer.BadParameter: when its suffix is neither .svg nor .png.
    """
    path = Path(text)
    if path.suffix not in DRAWN:
        raise typer.BadParameter(f"{text!r} ends neither in .svg nor in .png")
    return path


def _envelope(text: str) -> tuple[tuple[str, int], Decimal | None]:
    if not (match := ENVELOPE.fullmatch(text)):
        raise typer.BadParameter(f"{text!r} is no envelope, such as 761:2025=100000.00")
    caf, exercise, amount = match.groups()
    return (caf, int(exercise)), euros(amount) if amount else None

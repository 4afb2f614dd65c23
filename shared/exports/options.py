"""Options that the export commands share."""

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from stdnum.fr import siren, siret

Caf = Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")]
Exercise = Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")]
To = Annotated[
    Path,
    typer.Option(file_okay=False, metavar="DIR", help="Directory for the folder of the batch."),
]
Number = Annotated[
    int | None,
    typer.Option("--batch", min=1, metavar="N", help="Number of an earlier batch to write again."),
]
TakeOver = Annotated[bool, typer.Option("--take-over", help="Discard an interrupted attempt.")]
HERE = Path()


def a_siren(value: str) -> str:
    """Parse a SIREN, which may contain blanks.

    Raises:
        typer.BadParameter: it is not valid.
    """
    return _compact(siren, "SIREN", value)


def a_siret(value: str) -> str:
    """Parse a SIRET, which may contain blanks.

    Raises:
        typer.BadParameter: it is not valid.
    """
    return _compact(siret, "SIRET", value)


def _compact(number_type: ModuleType, name: str, value: str) -> str:
    number = str(number_type.compact(value))
    if not number_type.is_valid(number) or _is_never_given(number):
        msg = f"{value} is not a {name}"
        raise typer.BadParameter(msg)
    return number


def _is_never_given(number: str) -> bool:
    """Return whether SIREN or NIC are zeros: the key of many such numbers is right."""
    return not int(number[:9]) or number[9:] == "00000"

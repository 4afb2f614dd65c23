"""Options that the export commands share."""

from pathlib import Path
from typing import Annotated

import typer
from stdnum.fr import siren, siret

from shared.identifiers import siren_fault, siret_fault

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
    number = str(siren.compact(value))
    if siren_fault(number):
        raise typer.BadParameter(f"{value} is not a SIREN")
    return number


def a_siret(value: str) -> str:
    """Parse a SIRET, which may contain blanks.

    Raises:
        typer.BadParameter: it is not valid.
    """
    number = str(siret.compact(value))
    if siret_fault(number):
        raise typer.BadParameter(f"{value} is not a SIRET")
    return number

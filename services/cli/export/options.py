"""The options that exports have in common."""

from pathlib import Path
from typing import Annotated

import typer
from stdnum.fr import siren, siret

Caf = Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")]
Exercise = Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")]
To = Annotated[
    Path, typer.Option(file_okay=False, metavar="DIR", help="Where the folder of the batch goes.")
]
Number = Annotated[
    int | None, typer.Option("--batch", min=1, metavar="N", help="This batch, as it was given.")
]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Drop an attempt that was interrupted.")
]
HERE = Path()


def a_siren(value: str) -> str:
    """Read a SIREN, blanks left out.

    Raises:
        typer.BadParameter: when it is none.
    """
    if not siren.is_valid(value):
        msg = f"{value} is not a SIREN"
        raise typer.BadParameter(msg)
    return siren.compact(value)


def a_siret(value: str) -> str:
    """Read a SIRET, blanks left out.

    Raises:
        typer.BadParameter: when it is none.
    """
    if not siret.is_valid(value):
        msg = f"{value} is not a SIRET"
        raise typer.BadParameter(msg)
    return siret.compact(value)

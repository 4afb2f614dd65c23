"""The options that exports have in common."""

from pathlib import Path
from types import ModuleType
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
    return _compact(siren, "SIREN", value)


def a_siret(value: str) -> str:
    """Read a SIRET, blanks left out.

    Raises:
        typer.BadParameter: when it is none.
    """
    return _compact(siret, "SIRET", value)


def _compact(form: ModuleType, name: str, value: str) -> str:
    if not form.is_valid(value):
        msg = f"{value} is not a {name}"
        raise typer.BadParameter(msg)
    return str(form.compact(value))

"""The options that exports have in common."""

from pathlib import Path
from typing import Annotated

import typer

Caf = Annotated[str, typer.Option(metavar="CODE", help="Three digits, such as 761.")]
Exercise = Annotated[int, typer.Option(min=2000, max=2099, metavar="YEAR", help="Civil year.")]
To = Annotated[Path, typer.Option(metavar="DIR", help="Where the folder of the batch goes.")]
Number = Annotated[
    int | None, typer.Option("--batch", min=1, metavar="N", help="This batch, as it was given.")
]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Drop an attempt that was interrupted.")
]
HERE = Path()

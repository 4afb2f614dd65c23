"""Long lists, shortened where an option says so."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

import typer

from shared.console.terminal import warn

T = TypeVar("T")
Limit = Annotated[
    int, typer.Option(min=0, metavar="N", help="List the first N at most; 0 lists all.")
]


def first(rows: Sequence[T], limit: int) -> Sequence[T]:
    """Return the first rows, all of them for 0; print on standard error how many more there are."""
    if not limit or len(rows) <= limit:
        return rows
    warn(f"{len(rows) - limit} more; --limit 0 lists all")
    return rows[:limit]

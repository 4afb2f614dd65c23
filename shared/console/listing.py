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
    warn_of_more(len(rows) - limit)
    return rows[:limit]


def warn_of_more(count: int) -> None:
    """Print on standard error that so many rows are not listed."""
    if count:
        warn(f"{count} more; --limit 0 lists all")

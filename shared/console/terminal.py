"""One way to speak to people and to scripts: tables, progress, errors in one line, exit codes.

On a terminal there is colour, and lines are broken at its width. Anywhere else output is plain
and lines are whole.
"""

import re
import sys
import textwrap
import unicodedata
from enum import IntEnum
from typing import NoReturn

import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column, Table
from rich.text import Text

PLAIN_WIDTH = 100_000
"""Lines stay whole where nobody looks at them."""
LEGIBLE = 7
"""The least that a folded column of a table is worth."""
YES = {"o", "oui", "y", "yes"}
console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
_FRENCH = re.compile(r"(?<=«) | (?=[:;!?»%])")
errors = Console(highlight=False, stderr=True)


class Code(IntEnum):
    """What a script may read from the exit code; listed in `clas --help`."""

    OK = 0
    WRONG = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


def fail(message: str, code: Code) -> NoReturn:
    """Say what is wrong, where, and the way out; then end with this code."""
    warn(message)
    raise typer.Exit(code)


def warn(message: str) -> None:
    """Say something on standard error."""
    errors.print(Text(escape_control(f"clas: {message}")), soft_wrap=True)


def confirm(question: str) -> bool:
    """Ask somebody at a terminal; whoever interrupts ends the command, as anywhere else."""
    try:
        return typer.prompt(question, default="", show_default=False).strip().lower() in YES
    except typer.Abort:
        echo()
        raise typer.Exit(Code.INTERRUPTED) from None


def echo(text: str = "", *, style: str = "", indent: int = 0) -> None:
    """Print a text; on a terminal its lines are broken, and hang under its first letter."""
    whole = " " * indent + escape_control(text)
    lines = [whole]
    if console.is_terminal:
        hanging = " " * (indent + 2 * text.startswith("• "))
        width = max(console.width, 40)
        # Not rich's own wrapping: that one would break an amount at its no-break spaces.
        lines = textwrap.wrap(_typeset(whole), width, subsequent_indent=hanging) or [""]
    for line in lines:
        console.print(Text(line, style=style), soft_wrap=True)


def new_table(
    *columns: str,
    right: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
    title: str | None = None,
) -> Table:
    """Return a table with these headers; `right` hold figures, `whole` are never broken."""
    table = Table(
        title=title,
        title_justify="left",
        box=box.ROUNDED if console.is_terminal else None,
        pad_edge=console.is_terminal,
    )
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=column in (*right, *whole),
            overflow="fold",
        )
    return table


def add(table: Table, *cells: str, style: str = "") -> None:
    """Add a row; what cells hold is text, never markup."""
    table.add_row(*(Text(escape_control(cell)) for cell in cells), style=style)


def show(table: Table) -> None:
    """Print a table; what is to be whole goes beyond the edge of a narrow terminal, uncut."""
    if console.is_terminal:
        _fit(table)
    console.print(table, crop=False)


def _fit(table: Table) -> None:
    """Fold headers and texts where there is no room; a figure without its end is another one."""
    frame = 3 * len(table.columns) + 1
    if frame + sum(max(_longest(each), cell_len(str(each.header))) for each in table.columns) <= (
        console.width
    ):
        return
    least = frame
    for column in table.columns:
        if column.no_wrap:
            column.no_wrap, column.width = False, _longest(column)
        least += column.width or min(_longest(column), LEGIBLE)
    table.width = max(least, console.width)


def _longest(column: Column) -> int:
    """Return the cells that its longest value takes, or the longest word of its header."""
    words = str(column.header).split() or [""]
    return max(cell_len(str(each)) for each in (*words, *column.cells))


def progress() -> Progress:
    """Return a progress bar on standard error, silent where nobody looks at it."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def escape_control(text: str) -> str:
    """Return a text that cannot steer a terminal: control characters are written out."""
    return "".join(each if _harmless(each) else f"\\x{ord(each):02x}" for each in text)


def _typeset(text: str) -> str:
    """Keep French punctuation on the line of its word."""
    return _FRENCH.sub("\N{NO-BREAK SPACE}", text)


def _harmless(character: str) -> bool:
    return character in "\n\t" or not unicodedata.category(character).startswith("C")

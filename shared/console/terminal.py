"""Output of the commands: texts, tables, progress, errors in one line, exit codes.

On a terminal there is colour (unless NO_COLOR is set or TERM is dumb), and lines are broken at
its width, or COLUMNS. Anywhere else output is plain and lines are whole.
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

from shared.contracts.texts import BIDIRECTIONAL
from shared.french import typeset

PLAIN_WIDTH = 100_000
"""Columns where standard output is no terminal: lines stay whole."""
YES = {"o", "oui", "y", "yes"}
console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
FORGING = {"Cc", "Cs"}
"""Categories of Unicode: controls, and surrogates, which no terminal can print."""
errors = Console(highlight=False, stderr=True)


class Code(IntEnum):
    """The exit codes that `clas --help` lists."""

    OK = 0
    WRONG = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


def fail(message: str, code: Code) -> NoReturn:
    """Print a message on standard error and end with this code."""
    warn(message)
    raise typer.Exit(code)


def warn(message: str) -> None:
    """Print a message on standard error, in one line."""
    errors.print(Text(escape_control(f"clas: {message}")), soft_wrap=True)


def confirm(question: str) -> bool:
    """Return whether the answer is yes; an interruption ends the command with code 130."""
    try:
        return typer.prompt(question, default="", show_default=False).strip().lower() in YES
    except typer.Abort:
        echo()
        raise typer.Exit(Code.INTERRUPTED) from None


def echo(text: str = "", *, style: str = "", indent: int = 0, hanging: int = 0) -> None:
    """Print a text; on a terminal its lines are broken and indented like the first.

    `hanging` are the columns that the next lines are indented more.
    """
    whole = " " * indent + escape_control(text)
    lines = [whole]
    if console.is_terminal:
        under = indent + (hanging or 2 * text.startswith("• "))
        # Not rich's own wrapping: that one would break an amount at its no-break spaces.
        lines = _wrap(typeset(whole), max(console.width, 40), under)
    _print_lines(lines, style)


def new_table(
    *columns: str,
    right: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
    title: str | None = None,
) -> Table:
    """Return a table of these headers; columns `right` hold figures, `whole` are not broken."""
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
    """Add a row; cells are plain text, without markup."""
    texts = map(escape_control, cells)
    shown = map(typeset, texts) if console.is_terminal else texts
    table.add_row(*map(Text, shown), style=style)


def show(table: Table) -> None:
    """Print a table; on a narrow terminal without its frame, or row by row as a list of fields."""
    if not console.is_terminal or _fit(table):
        console.print(table, crop=False)
    else:
        _print_records(table)


def _fit(table: Table) -> bool:
    """Set column widths that fit the terminal without cutting a word; False where none do."""
    widths = [_width(column, "\n", "\n") for column in table.columns]
    least = [_width(column, " ", "\n" if column.no_wrap else " ") for column in table.columns]
    gaps = len(table.columns) - 1
    if sum(least) + 3 * gaps + 4 > console.width:
        table.box, table.pad_edge, table.padding = None, False, (0, 1, 0, 0)
    room = console.width - (3 * gaps + 4 if table.box else gaps)
    if sum(least) > room:
        return False
    while sum(widths) > room:
        spare = [width - needed for width, needed in zip(widths, least, strict=True)]
        widths[spare.index(max(spare))] -= 1
    for column, width in zip(table.columns, widths, strict=True):
        _wrap_column(column, width)
    return True


def _width(column: Column, header_breaks: str, cell_breaks: str) -> int:
    """Return the width of its longest part, broken at line ends and at these characters."""
    parts = re.split(f"[\n{header_breaks}]", str(column.header))
    for cell in column.cells:
        parts += re.split(f"[\n{cell_breaks}]", str(cell))
    return max(map(cell_len, parts))


def _wrap_column(column: Column, width: int) -> None:
    """Break the texts of a column between words, as rich would also at no-break spaces."""
    column.header = "\n".join(_wrap(str(column.header), width))
    for cell in column.cells:
        if isinstance(cell, Text):
            cell.plain = "\n".join(
                part for line in cell.plain.split("\n") for part in _wrap(line, width)
            )
    column.no_wrap, column.width = True, width


def _print_records(table: Table) -> None:
    """Print each row as lines of a header and its cell, empty cells left out."""
    if table.title:
        echo(str(table.title), style="italic")
    headers = [str(column.header) for column in table.columns]
    longest = max(map(cell_len, headers))
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for header, cell in zip(headers, map(str, row), strict=True):
            if cell:
                label = header.ljust(longest + 2)
                _print_lines(_wrap(label + cell.replace("\n", " "), console.width, len(label)))
        echo()


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Break a text at its plain spaces only, so that amounts with no-break spaces stay whole."""
    hanging = " " * indent
    wrapped = textwrap.wrap(
        text,
        max(width, indent + 1),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or [""]


def _print_lines(lines: list[str], style: str = "") -> None:
    for line in lines:
        console.print(Text(line, style=style), soft_wrap=True)


def progress() -> Progress:
    """Return a progress bar on standard error, disabled where that is no terminal."""
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
    """Return a text with the characters that could forge a line escaped as in a Python string.

    They are controls and those that turn the direction of writing; what the contract accepts, such
    as a soft hyphen or the joiner of an emoji, stays.
    """
    return "".join(each if _harmless(each) else f"\\x{ord(each):02x}" for each in text)


def _harmless(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in FORGING and character not in BIDIRECTIONAL

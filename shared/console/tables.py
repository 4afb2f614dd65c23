"""A report as a sheet: a table on the terminal, CSV in a file."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from shared.console.csv_injection import neutralise
from shared.console.terminal import add, echo, new_table, show
from shared.french import figures, grouped

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under columns, amounts in euros. `total` is a last row, empty without totals.

    `notes` stand below the table. `count` is the number of rows before `--limit`, where the title
    is to have it. In JSON amounts are strings with two decimals.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    count: int | None = None


def print_sheet(sheet: Sheet) -> None:
    """Print a sheet on the terminal."""
    echo(_heading(sheet), style="bold")
    echo()
    if not sheet.rows:
        echo("Rien.")
    else:
        table = new_table(*sheet.columns, right=_numeric_columns(sheet), whole=sheet.columns[:1])
        for row in sheet.rows:
            add(table, *map(_cell_text, row))
        if sheet.total:
            table.add_section()
            add(table, *map(_cell_text, _total(sheet)), style="bold")
        show(table)
    for note in sheet.notes:
        echo(note)


def write_csv(sheet: Sheet, path: Path) -> None:
    """Write the rows, without the total: UTF-8, commas, ISO days, amounts such as 2758.25.

    Raises:
        OSError: when the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.columns)
        writer.writerows([_csv_cell(cell) for cell in row] for row in sheet.rows)


def _heading(sheet: Sheet) -> str:
    """Return the title, with the number of rows and how many of them are shown."""
    if sheet.count is None:
        return sheet.title
    shown = f", dont {grouped(len(sheet.rows))} ici" if sheet.count > len(sheet.rows) else ""
    return f"{sheet.title} : {grouped(sheet.count)}{shown}"


def _total(sheet: Sheet) -> tuple[Cell, ...]:
    """Return the total row; its label says of how many rows where not all are shown."""
    if sheet.count is None or sheet.count == len(sheet.rows):
        return sheet.total
    return (f"{sheet.total[0]} ({grouped(sheet.count)} lignes)", *sheet.total[1:])


def _numeric_columns(sheet: Sheet) -> tuple[str, ...]:
    """Return the names of the columns that hold numbers."""
    numbers = int | Decimal
    return tuple(
        name
        for index, name in enumerate(sheet.columns)
        if any(isinstance(row[index], numbers) for row in sheet.rows)
    )


def _cell_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return figures(cell)
    if isinstance(cell, int):
        return grouped(cell)
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return neutralise(cell) if isinstance(cell, str) else str(cell)


def summed(rows: Sequence[tuple[Cell, ...]], label: str) -> tuple[Cell, ...]:
    """Return the total row: the sum of each column of numbers, the label in the first cell."""
    return (label, *(_sum(column) for column in list(zip(*rows, strict=True))[1:])) if rows else ()


def _sum(column: Sequence[Cell]) -> Cell:
    amounts = [cell for cell in column if isinstance(cell, int | Decimal)]
    return sum(amounts[1:], start=amounts[0]) if amounts else None

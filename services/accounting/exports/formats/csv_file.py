"""The journal as CSV: one row per line of an entry, the columns of `JournalLine`, in their order.

`for_programs` is read by pandas, DuckDB and R with their defaults: UTF-8 without a byte
order mark, commas, points, RFC 4180. `for_excel` is opened by a French Excel with a double click:
UTF-8 with the mark, semicolons, decimal commas. Both: days as 2025-11-20, amounts with two
decimals and no separator of thousands, nothing where there is no value, rows ended by CR LF.
Codes and SIRETs are texts with leading zeros: read them as such (`dtype=str`). Texts that a
spreadsheet would take for a formula get an apostrophe before them (`csv_injection`).
"""

import csv
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader, JournalLine, journal_lines
from shared.console.csv_injection import neutralise

HEADER = tuple(field.name for field in fields(JournalLine))
VALUES_OF = attrgetter(*HEADER)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A CSV dialect: encoding, column separator, decimal sign."""

    encoding: str
    separator: str
    decimal: str


PROGRAMS = Dialect(encoding="utf-8", separator=",", decimal=".")
EXCEL = Dialect(encoding="utf-8-sig", separator=";", decimal=",")


class CsvFile:
    """A CSV of the journal being written."""

    def __init__(self, path: Path, head: ExportHeader, dialect: Dialect) -> None:
        self._head, self._dialect = head, dialect
        self._file = path.open("w", encoding=dialect.encoding, newline="")
        self._writer = csv.writer(self._file, delimiter=dialect.separator)
        self._writer.writerow(HEADER)

    def add(self, entry: Entry) -> None:
        """Write the lines of an entry."""
        for row in journal_lines(entry, self._head):
            self._writer.writerow([self._cell(cell) for cell in VALUES_OF(row)])

    def close(self) -> None:
        """Complete the file."""
        self._file.close()

    def _cell(self, cell: Any) -> Any:
        """Return the value of a cell, for the `csv` module to write."""
        if isinstance(cell, str):
            return neutralise(cell)
        if isinstance(cell, Decimal):
            return f"{cell:f}".replace(".", self._dialect.decimal)
        return cell


def for_programs(path: Path, head: ExportHeader) -> CsvFile:
    """Open a CSV file for programs."""
    return CsvFile(path, head, PROGRAMS)


def for_excel(path: Path, head: ExportHeader) -> CsvFile:
    """Open a CSV file for a French Excel."""
    return CsvFile(path, head, EXCEL)

"""Sheets for accountants: title, frozen header, filter, typed columns, print set-up."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from shared.exports.xlsx_cells import Cell, CellType, Formats, Style, display_width, write_cell

HEADER_ROW: Final = 3
"""Counted from 0: below a title, a note and an empty row."""
FIRST_ROW: Final = HEADER_ROW + 1
WIDTH_MAX = 80
FILTER_WIDTH = 4
A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column; those that are not `printed` come after those that are."""

    title: str
    cell_type: CellType = "text"
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """The texts of a workbook: title and note above each sheet, footer of each page."""

    subject: str
    note: str
    foot: str


class Book:
    """A workbook being written. Its properties are dated in `year`: equal content, equal bytes.

    Its rows are buffered in `folder` until it is closed: memory does not grow with them.
    """

    def __init__(self, path: Path, folder: Path, heading: Heading, year: int) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True}
        self.workbook = Workbook(str(path), options)
        self.formats = Formats(self.workbook)
        self.heading = heading
        created = datetime(year, 12, 31, tzinfo=UTC)
        properties = {"title": heading.subject, "comments": heading.note, "author": "Clas"}
        self.workbook.set_properties({**properties, "created": created})


@contextmanager
def open_book(path: Path, folder: Path, heading: Heading, year: int) -> Iterator[Book]:
    """Open a workbook to be filled, and complete its file at the end.

    Raises:
        OSError: it cannot be written.
    """
    book = Book(path, folder, heading, year)
    try:
        yield book
        book.workbook.close()
    except FileCreateError as fault:
        (cause,) = fault.args  # The library wraps the error of the system.
        raise cause from None
    finally:
        for sheet in book.workbook.worksheets():
            sheet.row_data_fh.close()


class Table:
    """A sheet, filled from top to bottom; `next` is the next row, counted from 0."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        self.name, self.columns, self.next = name, columns, FIRST_ROW
        self._last = FIRST_ROW
        self._formats = book.formats
        self._sheet = book.workbook.add_worksheet(name)
        self._widths = [len(column.title) + FILTER_WIDTH for column in columns]
        self._write_head(book.heading)
        self._set_up_page(book.heading)

    def add(self, *cells: Cell, style: Style = "line") -> None:
        """Write the next row, one cell for each column."""
        for place, (cell, column) in enumerate(zip(cells, self.columns, strict=True)):
            cell_format = self._formats.of(column.cell_type, style)
            write_cell(self._sheet, (self.next, place), cell, cell_format, self._formats.plain)
            self._widths[place] = max(self._widths[place], display_width(cell) + 2)
        self.next += 1

    def total(self, cells: Mapping[str, Cell], style: Style = "total") -> int:
        """Write the next row, each cell under the title of its column; return that row."""
        self.add(*(cells.get(column.title) for column in self.columns), style=style)
        return self.next - 1

    def add_note(self, text: str) -> None:
        """Write a sentence in the next row."""
        self._sheet.write_string(self.next, 0, text, self._formats.note)
        self.next += 1

    def warn_unless_zero(self, row: int, title: str) -> None:
        """Show a cell in red when it is not 0."""
        place = self._place(title)
        rule = {"type": "cell", "criteria": "!=", "value": 0, "format": self._formats.wrong}
        self._sheet.conditional_format(row, place, row, place, rule)

    def filter(self) -> None:
        """Add a filter over the rows so far: these are the lines, totals follow below."""
        self.next = max(self.next, FIRST_ROW + 1)
        self._last = self.next - 1
        self._sheet.autofilter(HEADER_ROW, 0, self._last, len(self.columns) - 1)

    def span(self, title: str, first: int) -> str:
        """Return a column from a row to the one before the next, `$H$5:$H$20`."""
        place = self._place(title)
        return str(xl_range_abs(first, place, self.next - 1, place))

    def lines(self, title: str) -> str:
        """Return a column over all lines, as other sheets refer to it: `'Journal'!$H$5:$H$20`."""
        place = self._place(title)
        return f"'{self.name}'!{xl_range_abs(FIRST_ROW, place, self._last, place)}"

    def cell(self, title: str, row: int | None = None) -> str:
        """Return a cell, `H5`, of the next row or of another."""
        return str(xl_rowcol_to_cell(self.next if row is None else row, self._place(title)))

    def finish(self) -> None:
        """Fit the width of columns, and set the print area."""
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, min(width, WIDTH_MAX))
        printed = [place for place, column in enumerate(self.columns) if column.printed]
        self._sheet.print_area(0, 0, self.next - 1, printed[-1])
        everywhere = f"A1:{xl_col_to_name(len(self.columns) - 1)}{self.next}"
        self._sheet.ignore_errors({"number_stored_as_text": everywhere})

    def _write_head(self, heading: Heading) -> None:
        self._sheet.write_string(0, 0, f"{self.name} – {heading.subject}", self._formats.title)
        self._sheet.write_string(1, 0, heading.note, self._formats.note)
        self._sheet.set_row(HEADER_ROW, 20)
        for place, column in enumerate(self.columns):
            cell_format = self._formats.of(column.cell_type, "header")
            self._sheet.write_string(HEADER_ROW, place, column.title, cell_format)
        self._sheet.freeze_panes(FIRST_ROW, 0)

    def _set_up_page(self, heading: Heading) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        self._sheet.repeat_rows(HEADER_ROW)
        left = f"&L&8 {self.name} – {heading.subject}"
        self._sheet.set_footer(f"{left}&C&8 {heading.foot}&R&8 Page &P sur &N")

    def _place(self, title: str) -> int:
        return [column.title for column in self.columns].index(title)

"""Cells of a workbook and their formats. Text from outside is never a formula."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shared.french import figures

AMOUNT_MAX = Decimal("9999999999999.99")
"""Fifteen digits: the largest amount that a spreadsheet stores and shows to the cent."""
ROWS_MAX = 1_048_576
"""The number of rows of a sheet."""
FONT = "Calibri"
FRAGMENT_LENGTH = 6
"""Shorter than an escape such as `_x0041_`, which the library would escape twice in rich text."""

CellType = Literal["text", "day", "count", "amount", "side"]
Style = Literal["line", "total", "header"]

# [$-40C] is French: `1 103,30` even where the reader's program speaks another language.
SIDE = "[$-40C]#,##0.00;[$-40C]-#,##0.00;"  # The unused side of a line is 0, and stays blank.
CELL_TYPES: dict[CellType, dict[str, Any]] = {
    "text": {"num_format": "@", "indent": 1, "shrink": True},
    "day": {"num_format": "dd/mm/yyyy", "align": "center"},
    "count": {"num_format": "0", "align": "center"},
    "amount": {"num_format": "[$-40C]#,##0.00", "align": "right"},
    "side": {"num_format": SIDE, "align": "right"},
}
_BOLD = {"bold": True, "font_name": FONT}
STYLES: dict[Style, dict[str, Any]] = {
    "line": {"font_name": FONT},
    "total": {**_BOLD, "top": 1, "bg_color": "#EEF2F7"},
    "header": {
        **_BOLD,
        "font_color": "#FFFFFF",
        "bg_color": "#1F3864",
        "valign": "vcenter",
        "align": "left",  # The filter button is on the right.
        "indent": 1,
    },
}
TITLE = {**_BOLD, "font_size": 14}
NOTE = {"font_name": FONT, "font_color": "#404040"}
WRONG = {**_BOLD, "font_color": "#9C0006", "bg_color": "#FFC7CE"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its value, for programs that do not compute."""

    text: str
    value: Decimal


Cell = str | int | Decimal | date | Formula | None


class Formats:
    """The formats of a workbook, by cell type and style."""

    def __init__(self, workbook: Workbook) -> None:
        self.title, self.note = workbook.add_format(TITLE), workbook.add_format(NOTE)
        self.plain, self.wrong = workbook.add_format({}), workbook.add_format(WRONG)
        self._cells = {
            (cell_type, style): workbook.add_format({**type_properties, **style_properties})
            for cell_type, type_properties in CELL_TYPES.items()
            for style, style_properties in STYLES.items()
        }

    def of(self, cell_type: CellType, style: Style) -> Format:
        """Return the format of a cell."""
        return self._cells[cell_type, style]


def write_cell(
    sheet: Worksheet, place: tuple[int, int], cell: Cell, cell_format: Format, plain: Format
) -> None:
    """Write a typed cell; None leaves it empty, with its format."""
    if cell is None:
        code = sheet.write_blank(*place, None, cell_format)
    elif isinstance(cell, str):
        code = _put_text(sheet, place, cell, cell_format, plain)
    elif isinstance(cell, Formula):
        code = sheet.write_formula(*place, f"={cell.text}", cell_format, float(cell.value))
    elif isinstance(cell, date):
        code = sheet.write_datetime(*place, cell, cell_format)
    else:
        code = sheet.write_number(*place, float(cell), cell_format)
    assert code == 0, f"the workbook takes no {cell!r} at {place}: {code}"


def display_width(cell: Cell) -> int:
    """Return the width of a cell in characters."""
    if isinstance(cell, Formula):
        return display_width(cell.value)
    if isinstance(cell, Decimal):
        return len(figures(cell))
    if isinstance(cell, date):
        return len("31/12/2025")
    return 0 if cell is None else len(str(cell))


def _put_text(
    sheet: Worksheet, place: tuple[int, int], text: str, cell_format: Format, plain: Format
) -> int:
    """Write text as it is; what looks like the library's own rich text is split into parts."""
    if not (text.startswith("<r>") and text.endswith("</r>")):
        return int(sheet.write_string(*place, text, cell_format))
    parts = [text[at : at + FRAGMENT_LENGTH] for at in range(0, len(text), FRAGMENT_LENGTH)]
    fragments = [each for piece in parts[1:] for each in (plain, piece)]
    return int(sheet.write_rich_string(*place, parts[0], *fragments, cell_format))

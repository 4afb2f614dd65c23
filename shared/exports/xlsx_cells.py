"""One cell of a workbook, and how it looks. What comes from outside is text, never a formula."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shared.french import figures

AMOUNT_MAX = Decimal("9999999999999.99")
"""Fifteen digits: the largest amount that a spreadsheet's number holds, and shows, to the cent."""
ROWS_MAX = 1_048_576
"""What one sheet holds."""
FONT = "Calibri"
PIECE = 6
"""Shorter than an escape such as `_x0041_`, which the library would escape twice in rich text."""

Form = Literal["text", "day", "count", "amount", "side"]
Style = Literal["line", "total", "header"]

# [$-40C] is French: `1 103,30` even where the reader's program speaks another language.
SIDE = "[$-40C]#,##0.00;[$-40C]-#,##0.00;"  # The unused side of a line is 0, and stays blank.
FORMS: dict[Form, dict[str, Any]] = {
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
        "align": "left",  # The button of the filter stands right.
        "indent": 1,
    },
}
TITLE = {**_BOLD, "font_size": 14}
NOTE = {"font_name": FONT, "font_color": "#404040"}
WRONG = {**_BOLD, "font_color": "#9C0006", "bg_color": "#FFC7CE"}


@dataclass(frozen=True, slots=True)
class Formula:
    """What a cell computes, and what that comes to, for readers that do not compute."""

    text: str
    value: Decimal


Cell = str | int | Decimal | date | Formula | None


class Formats:
    """The formats of a workbook, made once."""

    def __init__(self, workbook: Workbook) -> None:
        self.title, self.note = workbook.add_format(TITLE), workbook.add_format(NOTE)
        self.plain, self.wrong = workbook.add_format({}), workbook.add_format(WRONG)
        self._cells = {
            (form, style): workbook.add_format({**shape, **dress})
            for form, shape in FORMS.items()
            for style, dress in STYLES.items()
        }

    def of(self, form: Form, style: Style) -> Format:
        """Return the format of a cell."""
        return self._cells[form, style]


def put(sheet: Worksheet, place: tuple[int, int], cell: Cell, dress: Format, plain: Format) -> None:
    """Write a cell with its type. None leaves it empty, in its format."""
    if cell is None:
        code = sheet.write_blank(*place, None, dress)
    elif isinstance(cell, str):
        code = _put_text(sheet, place, cell, dress, plain)
    elif isinstance(cell, Formula):
        code = sheet.write_formula(*place, f"={cell.text}", dress, float(cell.value))
    elif isinstance(cell, date):
        code = sheet.write_datetime(*place, cell, dress)
    else:
        code = sheet.write_number(*place, float(cell), dress)
    assert code == 0, f"the workbook takes no {cell!r} at {place}: {code}"


def shown(cell: Cell) -> int:
    """Return how many characters wide a cell is shown."""
    if isinstance(cell, Formula):
        return shown(cell.value)
    if isinstance(cell, Decimal):
        return len(figures(cell))
    if isinstance(cell, date):
        return len("31/12/2025")
    return 0 if cell is None else len(str(cell))


def _put_text(
    sheet: Worksheet, place: tuple[int, int], text: str, dress: Format, plain: Format
) -> int:
    """Write text as it is; such as looks like the library's own rich text goes in pieces."""
    if not (text.startswith("<r>") and text.endswith("</r>")):
        return int(sheet.write_string(*place, text, dress))
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    between = [each for piece in pieces[1:] for each in (plain, piece)]
    return int(sheet.write_rich_string(*place, pieces[0], *between, dress))

"""Changes of the text of a FEC: tabs between fields, lines that end with CR LF."""

from collections.abc import Callable

from shared.fec_validator import COLUMNS

Text = Callable[[str], str]


def put(value: str, column: str, *lines: int) -> Text:
    """Return the change that writes a value into a column of some lines."""

    def change(text: str) -> str:
        rows = [row.split("\t") for row in text.split("\r\n")]
        for line in lines:
            rows[line - 1][COLUMNS.index(column)] = value
        return "\r\n".join("\t".join(row) for row in rows)

    return change


def both(first: Text, second: Text) -> Text:
    return lambda text: second(first(text))


def line(number: int, change: Text) -> Text:
    """Return the change of one line as a whole."""

    def changed(text: str) -> str:
        rows = text.split("\r\n")
        rows[number - 1] = change(rows[number - 1])
        return "\r\n".join(rows)

    return changed


def every_line(change: Text) -> Text:
    return lambda text: "".join(f"{change(row)}\r\n" for row in text.split("\r\n")[:-1])


def replaced(old: str, new: str) -> Text:
    return lambda text: text.replace(old, new, 1)


def swapped(number: int) -> Text:
    """Return the change of a line and the next one for each other."""

    def change(text: str) -> str:
        rows = text.split("\r\n")
        rows[number - 1 : number + 1] = [rows[number], rows[number - 1]]
        return "\r\n".join(rows)

    return change

"""The check of any FEC: read once, line by line, in flat memory; every fault with its place."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from shared.fec_validator.fields import Fields
from shared.fec_validator.findings import Findings, Report
from shared.fec_validator.header import Layout, read_header, read_name
from shared.fec_validator.layout import SEPARATORS
from shared.fec_validator.ledger_checks import Books, euros
from shared.fec_validator.lines import ENDS, Lines


def check_fec(
    path: Path, opens_on: date | None = None, done: Callable[[int], object] | None = None
) -> Report:
    """Return what is wrong with a FEC; all rules are in `RULES`.

    The exercise is of twelve months and ends on the day of the file's name, unless `opens_on`
    gives its first day. `done` is told of the bytes read, as they are.

    Raises:
        OSError: when the file cannot be read.
    """
    check = _Check(path, opens_on, done)
    check.run()
    return check.report()


class _Check:
    """One file on its way: its header first, then record after record."""

    def __init__(
        self, path: Path, opens_on: date | None, done: Callable[[int], object] | None
    ) -> None:
        self._name, self._findings = path.name, Findings()
        self._lines = Lines(path, self._findings, done)
        self._books = Books(read_name(path.name, opens_on, self._findings), self._findings)
        self._layout: Layout | None = None
        self._count = 0
        self._numbering: str | None = None

    def run(self) -> None:
        """Read the file to its end; without fields to read, its first line only."""
        lines = iter(self._lines)
        first = next(lines, None)
        if first is None:
            unread = self._findings.counts["FEC-06"] or self._findings.counts["FEC-08"]
            if not unread:
                self._findings.add("FEC-04", "le fichier est vide.")
            return
        self._layout = read_header(first[1], self._findings)
        if self._layout:
            fields = Fields(self._layout, self._findings)
            for number, text in lines:
                self._take(fields, number, text)
            self._numbering = self._books.close() if self._count else None
            if not self._count:
                self._findings.add("FEC-04", "aucun enregistrement ne suit l’en-tête.", 1)

    def report(self) -> Report:
        """Return what the file is and what was found."""
        return Report(
            name=self._name,
            separator=SEPARATORS[self._layout.separator] if self._layout else None,
            encoding=self._lines.encoding if self._layout else None,
            line_end=ENDS[self._lines.end] if self._lines.end else None,
            numbering=self._numbering,
            lines=self._count,
            entries=self._books.entries,
            debit=euros(self._books.debit),
            credit=euros(self._books.credit),
            counts=dict(self._findings.counts),
            findings=self._findings.told,
        )

    def _take(self, fields: Fields, number: int, text: str) -> None:
        self._count += 1
        if record := fields.read(number, text):
            self._books.add(record)
        else:
            self._books.lose()

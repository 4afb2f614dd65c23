"""Validation of a FEC: read once, line by line, in bounded memory."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from shared.fec_validator.fields import LineReader
from shared.fec_validator.findings import Findings, Report
from shared.fec_validator.header import FiscalYear, Layout, read_header, read_name
from shared.fec_validator.layout import SEPARATORS, Regime
from shared.fec_validator.ledger_checks import LedgerChecks
from shared.fec_validator.lines import LINE_ENDS, Lines
from shared.fec_validator.values import euros

UNREAD = ("FEC-06", "FEC-08", "FEC-46")
"""Rules that end the reading before the first line."""


def validate(
    source: Path | bytes,
    *,
    name: str | None = None,
    opens_on: date | None = None,
    regime: Regime | None = None,
    progress: Callable[[int], object] | None = None,
) -> Report:
    """Validate a FEC against the rules of `RULES`, and report what is wrong with it.

    `source` is a file, or the bytes of one. `name` is the file name to check, by default that of
    the path; bytes without a name break FEC-01. The exercise is of twelve months and ends on the
    day of the name, unless `opens_on` gives its first day. The `regime` is that of companies, or
    of accounts on a cash basis where the header has their columns, unless it is given.
    `progress` is called with the number of bytes read, block by block.

    Raises:
        OSError: the file cannot be read.
    """
    if name is None:
        name = source.name if isinstance(source, Path) else ""
    findings = Findings()
    lines = Lines(source, findings, progress)
    validation = _Validation(read_name(name, opens_on, findings), lines, findings)
    validation.run(regime)
    return validation.report(name)


class _Validation:
    """One file being validated: the header first, then line after line."""

    def __init__(self, year: FiscalYear | None, lines: Lines, findings: Findings) -> None:
        self._year, self._lines, self._findings = year, lines, findings
        self._layout: Layout | None = None
        self._ledger: LedgerChecks | None = None
        self._count = 0
        self._numbering: str | None = None

    def run(self, regime: Regime | None) -> None:
        """Read the file to its end, or only its first line when that gives no layout."""
        lines = iter(self._lines)
        first = next(lines, None)
        if first is None:
            if not any(self._findings.counts[rule] for rule in UNREAD):
                self._findings.add("FEC-04", "le fichier est vide.")
            return
        self._layout = read_header(first[1], self._findings, regime)
        if self._layout is None:
            return
        reader = LineReader(self._layout, self._findings)
        self._ledger = LedgerChecks(self._year, self._layout, self._findings)
        for number, text in lines:
            self._add_line(reader, self._ledger, number, text)
        if self._count:
            self._numbering = self._ledger.close()
        else:
            self._findings.add("FEC-04", "aucun enregistrement ne suit l’en-tête.", 1)

    def report(self, name: str) -> Report:
        """Return what was read and found, under the name of the file."""
        return Report(
            name=name,
            separator=SEPARATORS[self._layout.separator] if self._layout else None,
            encoding=self._lines.encoding if self._layout else None,
            line_end=LINE_ENDS[self._lines.end] if self._lines.end else None,
            numbering=self._numbering,
            lines=self._count,
            entries=self._ledger.entries if self._ledger else 0,
            debit=euros(self._ledger.debit if self._ledger else 0),
            credit=euros(self._ledger.credit if self._ledger else 0),
            counts=dict(self._findings.counts),
            findings=self._findings.listed,
        )

    def _add_line(self, reader: LineReader, ledger: LedgerChecks, number: int, text: str) -> None:
        self._count += 1
        if record := reader.read(number, text):
            ledger.add(record)
        else:
            ledger.add_unreadable()

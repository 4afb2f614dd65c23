"""Checks across lines: balance of entries, numbering, order of dates, stable labels."""

from shared.fec_validator.entries import Entries, Key
from shared.fec_validator.fields import Record
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header import FiscalYear, Layout
from shared.fec_validator.numbering import Numbering
from shared.fec_validator.values import Cents, difference

NAMES_MAX = 100_000
"""How many journals and accounts are compared by name: a bound on memory."""


class LedgerChecks:
    """The ledger as far as it was read: entries, and what lines share with other lines."""

    def __init__(self, year: FiscalYear | None, layout: Layout, findings: Findings) -> None:
        self._year, self._layout, self._findings = year, layout, findings
        self._numbering = Numbering()
        self._entries = Entries(findings)
        self._names: dict[tuple[str, str], str] = {}
        self._last_dates: dict[str, tuple[str, str]] = {}
        self._key: Key = ("", "")
        self._last_valid_date = ""
        self._totals_complete = True
        self.debit: Cents = 0
        self.credit: Cents = 0

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return self._entries.count

    def add(self, record: Record) -> None:
        """Add a line; a blank journal or number is that of the line before, where it is a fault."""
        journal, number = record.journal, record.entry or self._key[1]
        if not journal and "JournalCode" not in self._layout.may_be_blank:
            journal = self._key[0]
        self._key = (journal, number)
        if self._entries.add(self._key, record):
            self._numbering.add(record.line, journal, number)
            self._check_order(journal, record)
        self._add_amounts(record)
        self._check_days(record)
        self._check_name("JournalLib", record.journal, record.journal_label, record.line)
        self._check_name("CompteLib", record.account, record.account_label, record.line)

    def add_unreadable(self) -> None:
        """Add a line that could not be read."""
        self._entries.add_unreadable()
        self._totals_complete = False

    def close(self) -> str | None:
        """Check entries and totals, and return how entries are numbered, None if unchecked."""
        balanced = self.debit == self.credit
        single_entry = self._layout.is_treasury and not balanced
        self._entries.close(balanced=not single_entry)
        if self._totals_complete and not balanced:
            rule = "FEC-45" if single_entry else "FEC-42"
            self._findings.add(rule, difference(self.debit, self.credit))
        if self._entries.overflowed:
            return None
        return self._numbering.close(self._findings, in_order=not self._entries.interleaved)

    def _add_amounts(self, record: Record) -> None:
        self.debit += record.debit
        self.credit += record.credit
        if not record.readable:
            self._totals_complete = False

    def _check_order(self, journal: str, record: Record) -> None:
        valid, day = self._last_dates.get(journal, ("", ""))
        if valid == record.valid and record.day and record.day < day:
            message = f"le {record.day} vient après le {day}."
            self._findings.add("FEC-41", message, record.line, "EcritureDate")
        if record.day and (journal in self._last_dates or len(self._last_dates) < NAMES_MAX):
            self._last_dates[journal] = (record.valid, record.day)

    def _check_days(self, record: Record) -> None:
        day, valid, line = record.day, record.valid, record.line
        year, first = self._year, self._entries.current
        if day and year and not year.first_day <= day <= year.last_day:
            message = f"le {day} n’est pas de l’exercice, du {year.first_day} au {year.last_day}."
            self._findings.add("FEC-38", message, line, "EcritureDate")
        if day and first and first.day and day != first.day:
            message = f"le {day} ; la première ligne de l’écriture est du {first.day}."
            self._findings.add("FEC-36", message, line, "EcritureDate")
        if not valid:
            return
        if valid < day:
            message = f"validée le {valid}, comptabilisée le {day}."
            self._findings.add("FEC-39", message, line, "ValidDate")
        if valid < self._last_valid_date:
            message = f"validée le {valid}, après une ligne validée le {self._last_valid_date}."
            self._findings.add("FEC-40", message, line, "ValidDate")
        self._last_valid_date = valid

    def _check_name(self, column: str, code: str, name: str, line: int) -> None:
        if not (code and name):
            return
        first_name = self._names.get((column, code))
        if first_name is None:
            if len(self._names) < NAMES_MAX:
                self._names[column, code] = name
        elif first_name != name:
            message = f"{quoted(code)} est nommé {quoted(name)}, et {quoted(first_name)} plus haut."
            self._findings.add("FEC-37", message, line, column)

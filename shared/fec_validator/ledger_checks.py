"""Checks across lines: balance of entries, numbering, order of dates, stable labels."""

from decimal import Decimal

from shared.fec_validator.fields import Record
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header import FiscalYear
from shared.fec_validator.numbering import Numbering
from shared.fec_validator.values import Cents

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
NAMES_MAX = 100_000
"""How many journals and accounts are compared by name: a bound on memory."""


class LedgerChecks:
    """The ledger as far as it was read. An entry is a run of lines of one journal and number."""

    def __init__(self, year: FiscalYear | None, findings: Findings) -> None:
        self._year, self._findings = year, findings
        self._numbering = Numbering()
        self._names: dict[tuple[str, str], str] = {}
        self._last_dates: dict[str, tuple[str, str]] = {}
        self._entry_key: tuple[str, str] | None = None
        self._first_line: Record | None = None
        self._entry_totals: tuple[Cents, Cents] = (0, 0)
        self._entry_readable, self._after_unreadable = True, False
        self._last_valid_date = ""
        self._totals_complete = True
        self.entries = 0
        self.debit: Cents = 0
        self.credit: Cents = 0

    def add(self, record: Record) -> None:
        """Add a line; a blank journal or number is that of the line before."""
        journal, entry = self._entry_key or ("", "")
        key = (record.journal or journal, record.entry or entry)
        if key != self._entry_key:
            self._end_entry()
            self._begin_entry(key, record)
        self._add_amounts(record)
        self._check_days(record)
        self._check_name("JournalLib", record.journal, record.journal_label, record.line)
        self._check_name("CompteLib", record.account, record.account_label, record.line)
        self._after_unreadable = False

    def add_unreadable(self) -> None:
        """Add a line that could not be read: the entries beside it are not checked for balance."""
        self._entry_readable = self._totals_complete = False
        self._after_unreadable = True

    def close(self) -> str:
        """End the last entry, compare the totals, and return how entries are numbered."""
        self._end_entry()
        if self._totals_complete and self.debit != self.credit:
            self._findings.add("FEC-42", _difference(self.debit, self.credit))
        return self._numbering.close(self._findings)

    def _begin_entry(self, key: tuple[str, str], record: Record) -> None:
        self._entry_key, self._first_line = key, record
        self._entry_totals, self._entry_readable = (0, 0), not self._after_unreadable
        self.entries += 1
        self._numbering.add(record.line, *key)
        self._check_order(key[0], record)

    def _add_amounts(self, record: Record) -> None:
        debit, credit = self._entry_totals
        self._entry_totals = (debit + record.debit, credit + record.credit)
        self.debit += record.debit
        self.credit += record.credit
        if not record.readable:
            self._entry_readable = self._totals_complete = False

    def _end_entry(self) -> None:
        """Check that the entry balances, as far as all its lines could be read."""
        debit, credit = self._entry_totals
        if self._entry_key and self._first_line and self._entry_readable and debit != credit:
            journal, entry = self._entry_key
            entry_name = f"l’écriture {quoted(entry)} du journal {quoted(journal)}"
            message = f"{entry_name} : {_difference(debit, credit)}"
            self._findings.add("FEC-32", message, self._first_line.line)

    def _check_order(self, journal: str, record: Record) -> None:
        valid, day = self._last_dates.get(journal, ("", ""))
        if valid == record.valid and record.day and record.day < day:
            message = f"le {record.day} vient après le {day}."
            self._findings.add("FEC-41", message, record.line, "EcritureDate")
        if record.day and (journal in self._last_dates or len(self._last_dates) < NAMES_MAX):
            self._last_dates[journal] = (record.valid, record.day)

    def _check_days(self, record: Record) -> None:
        day, valid, line = record.day, record.valid, record.line
        year, first = self._year, self._first_line
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
        first_name = self._names.get((column, code))
        if first_name is None:
            if code and len(self._names) < NAMES_MAX:
                self._names[column, code] = name
        elif first_name != name:
            message = f"{quoted(code)} est nommé {quoted(name)}, et {quoted(first_name)} plus haut."
            self._findings.add("FEC-37", message, line, column)


def euros(cents: Cents) -> Decimal:
    """Convert cents to euros."""
    return Decimal(cents).scaleb(-2)


def _difference(debit: Cents, credit: Cents) -> str:
    """Return both totals and their difference, in French."""
    totals = (euros(debit), euros(credit))
    gap = abs(totals[0] - totals[1])
    return f"débit {_figures(totals[0])}, crédit {_figures(totals[1])}, écart {_figures(gap)}."


def _figures(amount: Decimal) -> str:
    """Write euros as in French, `2 758,25`, with a thin space between thousands."""
    return f"{amount:,.2f}".replace(",", THIN_SPACE).replace(".", ",")

"""Lines taken together: entries that balance, numbers that follow, days in their order."""

from decimal import Decimal

from shared.fec_validator.fields import Record
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header import Year
from shared.fec_validator.numbering import Numbering
from shared.fec_validator.values import Cents
from shared.french import figures

NAMES_MAX = 100_000
"""So many journals and accounts are known by name; further ones are not compared."""


class Books:
    """The journal as far as it was read. An entry is a run of lines of one number and journal."""

    def __init__(self, year: Year | None, findings: Findings) -> None:
        self._year, self._findings = year, findings
        self._numbering = Numbering()
        self._names: dict[tuple[str, str], str] = {}
        self._days: dict[str, tuple[str, str]] = {}
        self._key: tuple[str, str] | None = None
        self._first: Record | None = None
        self._sides: tuple[Cents, Cents] = (0, 0)
        self._readable, self._lost = True, False
        self._valid = ""
        self._whole = True
        self.entries = 0
        self.debit: Cents = 0
        self.credit: Cents = 0

    def add(self, record: Record) -> None:
        """Take a line; a blank journal or number is that of the line before."""
        journal, entry = self._key or ("", "")
        key = (record.journal or journal, record.entry or entry)
        if key != self._key:
            self._end()
            self._begin(key, record)
        self._sum(record)
        self._check_days(record)
        self._check_name("JournalLib", record.journal, record.journal_label, record.line)
        self._check_name("CompteLib", record.account, record.account_label, record.line)
        self._lost = False

    def lose(self) -> None:
        """Take note that a line could not be read: nothing around it can be said to balance."""
        self._readable = self._whole = False
        self._lost = True

    def close(self) -> str:
        """End the last entry, compare the totals, and return how entries are numbered."""
        self._end()
        if self._whole and self.debit != self.credit:
            self._findings.add("FEC-42", _gap(self.debit, self.credit))
        return self._numbering.close(self._findings)

    def _begin(self, key: tuple[str, str], record: Record) -> None:
        self._key, self._first, self._sides, self._readable = key, record, (0, 0), not self._lost
        self.entries += 1
        self._numbering.follow(record.line, *key)
        self._check_order(key[0], record)

    def _sum(self, record: Record) -> None:
        debit, credit = self._sides
        self._sides = (debit + record.debit, credit + record.credit)
        self.debit += record.debit
        self.credit += record.credit
        if not record.readable:
            self._readable = self._whole = False

    def _end(self) -> None:
        """Check that the entry balances, as far as all its lines could be read."""
        debit, credit = self._sides
        if self._key and self._first and self._readable and debit != credit:
            journal, entry = self._key
            told = (
                f"l’écriture {quoted(entry)} du journal {quoted(journal)} : {_gap(debit, credit)}"
            )
            self._findings.add("FEC-32", told, self._first.line)

    def _check_order(self, journal: str, record: Record) -> None:
        valid, day = self._days.get(journal, ("", ""))
        if valid == record.valid and record.day and record.day < day:
            told = f"le {record.day} vient après le {day}."
            self._findings.add("FEC-41", told, record.line, "EcritureDate")
        if record.day and (journal in self._days or len(self._days) < NAMES_MAX):
            self._days[journal] = (record.valid, record.day)

    def _check_days(self, record: Record) -> None:
        day, valid, line = record.day, record.valid, record.line
        year, first = self._year, self._first
        if day and year and not year.opens <= day <= year.closes:
            told = f"le {day} n’est pas de l’exercice, du {year.opens} au {year.closes}."
            self._findings.add("FEC-38", told, line, "EcritureDate")
        if day and first and first.day and day != first.day:
            told = f"le {day} ; la première ligne de l’écriture est du {first.day}."
            self._findings.add("FEC-36", told, line, "EcritureDate")
        if not valid:
            return
        if valid < day:
            told = f"validée le {valid}, comptabilisée le {day}."
            self._findings.add("FEC-39", told, line, "ValidDate")
        if valid < self._valid:
            told = f"validée le {valid}, après une ligne validée le {self._valid}."
            self._findings.add("FEC-40", told, line, "ValidDate")
        self._valid = valid

    def _check_name(self, column: str, code: str, name: str, line: int) -> None:
        known = self._names.get((column, code))
        if known is None:
            if code and len(self._names) < NAMES_MAX:
                self._names[column, code] = name
        elif known != name:
            told = f"{quoted(code)} est nommé {quoted(name)}, et {quoted(known)} plus haut."
            self._findings.add("FEC-37", told, line, column)


def euros(cents: Cents) -> Decimal:
    """Return cents as euros."""
    return Decimal(cents).scaleb(-2)


def _gap(debit: Cents, credit: Cents) -> str:
    told, owed = euros(debit), euros(credit)
    gap = figures(abs(told - owed))
    return f"débit {figures(told)}, crédit {figures(owed)}, écart {gap}."

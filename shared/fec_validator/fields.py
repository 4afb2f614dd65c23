"""Checks within one line of a FEC, field by field."""

from typing import NamedTuple

from shared.fec_validator.characters import FORBIDDEN, report_characters
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header import Layout
from shared.fec_validator.layout import PAYMENT
from shared.fec_validator.values import Cents, account_fault, day_fault, is_zero, parse_amount

DAY_COLUMNS = ("EcritureDate", "PieceDate", "ValidDate", "DateLet", "DateRglt")
CURRENCY = ("Montantdevise", "Idevise")
COLUMN_PAIRS = (("CompAuxNum", "CompAuxLib"), ("EcritureLet", "DateLet"), CURRENCY)
RECORD_COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate"),
    *("CompteNum", "CompteLib", "PieceRef", "ValidDate"),
)
ZERO_YEAR = "0000"
ABSENT = -1
SIGNS = {"D": 1, "+1": 1, "C": -1, "-1": -1}


class Record(NamedTuple):
    """One line as read. Dates are AAAAMMJJ, blank when unreadable; amounts are cents.

    `readable` is False when an amount could not be read.
    """

    line: int
    journal: str
    journal_label: str
    entry: str
    day: str
    account: str
    account_label: str
    piece: str
    valid: str
    debit: Cents
    credit: Cents
    readable: bool


class LineReader:
    """Reads and checks lines, with the fields at the places that the header gives."""

    def __init__(self, layout: Layout, findings: Findings) -> None:
        self._layout, self._findings = layout, findings
        places = layout.places
        self._mandatory = {
            name: places[name]
            for name in layout.columns
            if name in places and name not in layout.may_be_blank
        }
        self._mandatory_places = (*self._mandatory.values(),)
        self._day_places = [(name, places[name]) for name in DAY_COLUMNS if name in places]
        self._pair_names = [
            (one, other) for one, other in COLUMN_PAIRS if one in places and other in places
        ]
        self._pair_places = [(places[one], places[other]) for one, other in self._pair_names]
        # A column that the header lacks is read at the end of the line, where `read` adds a blank.
        self._record_places = tuple(places.get(name, ABSENT) for name in RECORD_COLUMNS)
        self._forbidden = FORBIDDEN[layout.separator]

    def read(self, line: int, text: str) -> Record | None:
        """Return the record of a line; None, with a finding, when the number of fields is wrong.

        Records may be of fixed length, their texts padded by blanks [A47 A-1 VI 1° b, XII 3°].
        """
        if self._forbidden.search(text):
            self._report_forbidden(line, text)
        fields = [*map(str.strip, text.split(self._layout.separator))]
        if len(fields) != self._layout.width:
            self._report_structure(line, text, len(fields))
            return None
        if not all(map(fields.__getitem__, self._mandatory_places)):
            self._report_blank(line, fields)
        if ZERO_YEAR in text:
            self._clear_zero_days(line, fields)
        for place, (first, second) in enumerate(self._pair_places):
            if bool(fields[first]) != bool(fields[second]):
                self._report_half_pair(line, fields, *self._pair_names[place])
        fields.append("")
        return self._record(line, fields)

    def _record(self, line: int, fields: list[str]) -> Record:
        journal, journal_label, entry, day, account, account_label, piece, valid = (
            fields[place] for place in self._record_places
        )
        unreadable = {
            text
            for name, place in self._day_places
            if (text := self._unreadable_day(line, name, fields[place]))
        }
        if account and (fault := account_fault(account)):
            self._findings.add(*fault, line, "CompteNum")
        debit, credit, readable = self._amounts(line, fields)
        return Record(
            *(line, journal, journal_label, entry, "" if day in unreadable else day),
            *(account, account_label, piece, "" if valid in unreadable else valid),
            *(debit, credit, readable),
        )

    def _clear_zero_days(self, line: int, fields: list[str]) -> None:
        """Read a date of zeros as no date; the law has no such date for a field that it asks."""
        for name, place in self._day_places:
            if ZERO_YEAR in fields[place] and not fields[place].strip("0"):
                fields[place] = ""
                if name in self._mandatory:
                    message = "la date n’est faite que de zéros."
                    self._findings.add(self._blank_rule(name), message, line, name)

    def _unreadable_day(self, line: int, name: str, text: str) -> str:
        """Report a faulty date; return it where it cannot be read (FEC-27 can), else a blank."""
        if not text or (fault := day_fault(text)) is None:
            return ""
        self._findings.add(*fault, line, name)
        return "" if fault[0] == "FEC-27" else text

    def _amounts(self, line: int, fields: list[str]) -> tuple[Cents, Cents, bool]:
        self._amount(line, fields, "Montantdevise")
        if self._layout.has_side:
            debit, credit = self._amount_by_side(line, fields)
        else:
            debit = self._amount(line, fields, "Debit")
            credit = self._amount(line, fields, "Credit")
        if debit is None or credit is None:
            return 0, 0, False
        if debit and credit:
            self._findings.add("FEC-22", "débit et crédit sont tous deux remplis.", line, "Debit")
        elif not debit and not credit:
            self._findings.add("FEC-23", "débit et crédit sont nuls.", line, "Debit")
        return debit, credit, True

    def _amount_by_side(self, line: int, fields: list[str]) -> tuple[Cents | None, Cents | None]:
        value = self._amount(line, fields, "Montant")
        side = fields[self._layout.places.get("Sens", ABSENT)].upper()
        if side and side not in SIGNS:
            message = f"{quoted(side)} : D, C, +1 ou -1 est attendu."
            self._findings.add("FEC-24", message, line, "Sens")
        if value is None or side not in SIGNS:
            return None, None
        return (value, 0) if SIGNS[side] > 0 else (0, value)

    def _amount(self, line: int, fields: list[str], name: str) -> Cents | None:
        """Return the amount of a column, None where there is none to read."""
        if not (text := fields[self._layout.places.get(name, ABSENT)]):
            return None
        value, fault = parse_amount(text)
        if fault:
            self._findings.add(*fault, line, name)
        return value

    def _report_blank(self, line: int, fields: list[str]) -> None:
        for name, place in self._mandatory.items():
            if not fields[place]:
                self._findings.add(self._blank_rule(name), "le champ est vide.", line, name)

    def _blank_rule(self, name: str) -> str:
        return "FEC-44" if name in PAYMENT else "FEC-16"

    def _report_half_pair(self, line: int, fields: list[str], first: str, second: str) -> None:
        filled, blank = first, second
        if not fields[self._layout.places[first]]:
            filled, blank = second, first
        if filled == CURRENCY[0] and is_zero(fields[self._layout.places[filled]]):
            return  # In records of fixed length an amount that is not used is written in zeros.
        message = f"{filled} est rempli, {blank} ne l’est pas."
        self._findings.add("FEC-31", message, line, blank)

    def _report_structure(self, line: int, text: str, count: int) -> None:
        if not text.strip():
            self._findings.add("FEC-15", "la ligne est vide.", line)
            return
        width = self._layout.width
        self._findings.add("FEC-14", f"{count} champs au lieu de {width}.", line)

    def _report_forbidden(self, line: int, text: str) -> None:
        names = {place: name for name, place in self._layout.places.items()}
        fields = enumerate(text.split(self._layout.separator))
        named = ((names.get(place), field) for place, field in fields)
        report_characters(self._findings, self._forbidden, line, named)

"""One line of a FEC, field by field."""

import re
from operator import itemgetter
from typing import NamedTuple

from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header import Layout
from shared.fec_validator.layout import COLUMNS, SEPARATORS, SIDED
from shared.fec_validator.values import Cents, account_fault, amount, day_fault

OPTIONAL = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
DAYS = ("EcritureDate", "PieceDate", "ValidDate", "DateLet", "DateRglt")
PAIRS = (
    ("CompAuxNum", "CompAuxLib"),
    ("EcritureLet", "DateLet"),
    ("Montantdevise", "Idevise"),
)
RECORDED = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate"),
    *("CompteNum", "CompteLib", "ValidDate"),
)
ABSENT = -1
SIDES = {"D": 1, "+1": 1, "C": -1, "-1": -1}
FORBIDDEN = {
    "\t": re.compile(r"[\x00-\x08\x0a-\x1f\x7f|]"),
    "|": re.compile(r"[\x00-\x1f\x7f]"),
}
_NAMED = {**SEPARATORS, "\0": "caractère NUL"}


class Record(NamedTuple):
    """What a line says. Days are AAAAMMJJ, blank when they cannot be read; amounts are cents.

    `readable` is False when an amount could not be read.
    """

    line: int
    journal: str
    journal_label: str
    entry: str
    day: str
    account: str
    account_label: str
    valid: str
    debit: Cents
    credit: Cents
    readable: bool


class Fields:
    """The fields of every line, at the places that the header gives them."""

    def __init__(self, layout: Layout, findings: Findings) -> None:
        self._layout, self._findings = layout, findings
        places = layout.places
        asked = [n for n in (*COLUMNS, *SIDED) if n in places and n not in OPTIONAL]
        self._mandatory = {name: places[name] for name in asked}
        self._asked = itemgetter(*self._mandatory.values())
        self._days = [(name, places[name]) for name in DAYS if name in places]
        self._pairs = [(one, other) for one, other in PAIRS if one in places and other in places]
        self._paired = [(places[one], places[other]) for one, other in self._pairs]
        # Fields that the header lacks are read at the end, where a blank one is added.
        self._record_places = tuple(places.get(name, ABSENT) for name in RECORDED)
        self._forbidden = FORBIDDEN[layout.separator]

    def read(self, line: int, text: str) -> Record | None:
        """Return what a line says; None, and a fault told, when it has not the fields it should."""
        if self._forbidden.search(text):
            self._tell_forbidden(line, text)
        fields = text.split(self._layout.separator)
        if len(fields) != self._layout.width:
            self._tell_structure(line, text, len(fields))
            return None
        if not all(map(str.strip, self._asked(fields))):
            self._tell_blank(line, fields)
        for place, (first, second) in enumerate(self._paired):
            if bool(fields[first]) != bool(fields[second]):
                self._tell_half(line, *self._pairs[place], first_blank=not fields[first])
        fields.append("")
        return self._record(line, fields)

    def _record(self, line: int, fields: list[str]) -> Record:
        journal, journal_label, entry, day, account, account_label, valid = (
            fields[place] for place in self._record_places
        )
        unread = {
            text for name, place in self._days if (text := self._unread(line, name, fields[place]))
        }
        if account and (fault := account_fault(account)):
            self._findings.add(*fault, line, "CompteNum")
        debit, credit, readable = self._amounts(line, fields)
        return Record(
            *(line, journal, journal_label, entry, "" if day in unread else day),
            *(account, account_label, "" if valid in unread else valid),
            *(debit, credit, readable),
        )

    def _unread(self, line: int, name: str, text: str) -> str:
        """Return a day that cannot be read, and tell why; a strange year can be read."""
        if not text or (fault := day_fault(text)) is None:
            return ""
        self._findings.add(*fault, line, name)
        return "" if fault[0] == "FEC-27" else text

    def _amounts(self, line: int, fields: list[str]) -> tuple[Cents, Cents, bool]:
        self._amount(line, fields, "Montantdevise")
        if self._layout.sided:
            debit, credit = self._sided(line, fields)
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

    def _sided(self, line: int, fields: list[str]) -> tuple[Cents | None, Cents | None]:
        value = self._amount(line, fields, "Montant")
        side = fields[self._layout.places.get("Sens", ABSENT)].strip(" ").upper()
        if side and side not in SIDES:
            told = f"{quoted(side)} : D, C, +1 ou -1 est attendu."
            self._findings.add("FEC-24", told, line, "Sens")
        if value is None or side not in SIDES:
            return None, None
        return (value, 0) if SIDES[side] > 0 else (0, value)

    def _amount(self, line: int, fields: list[str], name: str) -> Cents | None:
        """Return an amount, None where there is none to read."""
        if not (text := fields[self._layout.places.get(name, ABSENT)]):
            return None
        value, fault = amount(text)
        if fault:
            self._findings.add(*fault, line, name)
        return value

    def _tell_blank(self, line: int, fields: list[str]) -> None:
        for name, place in self._mandatory.items():
            if not fields[place].strip():
                self._findings.add("FEC-16", "le champ est vide.", line, name)

    def _tell_half(self, line: int, first: str, second: str, *, first_blank: bool) -> None:
        blank, filled = (first, second) if first_blank else (second, first)
        told = f"{filled} est rempli, {blank} ne l’est pas."
        self._findings.add("FEC-31", told, line, blank)

    def _tell_structure(self, line: int, text: str, found: int) -> None:
        if not text.strip():
            self._findings.add("FEC-15", "la ligne est vide.", line)
            return
        width = self._layout.width
        self._findings.add("FEC-14", f"{found} champs au lieu de {width}.", line)

    def _tell_forbidden(self, line: int, text: str) -> None:
        names = {place: name for name, place in self._layout.places.items()}
        for place, field in enumerate(text.split(self._layout.separator)):
            if wrong := self._forbidden.search(field):
                what = _NAMED.get(wrong[0], f"caractère de contrôle U+{ord(wrong[0]):04X}")
                self._findings.add("FEC-30", f"{quoted(field)} : {what}.", line, names.get(place))

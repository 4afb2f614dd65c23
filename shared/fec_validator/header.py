"""The name of a FEC (SIREN, closing date) and its first line (the place of each column)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.fec_validator.characters import CONTROL, report_characters
from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.header_names import check_names
from shared.fec_validator.layout import (
    AMOUNT_AND_SIDE,
    CLIENT,
    COLUMNS,
    OPERATION,
    PAYMENT,
    SEPARATORS,
    TABLES,
    TREASURY,
    Regime,
)
from shared.identifiers import IdentifierFault, siren_fault

NAME = re.compile(r"([0-9]{9})FEC([0-9]{8})(?:_[0-9]+)?(?:\.[A-Za-z]{1,4})?", re.IGNORECASE)
SEPARATOR_COUNT_MIN = 8
LEGAL_NAMES_MIN = 8
"""With fewer legal column names, the file is another table and its lines are not read."""
OTHER_SEPARATORS = {";": "un point-virgule", ",": "une virgule"}
AMOUNT_PLACES = slice(COLUMNS.index("Debit"), COLUMNS.index("Credit") + 1)
FEBRUARY_ENDS = {(2, 28), (2, 29)}
SIREN_FAULTS = {
    IdentifierFault.CHECK_DIGIT: "{} : la clé du SIREN est fausse.",
    IdentifierFault.NO_SIREN: "{} n’est le SIREN de personne.",
}


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The exercise of a file: its first and last day as AAAAMMJJ."""

    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are read: separator, number of fields, place of each by its legal name.

    `columns` are those of the table of the `regime`, with Montant and Sens where the file has them.
    """

    separator: str
    width: int
    places: Mapping[str, int]
    regime: Regime
    columns: tuple[str, ...]

    @property
    def may_be_blank(self) -> frozenset[str]:
        """The columns that the law leaves blank where they are not used."""
        return TABLES[self.regime].may_be_blank

    @property
    def has_side(self) -> bool:
        """Whether Montant and Sens replace Debit and Credit."""
        return AMOUNT_AND_SIDE[0] in self.columns

    @property
    def is_treasury(self) -> bool:
        """Whether accounts are kept on a cash basis."""
        return OPERATION in self.columns


def read_name(name: str, opens_on: date | None, findings: Findings) -> FiscalYear | None:
    """Return the exercise of a file name: twelve months unless its first day is given."""
    if not (match := NAME.fullmatch(name)):
        message = f"{quoted(name)} : un nom comme 123456782FEC20251231.txt est attendu."
        findings.add("FEC-01", message)
        return None
    if fault := siren_fault(match[1]):
        findings.add("FEC-02", SIREN_FAULTS[fault].format(quoted(match[1])))
    day = match[2]
    try:
        closes = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        first = opens_on or _twelve_months_before(closes)
    except ValueError:
        findings.add("FEC-03", f"{quoted(day)} n’est pas une date du calendrier.")
        return None
    return FiscalYear(first.isoformat().replace("-", ""), day)


def read_header(text: str, findings: Findings, regime: Regime | None = None) -> Layout | None:
    """Return the layout of a first line, None when no line can be read by it.

    Without a `regime`, DateRglt, ModeRglt and NatOp together show accounts on a cash basis.
    """
    separator = max(SEPARATORS, key=text.count)
    if text.count(separator) < SEPARATOR_COUNT_MIN:
        findings.add("FEC-05", _wrong_separator(text), 1)
        return None
    names = text.split(separator)
    report_characters(findings, CONTROL, 1, ((None, name) for name in names))
    names = [name.strip() for name in names]
    if not names[-1]:
        findings.add("FEC-13", "l’en-tête finit par un séparateur de trop.", 1)
    columns = [LEGAL_NAMES.get(_folded(name), name) for name in names]
    regime = regime or _regime_of(columns)
    expected = _expected(regime, columns)
    check_names(columns, expected, findings)
    places = {name: place for place, name in reversed([*enumerate(columns)]) if name}
    if len(set(LEGAL_NAMES.values()) & places.keys()) < LEGAL_NAMES_MIN:
        return None
    return Layout(separator, len(names), places, regime, expected)


def _folded(name: str) -> str:
    """Return a name as it is compared: A47 A-1 VIII 7° itself writes « Crédit »."""
    return name.upper().translate(str.maketrans("ÉÈ", "EE"))


LEGAL_NAMES = {_folded(name): name for name in (*COLUMNS, *AMOUNT_AND_SIDE, *TREASURY)}


def _regime_of(names: Collection[str]) -> Regime:
    if not {*PAYMENT, OPERATION} <= set(names):
        return Regime.BIC_IS
    return Regime.BNC_TREASURY if CLIENT in names else Regime.BA_TREASURY


def _expected(regime: Regime, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a regime; a file with both ways of writing amounts has one as extra."""
    columns = TABLES[regime].columns
    sided = any(name in names for name in AMOUNT_AND_SIDE)
    if sided and all(name in names for name in columns[AMOUNT_PLACES]):
        sided = tuple(names[AMOUNT_PLACES]) == AMOUNT_AND_SIDE
    if not sided:
        return columns
    return (*columns[: AMOUNT_PLACES.start], *AMOUNT_AND_SIDE, *columns[AMOUNT_PLACES.stop :])


def _wrong_separator(text: str) -> str:
    other = max(OTHER_SEPARATORS, key=text.count)
    if text.count(other) >= SEPARATOR_COUNT_MIN:
        return f"les champs sont séparés par {OTHER_SEPARATORS[other]}."
    return f"{quoted(text)} n’est pas une ligne de champs séparés."


def _twelve_months_before(closes: date) -> date:
    """Return the first of the twelve months that end on a day; February ends a month every year."""
    if (closes.month, closes.day) in FEBRUARY_ENDS:
        return date(closes.year - 1, 3, 1)
    return closes.replace(year=closes.year - 1) + timedelta(days=1)

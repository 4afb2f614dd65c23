"""The name of a FEC (SIREN, closing date) and its first line (the place of each column)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.fr import siren as siren_number

from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.layout import AMOUNT_AND_SIDE, COLUMNS, SEPARATORS, TREASURY

NAME = re.compile(r"([0-9]{9})FEC([0-9]{8})(?:_[0-9]+)?(?:\.[A-Za-z]{1,4})?", re.IGNORECASE)
SEPARATOR_COUNT_MIN = 8
LEGAL_NAMES_MIN = 8
"""With fewer legal column names, the file is another table and its lines are not read."""
OTHER_SEPARATORS = {";": "un point-virgule", ",": "une virgule"}
_SIDES = COLUMNS[11:13]


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The exercise of a file: its first and last day as AAAAMMJJ."""

    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The separator of fields, their number, and the place of each by its legal name."""

    separator: str
    width: int
    places: Mapping[str, int]

    @property
    def has_side(self) -> bool:
        """Whether Montant and Sens replace Debit and Credit."""
        return AMOUNT_AND_SIDE[0] in self.places


def read_name(name: str, opens_on: date | None, findings: Findings) -> FiscalYear | None:
    """Return the exercise of a file name: twelve months unless its first day is given."""
    if not (match := NAME.fullmatch(name)):
        message = f"{quoted(name)} : un nom comme 123456782FEC20251231.txt est attendu."
        findings.add("FEC-01", message)
        return None
    if not siren_number.is_valid(match[1]):
        findings.add("FEC-02", f"{quoted(match[1])} : la clé du SIREN est fausse.")
    day = match[2]
    try:
        closes = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        first = opens_on or _year_before(closes) + timedelta(days=1)
    except ValueError:
        findings.add("FEC-03", f"{quoted(day)} n’est pas une date du calendrier.")
        return None
    return FiscalYear(first.strftime("%Y%m%d"), day)


def read_header(text: str, findings: Findings) -> Layout | None:
    """Return the layout of a first line, None when no line can be read by it."""
    separator = max(SEPARATORS, key=text.count)
    if text.count(separator) < SEPARATOR_COUNT_MIN:
        findings.add("FEC-05", _wrong_separator(text), 1)
        return None
    names = [name.strip() for name in text.split(separator)]
    if not names[-1]:
        findings.add("FEC-13", "l’en-tête finit par un séparateur de trop.", 1)
    legal_names = {name.upper(): name for name in (*COLUMNS, *AMOUNT_AND_SIDE, *TREASURY)}
    columns = [legal_names.get(name.upper(), name) for name in names]
    _check_names(columns, findings)
    places = {name: place for place, name in reversed([*enumerate(columns)]) if name}
    if len(legal_names.values() & places.keys()) < LEGAL_NAMES_MIN:
        return None
    return Layout(separator, len(names), places)


def _check_names(names: list[str], findings: Findings) -> None:
    """Report the columns that are missing, repeated, out of order or added."""
    sided = AMOUNT_AND_SIDE[0] in names or AMOUNT_AND_SIDE[1] in names
    expected = (*COLUMNS[:11], *(AMOUNT_AND_SIDE if sided else _SIDES), *COLUMNS[13:])
    for name in expected:
        if name not in names:
            findings.add("FEC-10", f"le champ {name} manque à l’en-tête.", 1, name)
    occurrences = Counter(name for name in names if name in expected)
    for name in (name for name in occurrences if occurrences[name] > 1):
        findings.add("FEC-11", f"le champ {name} vient plusieurs fois.", 1, name)
    present = [*occurrences]
    if present != (in_order := [name for name in expected if name in present]):
        place, name = _first_difference(present, in_order)
        message = f"{name} vient en place de {in_order[place]} (champ {place + 1})."
        findings.add("FEC-11", message, 1, name)
    for name in names:
        if name and name not in (*expected, *TREASURY):
            findings.add("FEC-12", f"le champ {quoted(name)} n’est pas prévu.", 1, name)


def _first_difference(names: Iterable[str], expected: Iterable[str]) -> tuple[int, str]:
    pairs = enumerate(zip(names, expected, strict=False))
    return next((place, a) for place, (a, b) in pairs if a != b)


def _wrong_separator(text: str) -> str:
    other = max(OTHER_SEPARATORS, key=text.count)
    if text.count(other) >= SEPARATOR_COUNT_MIN:
        return f"les champs sont séparés par {OTHER_SEPARATORS[other]}."
    return f"{quoted(text)} n’est pas une ligne de champs séparés."


def _year_before(day: date) -> date:
    """Return the same day one year earlier; 28 February for a 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)

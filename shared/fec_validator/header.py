"""The name of a FEC and its first line: whose it is, and where each field stands."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.fr import siren as siren_number

from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.layout import COLUMNS, SEPARATORS, SIDED, TREASURY

NAME = re.compile(r"([0-9]{9})FEC([0-9]{8})(?:_[0-9]+)?(?:\.[A-Za-z]{1,4})?", re.IGNORECASE)
SEPARATORS_MIN = 8
NAMES_MIN = 8
"""A header with fewer legal names is that of another table."""
OTHER_SEPARATORS = {";": "un point-virgule", ",": "une virgule"}
_SIDES = COLUMNS[11:13]


@dataclass(frozen=True, slots=True)
class Year:
    """The exercise of a file, its first and last day as AAAAMMJJ."""

    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What separates fields, how many there are, and the place of each by its legal name."""

    separator: str
    width: int
    places: Mapping[str, int]

    @property
    def sided(self) -> bool:
        """Whether there is one amount and its side in place of debit and credit."""
        return SIDED[0] in self.places


def read_name(name: str, opens_on: date | None, findings: Findings) -> Year | None:
    """Return the exercise that a name tells, twelve months unless its first day is given."""
    if not (found := NAME.fullmatch(name)):
        told = f"{quoted(name)} : un nom comme 123456782FEC20251231.txt est attendu."
        findings.add("FEC-01", told)
        return None
    if not siren_number.is_valid(found[1]):
        findings.add("FEC-02", f"{quoted(found[1])} : la clé du SIREN est fausse.")
    day = found[2]
    try:
        closes = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        first = opens_on or _year_before(closes) + timedelta(days=1)
    except ValueError:
        findings.add("FEC-03", f"{quoted(day)} n’est pas une date du calendrier.")
        return None
    return Year(first.strftime("%Y%m%d"), day)


def read_header(text: str, findings: Findings) -> Layout | None:
    """Return the layout that a first line tells, None when its lines cannot be read by it."""
    separator = max(SEPARATORS, key=text.count)
    if text.count(separator) < SEPARATORS_MIN:
        findings.add("FEC-05", _wrong_separator(text), 1)
        return None
    names = [name.strip() for name in text.split(separator)]
    if not names[-1]:
        findings.add("FEC-13", "l’en-tête finit par un séparateur de trop.", 1)
    known = {name.upper(): name for name in (*COLUMNS, *SIDED, *TREASURY)}
    legal = [known.get(name.upper(), name) for name in names]
    _compare(legal, findings)
    places = {name: place for place, name in reversed([*enumerate(legal)]) if name}
    if len(known.values() & places.keys()) < NAMES_MIN:
        return None
    return Layout(separator, len(names), places)


def _compare(names: list[str], findings: Findings) -> None:
    """Tell what is missing, out of place or added."""
    sided = SIDED[0] in names or SIDED[1] in names
    asked = (*COLUMNS[:11], *(SIDED if sided else _SIDES), *COLUMNS[13:])
    for name in asked:
        if name not in names:
            findings.add("FEC-10", f"le champ {name} manque à l’en-tête.", 1, name)
    times = Counter(name for name in names if name in asked)
    for name in (name for name in times if times[name] > 1):
        findings.add("FEC-11", f"le champ {name} vient plusieurs fois.", 1, name)
    found = [*times]
    if found != (wanted := [name for name in asked if name in found]):
        place, name = _first_difference(found, wanted)
        told = f"{name} vient en place de {wanted[place]} (champ {place + 1})."
        findings.add("FEC-11", told, 1, name)
    for name in names:
        if name and name not in (*asked, *TREASURY):
            findings.add("FEC-12", f"le champ {quoted(name)} n’est pas prévu.", 1, name)


def _first_difference(found: Iterable[str], wanted: Iterable[str]) -> tuple[int, str]:
    pairs = enumerate(zip(found, wanted, strict=False))
    return next((place, a) for place, (a, b) in pairs if a != b)


def _wrong_separator(text: str) -> str:
    other = max(OTHER_SEPARATORS, key=text.count)
    if text.count(other) >= SEPARATORS_MIN:
        return f"les champs sont séparés par {OTHER_SEPARATORS[other]}."
    return f"{quoted(text)} n’est pas une ligne de champs séparés."


def _year_before(day: date) -> date:
    """Return the same day one year earlier; 28 February for a 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)

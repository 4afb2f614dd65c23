"""The layout of subsidy open data: its columns, their allowed values, a writer and a checker.

The fourteen columns of the arrêté of 17 November 2017 (for decree 2017-779), in its order, with
the values that the national schema « scdl/subventions » gives them today: UTF-8, commas, decimal
points, periods as 2025-11-05/2026-12-31. The two columns that this schema added later may be left
out (`rnaBeneficiaire`, for who has no SIRET, and `dispositifAide`).
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.funding.exports.scdl import Attribuant, Subvention
from shared.console.csv_injection import neutralise
from shared.identifiers import siret_check_digit_fault

IN_MONEY = "aide en numéraire"
NATURES = (
    IN_MONEY,
    "aide en nature",
    "aide en numéraire;aide en nature",
    "aide en nature;aide en numéraire",
)
ONCE, IN_PARTS = "unique", "échelonné"
TEXT_LENGTH_MAX, RAE_LENGTH_MAX = 256, 5
AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
SHARE = re.compile(r"[01](\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SMALLEST_SHARE = Decimal("0.01")
Fault = str | None
"""The error of a value, in French; None when it is valid."""
Cells = tuple[str, ...]
"""The values of a row, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, whether a value is required, and the check of a value."""

    name: str
    required: bool
    check: Callable[[str], Fault]


def _anything(value: str) -> Fault:  # noqa: ARG001 - the signature of a check
    return None


def _siret(value: str) -> Fault:
    if not re.fullmatch("[0-9]{14}", value):
        return "n’est pas un SIRET de 14 chiffres"
    # Rows may have an establishment 00000, which release 0.3.0 stored.
    return "n’est pas un SIRET : la clé est fausse" if siret_check_digit_fault(value) else None


def _day(value: str) -> Fault:
    return None if _is_day(value) else "n’est pas un jour AAAA-MM-JJ du calendrier"


def _text(value: str) -> Fault:
    return None if len(value) <= TEXT_LENGTH_MAX else f"dépasse {TEXT_LENGTH_MAX} caractères"


def _amount(value: str) -> Fault:
    return None if AMOUNT.fullmatch(value) else "n’est pas un montant à point décimal (47800.20)"


def _nature(value: str) -> Fault:
    return None if value in NATURES else f"n’est pas l’une des natures : {', '.join(NATURES)}"


def _period(value: str) -> Fault:
    days = value.split("/")
    if len(days) > len(("first", "last")) or not all(map(_is_day, days)):
        return "n’est ni un jour AAAA-MM-JJ ni une période AAAA-MM-JJ/AAAA-MM-JJ"
    return None if days == sorted(days) else "finit avant de commencer"


def _rae(value: str) -> Fault:
    return None if len(value) <= RAE_LENGTH_MAX else f"dépasse {RAE_LENGTH_MAX} caractères"


def _answer(value: str) -> Fault:
    return None if value in {"oui", "non"} else "n’est ni « oui » ni « non »"


def _share(value: str) -> Fault:
    if SHARE.fullmatch(value) and SMALLEST_SHARE <= Decimal(value) <= 1:
        return None
    return "n’est pas une part de 0.01 à 1"


COLUMNS = (
    Column("nomAttribuant", required=True, check=_anything),
    Column("idAttribuant", required=True, check=_siret),
    Column("dateConvention", required=True, check=_day),
    Column("referenceDecision", required=False, check=_anything),
    Column("nomBeneficiaire", required=True, check=_anything),
    Column("idBeneficiaire", required=True, check=_siret),
    Column("objet", required=True, check=_text),
    Column("montant", required=True, check=_amount),
    Column("nature", required=True, check=_nature),
    Column("conditionsVersement", required=True, check=_text),
    Column("datesPeriodeVersement", required=True, check=_period),
    Column("idRAE", required=False, check=_rae),
    Column("notificationUE", required=True, check=_answer),
    Column("pourcentageSubvention", required=True, check=_share),
)
NAMES = tuple(column.name for column in COLUMNS)
FIELDS = {"nomBeneficiaire": "gestionnaire.name", "idBeneficiaire": "gestionnaire.siret"}
"""The fields of the contract that the columns of a beneficiary have."""
CONDITIONS, PERIOD = NAMES.index("conditionsVersement"), NAMES.index("datesPeriodeVersement")


def csv_content(rows: Iterable[Cells]) -> bytes:
    """Return the file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(NAMES)
    writer.writerows(rows)
    return file.getvalue().encode()


def faults(content: bytes) -> tuple[str, ...]:
    """Return every fault of a file against the layout, line by line, in French."""
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        return (f"Le fichier n’est pas en UTF-8 (octet {fault.start + 1}).",)
    reader = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(reader, ())) != NAMES:
        return (f"Ligne 1 : les colonnes ne sont pas, dans cet ordre : {','.join(NAMES)}.",)
    return tuple(
        _sentence(f"Ligne {reader.line_num}", column and f"colonne {column}", fault)
        for row in reader
        for column, fault in _row_faults(row)
    )


def split_by_layout(
    rows: Iterable[Subvention], attribuant: Attribuant
) -> tuple[list[tuple[Subvention, Cells]], list[str]]:
    """Return the rows that the layout can hold with their values, and each fault of the others.

    A fault is a French sentence with dossier, school year, field of the contract and column.
    """
    publishable, left_out = [], []
    for row in rows:
        values = cells(row, attribuant)
        wrong = [*_row_faults(values)]
        if not wrong:
            publishable.append((row, values))
        for column, fault in wrong:
            field = f"{FIELDS[column]} (colonne {column})" if column in FIELDS else column
            left_out.append(_sentence(f"Dossier {row.reference}", field, fault))
    return publishable, left_out


def cells(row: Subvention, attribuant: Attribuant) -> Cells:
    """Return the values of a row; texts that a spreadsheet would take for a formula are inert."""
    once = row.first_day == row.last_day and not row.in_parts
    period = f"{row.first_day}" if once else f"{row.first_day}/{row.last_day}"
    values = (
        *(attribuant.name, attribuant.siret, f"{row.convention_date}", row.reference),
        *(row.beneficiary, row.beneficiary_siret, row.purpose, f"{row.amount:f}", IN_MONEY),
        # Clas is neither in the register of aids to companies nor notified to the Commission.
        *(IN_PARTS if row.in_parts else ONCE, period, "", "non", "1.00"),
    )
    return tuple(map(neutralise, values))


def _row_faults(row: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the faults of a row: the column, blank for the row as a whole, and the fault."""
    if len(row) != len(COLUMNS):
        yield "", f"{len(row)} valeurs au lieu de {len(COLUMNS)}"
        return
    for column, value in zip(COLUMNS, row, strict=True):
        if fault := _value_fault(column, value):
            yield column.name, fault
    if row[CONDITIONS] == IN_PARTS and _is_day(row[PERIOD]):
        yield "", "un versement échelonné demande une période, non un jour"


def _sentence(place: str, field: str, fault: str) -> str:
    return f"{place}, {field} : {fault}." if field else f"{place} : {fault}."


def _value_fault(column: Column, value: str) -> Fault:
    if not value.strip():
        return "la valeur manque" if column.required else None
    fault = column.check(value)
    return fault and f"« {value[:60]} » {fault}"


def _is_day(value: str) -> bool:
    if not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True

"""The layout of the FEC by article A47 A-1 of the LPF: columns, separators, encodings, regimes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
)
AMOUNT_AND_SIDE = ("Montant", "Sens")
"""The columns that may replace Debit and Credit: one amount, and its side."""
PAYMENT = ("DateRglt", "ModeRglt")
OPERATION, CLIENT = "NatOp", "IdClient"
TREASURY = (*PAYMENT, OPERATION, CLIENT)
"""Additional columns of accounts kept on a cash basis; IdClient is of BNC alone."""


class Regime(StrEnum):
    """The regimes of A47 A-1, each with a table of fields of its own."""

    BIC_IS = "bic-is"
    BNC_BA = "bnc-ba"
    BA_TREASURY = "ba-treasury"
    BNC_TREASURY = "bnc-treasury"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a regime in the order of the law, and those « à blanc si non utilisé »."""

    columns: tuple[str, ...]
    may_be_blank: frozenset[str]


_LETTERING = ("CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise")
_MAY_BE_BLANK = frozenset(_LETTERING)
_WITHOUT_JOURNAL = frozenset((*_LETTERING, "JournalCode", "JournalLib", "CompteNum"))
_WITHOUT_OPERATION = _WITHOUT_JOURNAL | {OPERATION, CLIENT}
TABLES: dict[Regime, Table] = {
    Regime.BIC_IS: Table(COLUMNS, _MAY_BE_BLANK),
    Regime.BNC_BA: Table(COLUMNS, _WITHOUT_JOURNAL),
    Regime.BA_TREASURY: Table((*COLUMNS, *PAYMENT, OPERATION), _WITHOUT_OPERATION),
    Regime.BNC_TREASURY: Table((*COLUMNS, *TREASURY), _WITHOUT_OPERATION),
}
"""A47 A-1 VII 1°, VIII 3°, 5° and 7°."""

Separator = Literal["\t", "|"]
Encoding = Literal["utf-8", "iso8859-15"]
SEPARATORS: dict[str, str] = {"\t": "tabulation", "|": "barre verticale"}
ENCODINGS: dict[str, str] = {"utf-8": "UTF-8", "iso8859-15": "ISO 8859-15"}
LINE_END = "\r\n"

ACCOUNT_DIGITS = 3
CLASSES = frozenset("12345678")
"""The first digit of an account, its class in the plan comptable; 9 is cost accounting."""


def fec_name(siren: str, exercise: int, part: int | None = None) -> str:
    """Return the name that the law gives a file: SIREN, FEC, closing date, and part if several."""
    return f"{siren}FEC{exercise}1231{f'_{part}' if part else ''}.txt"

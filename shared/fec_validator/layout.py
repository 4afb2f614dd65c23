"""The layout of the FEC by article A47 A-1 of the LPF: columns, separators, encodings."""

from typing import Literal

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
)
AMOUNT_AND_SIDE = ("Montant", "Sens")
"""The columns that may replace Debit and Credit: one amount, and its side."""
TREASURY = ("DateRglt", "ModeRglt", "NatOp", "IdClient")
"""Additional columns of accounts kept on a cash basis."""

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

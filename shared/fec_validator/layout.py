"""The layout of the FEC, article A47 A-1 of the Livre des procédures fiscales: names and signs."""

from typing import Literal

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
)
SIDED = ("Montant", "Sens")
"""What may stand in place of Debit and Credit."""
TREASURY = ("DateRglt", "ModeRglt", "NatOp", "IdClient")
"""What may follow where accounts are kept by receipts and payments."""

Separator = Literal["\t", "|"]
Encoding = Literal["utf-8", "iso8859-15"]
SEPARATORS: dict[str, str] = {"\t": "tabulation", "|": "barre verticale"}
ENCODINGS: dict[str, str] = {"utf-8": "UTF-8", "iso8859-15": "ISO 8859-15"}
LINE_END = "\r\n"

ACCOUNT_DIGITS = 3
CLASSES = frozenset("12345678")
"""Accounts start with three digits, a class of the plan comptable first; 9 is cost accounting."""


def fec_name(siren: str, exercise: int, part: int | None = None) -> str:
    """Return the name that the law gives a file: SIREN, FEC, closing date, and part if several."""
    return f"{siren}FEC{exercise}1231{f'_{part}' if part else ''}.txt"

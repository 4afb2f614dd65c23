"""The first bytes of a file: encodings of the whole file that no FEC has, and XML."""

from shared.fec_validator.layout import COLUMNS
from shared.fec_validator.values import Fault

HEAD_LENGTH = 64
"""Bytes, a multiple of 4: they hold the first column names in any encoding."""
LATIN = 0x100
WIDE = (
    ("utf-32-le", "UTF-32", b"\xff\xfe\0\0"),
    ("utf-32-be", "UTF-32", b"\0\0\xfe\xff"),
    ("utf-16-le", "UTF-16", b"\xff\xfe"),
    ("utf-16-be", "UTF-16", b"\xfe\xff"),
)
"""Codec, name and byte order mark; the mark of UTF-32 begins like that of UTF-16."""
XML = ("<?xml", "<comptabilite", "<!--")


def unreadable(block: bytes) -> Fault | None:
    """Return why a file that begins with these bytes is not read as lines of fields, or None."""
    text, encoding = _decoded(block[:HEAD_LENGTH])
    if _is_xml(text):
        message = (
            "le fichier est en XML, que la loi admet (A47 A-1 VI 2°) : cet outil ne le lit pas et"
            " n’en dit rien ; Test Compta Demat, de la DGFiP, le lit."
        )
        return "FEC-46", message
    return ("FEC-06", f"le fichier est en {encoding}.") if encoding else None


def _decoded(head: bytes) -> tuple[str, str | None]:
    """Return the first characters, and the name of the encoding where it is none of a FEC."""
    for codec, name, mark in WIDE:
        text = head.decode(codec, "ignore")
        if head.startswith(mark) or _is_latin(text):
            return text.removeprefix("\ufeff"), name
    text = head.decode("cp500")
    if any(name.upper() in text.upper() for name in COLUMNS) or _is_xml(text):
        return text, "EBCDIC"
    return head.decode("utf-8-sig", "ignore"), None


def _is_latin(text: str) -> bool:
    """Return whether a text has only characters below U+0100, as a header does."""
    return bool(text) and all(ord(character) < LATIN for character in text)


def _is_xml(text: str) -> bool:
    return text.lstrip().lower().startswith(XML)

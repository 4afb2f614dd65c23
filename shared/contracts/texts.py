"""The text policy of the contract: what a text and a name may hold.

Text is trimmed and composed (NFC). Control characters and those that turn the direction of writing
are refused, since they forge labels; a soft hyphen, or a joiner in an emoji, is kept.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

from shared.contracts.beyond_schema import beyond_schema

TEXT_LENGTH_MAX = 10_000
BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
MARKS_MAX = 30  # The bound of Unicode's stream-safe text.
MARKS_PERHAPS = re.compile(f"[^\x00-\u02ff]{{{MARKS_MAX + 1}}}")


def checked_text(value: str) -> str:
    """Return a text trimmed and composed.

    Raises:
        ValueError: it is too long, or holds a character that is not allowed.
    """
    text = (value if value.isascii() else _composed(value)).strip()
    if len(text) > TEXT_LENGTH_MAX:
        msg = f"{len(text)} characters, at most {TEXT_LENGTH_MAX} are allowed"
        raise ValueError(msg)
    if not text.isprintable() and (bad := next(filter(_is_control, dict.fromkeys(text)), None)):
        raise beyond_schema("text", f"control character U+{ord(bad):04X} is not allowed")
    return text


def _composed(value: str) -> str:
    """Return the NFC form. Many marks on one letter are rejected: sorting them is too slow."""
    if MARKS_PERHAPS.search(value) and any(map(_is_stack, groupby(value, _is_mark))):
        raise beyond_schema("text", f"more than {MARKS_MAX} combining marks on one letter")
    return unicodedata.normalize("NFC", value)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def _is_stack(run: tuple[bool, Iterable[str]]) -> bool:
    marks, characters = run
    return marks and len(list(characters)) > MARKS_MAX


def _is_control(character: str) -> bool:
    """Return whether a character forges labels; a soft hyphen or a joiner in an emoji does not."""
    if unicodedata.category(character) == "Cc":
        return character not in "\n\r\t"
    return character in BIDIRECTIONAL


def checked_name(value: str) -> str:
    """Return a name: one line with at least one letter or digit.

    Raises:
        ValueError: it is no name.
    """
    if not any(map(str.isalnum, value)):
        raise beyond_schema("name", "expected a name: at least one letter or digit")
    if len(value.splitlines()) > 1 or "\t" in value:
        raise beyond_schema("name", "expected a name on one line")
    return value

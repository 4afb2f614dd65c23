"""What MongoDB accepts as a document, and which documents a query selects."""

import re
from typing import Any

from shared.kernel.decision import Query, StoredState
from shared.kernel.ports import ContentRejectedError

DOCUMENT_BYTES_MAX = 16 * 1024 * 1024
INTEGER_MAX = 2**63 - 1
LONG_NUMBER = re.compile(rb"[0-9]{19}")


def content_of(stored: StoredState[Any]) -> bytes:
    """Return the content of a state to be written.

    Raises:
        ContentRejectedError: MongoDB would not take it.
    """
    try:
        content = stored.content or b""
    except TypeError as fault:  # an integer over 64 bits, a lone surrogate
        raise ContentRejectedError(str(fault)) from None
    suspect = LONG_NUMBER.search(content)  # Walking every document would double the work.
    if len(content) > DOCUMENT_BYTES_MAX or (suspect and _too_big(stored.document)):
        msg = "document over 16 MiB, or an integer over 64 bits"
        raise ContentRejectedError(msg)
    return content


def _too_big(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_too_big, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and abs(value) > INTEGER_MAX


def fits(stored: StoredState[Any], query: Query[Any]) -> bool:
    """Return whether a state is in a page or behind it."""
    document = stored.document
    for name, allowed in query.where:
        values = allowed if isinstance(allowed, tuple) else (allowed,)
        if value_at(document, name) not in values:
            return False
    return not query.after or place_of(stored, query) > query.after


def place_of(stored: StoredState[Any], query: Query[Any]) -> tuple[Any, ...]:
    """Return the place of a state in the order of a query."""
    return (*(value_at(stored.document, name) for name in query.order), stored.key)


def value_at(document: dict[str, Any], path: str) -> Any:
    """Return the value of a field or, by a dotted path, of a part of one; None without it."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value

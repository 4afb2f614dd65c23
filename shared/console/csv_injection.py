"""Escaping of texts that a spreadsheet would take for a formula (OWASP ASVS 1.2.10).

A text that begins like a formula gets an apostrophe before it. One that begins with apostrophes
and then like a formula gets one more, so that `restore` is the inverse of `neutralise`.
Amounts, dates and numbers are never changed.
"""

MARK = "'"
BEGINS = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""First characters of a formula; the last four are full-width signs."""


def neutralise(text: str) -> str:
    """Return a text that stays a text in any spreadsheet."""
    return f"{MARK}{text}" if _begins(text) else text


def is_marked(text: str) -> bool:
    """Whether the first apostrophe of a text is the one that `neutralise` added."""
    return text.startswith(MARK) and _begins(text)


def restore(text: str) -> str:
    """Return the text that `neutralise` was called with."""
    return text[1:] if is_marked(text) else text


def _begins(text: str) -> bool:
    """Whether a text begins like a formula, apostrophes aside; empty texts do not."""
    return text[:1] in BEGINS or (text[:1] == MARK and text.lstrip(MARK)[:1] in BEGINS)

"""Texts that no spreadsheet takes for a formula: names and titles come from outside.

A text that begins like a formula gets an apostrophe before it, as OWASP's ASVS 1.2.10 asks. One
that begins with apostrophes and then like a formula gets one more, so that `as_was` finds every
text again: take one apostrophe from a text that `is_marked`. Amounts, dates and numbers are
never touched.
"""

MARK = "'"
BEGINS = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""How a formula begins; the last four are the full-width signs, which some spreadsheets take."""


def neutralise(text: str) -> str:
    """Return a text that stays a text in any spreadsheet."""
    return f"{MARK}{text}" if _begins(text) else text


def is_marked(text: str) -> bool:
    """Whether the first apostrophe of a text is that of `inert`."""
    return text.startswith(MARK) and _begins(text)


def restore(text: str) -> str:
    """Return the text that `inert` was given."""
    return text[1:] if is_marked(text) else text


def _begins(text: str) -> bool:
    """Whether a text begins like a formula, apostrophes aside; empty texts do not."""
    return text[:1] in BEGINS or (text[:1] == MARK and text.lstrip(MARK)[:1] in BEGINS)

"""Characters that no text of a FEC has: separators of fields and control characters."""

import re
from collections.abc import Iterable

from shared.fec_validator.findings import Findings, quoted
from shared.fec_validator.layout import SEPARATORS

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""The control characters of Unicode (Cc): C0, DEL and C1."""
FORBIDDEN = {
    "\t": re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f|]"),
    "|": CONTROL,
}
"""What a line may not contain besides its separator."""
_NAMES = {**SEPARATORS, "\0": "caractère NUL"}


def report_characters(
    findings: Findings,
    pattern: re.Pattern[str],
    line: int,
    fields: Iterable[tuple[str | None, str]],
) -> None:
    """Report the first forbidden character of each field; `fields` are names and texts."""
    for name, text in fields:
        if match := pattern.search(text):
            character = _NAMES.get(match[0], f"caractère de contrôle U+{ord(match[0]):04X}")
            findings.add("FEC-30", f"{quoted(text)} : {character}.", line, name)

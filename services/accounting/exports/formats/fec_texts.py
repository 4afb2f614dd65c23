"""Texts of a FEC: one line, no separators, equivalents of what ISO 8859-15 cannot encode.

Letters are never replaced: a name that an encoding cannot hold is reported.
"""

import re

EQUIVALENTS = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "…": "...",
    "\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}",
}
"""Typographic characters that ISO 8859-15 lacks, and what replaces them."""

QUOTED_PIPE = "%7C"
"""The separator within a key, percent-encoded so that the key is not altered."""


_SEPARATING = re.compile(r"[|\x00-\x1f\x7f-\x9f]")
"""The bar and every control character."""


def one_line(text: str) -> str:
    """Return a text on one line, without column separators and control characters."""
    if text.isprintable() and "|" not in text:
        return text
    return " ".join(_SEPARATING.sub(" ", text).split())


def one_key(text: str) -> str:
    """Return a key without column separators."""
    return text.replace("|", QUOTED_PIPE)


class Typography:
    """Replaces characters by their equivalents, and counts them."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def apply(self, text: str) -> str:
        """Return a text with the equivalents."""
        if text.isascii():
            return text
        for sign, plain in EQUIVALENTS.items():
            if count := text.count(sign):
                self.counts[sign] = self.counts.get(sign, 0) + count
                text = text.replace(sign, plain)
        return text

    @property
    def notes(self) -> tuple[str, ...]:
        """The replacements, in French, one sentence each."""
        return tuple(
            f"{_character_name(sign)} (U+{ord(sign):04X}), absent de la norme ISO 8859-15, est "
            f"écrit {_character_name(EQUIVALENTS[sign])} : {count} fois."
            for sign, count in self.counts.items()
        )


def _character_name(sign: str) -> str:
    return {
        "\N{NARROW NO-BREAK SPACE}": "l’espace fine insécable",
        "\N{NO-BREAK SPACE}": "en espace insécable",
        "\N{NON-BREAKING HYPHEN}": "le trait d’union insécable",
    }.get(sign, f"« {sign} »")

"""What a text may look like in a FEC, and what stands in for signs that ISO 8859-15 lacks.

Letters are never replaced: a name that an encoding cannot hold is reported.
"""

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
"""Typographic signs that ISO 8859-15 does not have, and what is written in their place there."""

QUOTED_PIPE = "%7C"
"""A key keeps all its signs: the one that separates columns is quoted, as in an address."""


def one_line(text: str) -> str:
    """Return a text without what separates columns and lines, as the labels of entries are."""
    if text.isprintable() and "|" not in text:
        return text
    return " ".join(text.replace("|", " ").split())


def one_key(text: str) -> str:
    """Return a key that holds no sign which separates columns."""
    return text.replace("|", QUOTED_PIPE)


class Typography:
    """The equivalents applied to what is written, and how often each was."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def apply(self, text: str) -> str:
        """Return a text with the equivalents in place of the signs."""
        if text.isascii():
            return text
        for sign, plain in EQUIVALENTS.items():
            if count := text.count(sign):
                self.counts[sign] = self.counts.get(sign, 0) + count
                text = text.replace(sign, plain)
        return text

    @property
    def notes(self) -> tuple[str, ...]:
        """What was replaced, in French, one sentence each."""
        return tuple(
            f"{_named(sign)} (U+{ord(sign):04X}), absent de la norme ISO 8859-15, est écrit "
            f"{_named(EQUIVALENTS[sign])} : {count} fois."
            for sign, count in self.counts.items()
        )


def _named(sign: str) -> str:
    return {
        "\N{NARROW NO-BREAK SPACE}": "l’espace fine insécable",
        "\N{NO-BREAK SPACE}": "en espace insécable",
        "\N{NON-BREAKING HYPHEN}": "le trait d’union insécable",
    }.get(sign, f"« {sign} »")

"""Sentences of findings: one rule with its values, and how many rules were checked."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from shared.contracts.labels import ACTIVITIES, FINDING_OUTCOMES
from shared.french import counted, listed, unended

OUTCOMES: Mapping[str, str] = dict(FINDING_OUTCOMES.items(), computed="calcul")
"""Receipts have computations too; no event has."""
OPEN_OUTCOMES: Mapping[str, str] = {
    "breach": "non conformes",
    "derogation": "dérogations nécessaires",
    "review": "à examiner",
}
"""The outcomes that a person has to deal with, in the plural."""


_CODED = re.compile(rf"\b(?:{'|'.join(ACTIVITIES)})\b")


class AnyFinding(Protocol):
    """A finding, as an event states it or as a receipt holds it."""

    @property
    def rule(self) -> str:
        """The rule's id."""
        ...

    @property
    def outcome(self) -> str:
        """The outcome, a key of `OUTCOMES`."""
        ...

    @property
    def message(self) -> str:
        """The French sentence."""
        ...

    @property
    def observed(self) -> str:
        """The observed value, blank where nothing was compared."""
        ...

    @property
    def expected(self) -> str:
        """The expected value, blank where nothing was compared."""
        ...


def finding_text(finding: AnyFinding) -> str:
    """Return `Non conforme [ELI-23] Le collectif… Constaté : 6. Attendu : de 8 à 12.`."""
    message = finding.message.removeprefix("Sans objet : ")
    head = f"{OUTCOMES[finding.outcome].capitalize()} [{finding.rule}] {message}"
    values = [f" Constaté : {unended(in_words(finding.observed))}."] if finding.observed else []
    values += [f" Attendu : {unended(in_words(finding.expected))}."] if finding.expected else []
    return "".join((head, *values))


def in_words(text: str) -> str:
    """Return a text of values with the codes of activities replaced by their labels."""
    return _CODED.sub(lambda code: ACTIVITIES[code[0]], text)


def count_text(outcomes: Iterable[str]) -> str:
    """Return `11 points vérifiés, tous conformes`, or how many are not; empty for no check."""
    counts = Counter(outcomes)
    del counts["computed"], counts["not_applicable"]
    checks = counted(counts.total(), "point vérifié", "points vérifiés")
    if counts["ok"] == counts.total():
        conform = "conforme" if counts.total() == 1 else "tous conformes"
        return f"{checks}, {conform}" if counts.total() else ""
    kinds = (
        counted(counts[outcome], OUTCOMES[outcome], plural)
        for outcome, plural in OPEN_OUTCOMES.items()
        if counts[outcome]
    )
    return f"{checks}, dont {listed(kinds)}"

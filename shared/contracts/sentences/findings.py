"""Sentences of findings: one rule with its values, and how many rules were checked."""

from collections import Counter
from collections.abc import Iterable, Mapping

from shared.contracts.labels import FINDING_OUTCOMES
from shared.french import counted, listed

OUTCOMES: Mapping[str, str] = dict(FINDING_OUTCOMES.items(), computed="calcul")
"""Receipts have computations too; no event has."""
OPEN_OUTCOMES: Mapping[str, str] = {
    "breach": "non conformes",
    "derogation": "dérogations nécessaires",
    "review": "à examiner",
}
"""The outcomes that a person has to deal with, in the plural."""


def finding_text(
    rule: str, outcome: str, message: str, *, observed: str | None, expected: str | None
) -> str:
    """Return `Non conforme [ELI-23] Le collectif… Constaté : 6. Attendu : de 8 à 12.`."""
    head = f"{OUTCOMES[outcome].capitalize()} [{rule}] {message.removeprefix('Sans objet : ')}"
    values = [f" Constaté : {observed}."] if observed else []
    values += [f" Attendu : {expected}."] if expected else []
    return "".join((head, *values))


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

"""Decisions: each one, decided again from its receipt, has the same steps, states and events.

With the inputs of each receipt being the outputs of earlier ones, and each message being one that
was published, an amount that differs from what the rules give is found here.
"""

from collections.abc import Iterator

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import ParsedRecord
from shared.kernel.replay import Difference, Replay, What, by_another_release
from shared.kernel.service import Service

PARTS: dict[What, str] = {
    "body": "message",
    "receipt": "reçu",
    "parameter": "paramètre",
    "step": "étape",
    "state": "état",
    "output": "événement",
    "program": "programme",
}
"""The part of a record that differs, in French."""
HASHED: frozenset[What] = frozenset({"body", "receipt"})
"""Parts that `integrity` compares with their hashes."""
REPLAYED: CheckRule[ParsedRecord] = CheckRule(
    "décision qui, rejouée, donne le même résultat",
    "décisions qui, rejouées, donnent le même résultat",
    "reçus, règles et paramètres",
    "inbox",
    "`clas replay --dossier DOSSIER` montre chaque différence : l’archive a changé, ou les règles"
    " ne décident plus comme alors",
)


class DecisionReplay:
    """Decides the records of one service again, with its rules and parameters of today."""

    def __init__(self, service: Service) -> None:
        self._replay = Replay.of(service)
        self.of_other_releases = 0

    def violations(self, parsed: ParsedRecord) -> Iterator[Violation]:
        """Yield one violation for a decision that differs, with its first difference.

        A decision of another release that this one would take otherwise is only counted.
        """
        if parsed.receipt is None or parsed.record.body is None:
            return
        differences = self._replay.differences(parsed.record)
        differing = [each for each in differences if each.what not in HASHED]
        if differing and by_another_release(parsed.record, differences):
            self.of_other_releases += 1
        elif differing:
            yield Violation(parsed.subject, _text(differing), parsed.location)


def _text(differences: list[Difference]) -> str:
    first = differences[0]
    return f"rejouée, elle diffère : {PARTS[first.what]} {first.name}"

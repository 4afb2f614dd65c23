"""The events of one Caf, decoded, each once, by kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.elan import DossierSubmitted
from shared.contracts.envelope import Envelope, InvalidMessage, decode

W = TypeVar("W", bound=WireModel)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule that spoke so many times, and one of its sentences."""

    rule: str
    count: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What was published about a Caf, in order."""

    events: tuple[Envelope, ...]

    def all(self, model: type[W]) -> tuple[W, ...]:
        """Return the data of all events of a kind, in order."""
        found = (event.data for event in self.events)
        return tuple(data for data in found if type(data) is model)

    def of_year(self, school_year: str) -> "Journal":
        """Leave out what is about dossiers of other school years."""
        others = {
            submitted.dossier_id
            for submitted in self.all(DossierSubmitted)
            if submitted.school_year != school_year
        }
        kept = (e for e in self.events if getattr(e.data, "dossier_id", None) not in others)
        return Journal(tuple(kept))


def journal(bodies: Iterable[bytes], caf: str) -> Journal:
    """Read what was heard; what has no form is told by the `MessageRefused` that answers it.

    An event published twice has the same id: it counts once.
    """
    events: dict[tuple[str, str], Envelope] = {}
    for body in bodies:
        try:
            event = decode(body)
        except InvalidMessage:
            continue
        if getattr(event.data, "caf", caf) == caf:
            events.setdefault((event.source, event.id), event)
    return Journal(tuple(events.values()))


def rule_counts(reasons: Iterable[Reason]) -> tuple[RuleCount, ...]:
    """Count reasons by rule, the most frequent first.

    Of the sentences of a rule the least as text is kept: the order of arrival changes nothing.
    """
    given = list(reasons)
    sentences = {
        reason.rule: reason.message for reason in sorted(given, key=_message, reverse=True)
    }
    counts = Counter(reason.rule for reason in given)
    order = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return tuple(RuleCount(rule, counts[rule], sentences[rule]) for rule in order)


def _message(reason: Reason) -> str:
    return reason.message

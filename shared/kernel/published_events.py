"""The published events of one Caf, decoded, and how often the rules in them were named."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.elan import DossierSubmitted
from shared.contracts.envelope import Envelope, InvalidMessageError, decode

W = TypeVar("W", bound=WireModel)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many reasons named a rule, and the sentence of one of them."""

    rule: str
    count: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PublishedEvents:
    """What was published about a Caf, in order."""

    events: tuple[Envelope, ...]

    @property
    def data(self) -> tuple[WireModel, ...]:
        """The data of all events, in order."""
        return tuple(event.data for event in self.events)

    def of_type(self, model: type[W]) -> tuple[W, ...]:
        """Return the data of all events of a type, in order."""
        return tuple(item for item in self.data if type(item) is model)

    def of_year(self, school_year: str) -> "PublishedEvents":
        """Leave out the events about dossiers of other school years."""
        others = {
            submitted.dossier_id
            for submitted in self.of_type(DossierSubmitted)
            if submitted.school_year != school_year
        }
        return PublishedEvents(
            tuple(e for e in self.events if getattr(e.data, "dossier_id", None) not in others)
        )


def published_events(bodies: Iterable[bytes], caf: str) -> PublishedEvents:
    """Return the valid events of a Caf among the bodies of messages.

    An invalid body is left out: the `MessageRefused` that answers it is an event of its own. An
    event published twice has the same id and counts once.
    """
    events: dict[tuple[str, str], Envelope] = {}
    for body in bodies:
        try:
            event = decode(body)
        except InvalidMessageError:
            continue
        if getattr(event.data, "caf", caf) == caf:
            events.setdefault((event.source, event.id), event)
    return PublishedEvents(tuple(events.values()))


def rule_counts(reasons: Iterable[Reason]) -> tuple[RuleCount, ...]:
    """Count reasons by rule, the most frequent first.

    The sentence of a rule is the first one as text: the order of arrival changes nothing.
    """
    by_sentence = sorted(reasons, key=_message, reverse=True)
    sentences = {reason.rule: reason.message for reason in by_sentence}
    counts = Counter(reason.rule for reason in by_sentence)
    order = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return tuple(RuleCount(rule, counts[rule], sentences[rule]) for rule in order)


def _message(reason: Reason) -> str:
    return reason.message

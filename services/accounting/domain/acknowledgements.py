"""One entry and one accounting system: the last word of that system on it [LIV-03].

A document of its own: the entry stays as it was posted, in a closed exercise too.
"""

from datetime import datetime

from shared.contracts.accounting import DeliveryStatus
from shared.contracts.accounting_systems import RejectionReason
from shared.contracts.base import WireModel
from shared.contracts.types import CafCode, Day, Exercise, Id, Instant, Text
from shared.french import short_date
from shared.kernel.decision import State
from shared.kernel.rules import Step, computed

WORDS: dict[DeliveryStatus, str] = {"acknowledged": "comptabilisée", "rejected": "rejetée"}


class Reply(WireModel):
    """What a system said of an entry, and the event (`time`, `id`) that brought it.

    `reference` is the system's own voucher, of what it booked; `reasons` are those of a rejection.
    """

    status: DeliveryStatus
    told_on: Day
    time: Instant
    id: str
    reference: Text | None = None
    reasons: tuple[RejectionReason, ...] = ()

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place among the words of one system on one entry: time, then id as text."""
        return (self.time, self.id)


class EntryAcknowledgement(State):
    """What one system made of one entry."""

    collection = "deliveries"
    indexes = (("caf", "system"),)

    entry_id: Id
    caf: CafCode
    exercise: Exercise
    system: Id
    word: Reply

    @property
    def key(self) -> str:
        """Entry and system."""
        return acknowledgement_key(self.entry_id, self.system)


def acknowledgement_key(entry_id: str, system: str) -> str:
    """Return the id of what one system made of one entry."""
    return f"{entry_id}|{system}"


def is_newer(word: Reply, before: EntryAcknowledgement | None) -> bool:
    """Tell whether a word comes after the one that is known, whichever arrived first [LIV-03].

    What was booked may be rejected later, and what was rejected booked: a system may undo, and
    a missing account be opened.
    """
    return before is None or word.place > before.word.place


def explain(delivery: EntryAcknowledgement, word: Reply) -> Step:
    """Tell what became of a word: `delivery` is what is known once it was heard [LIV-03]."""
    said = f"{delivery.system} : écriture {WORDS[word.status]} le {short_date(word.told_on)}"
    effect = (
        "c’est sa dernière réponse"
        if delivery.word == word
        else "sa réponse plus récente est déjà connue"
    )
    return computed("LIV-03", f"{said} ; {effect}.")

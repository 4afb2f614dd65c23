"""Acknowledgement status of an entry in one accounting system: its latest reply [LIV-03].

A document of its own: a posted entry never changes, in a closed exercise either.
"""

from datetime import datetime

from shared.contracts.accounting import DeliveryStatus
from shared.contracts.accounting_systems import RejectionReason
from shared.contracts.base import WireModel
from shared.contracts.labels import DELIVERY_STATUSES
from shared.contracts.types import CafCode, Day, Exercise, Id, Instant, Text
from shared.french import short_date
from shared.kernel.decision import Finding, State
from shared.kernel.rules import computed


class Reply(WireModel):
    """A reply of an accounting system on an entry, with the `time` and `id` of its event.

    `reference` is the system's own voucher of a booked entry; `reasons` are those of a rejection.
    """

    status: DeliveryStatus
    told_on: Day
    time: Instant
    id: str
    reference: Text | None = None
    reasons: tuple[RejectionReason, ...] = ()

    @property
    def place(self) -> tuple[datetime, str]:
        """Sort key among the replies of one system on one entry: time, then id as text."""
        return (self.time, self.id)


class EntryAcknowledgement(State):
    """The latest reply of one accounting system on one entry."""

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
    """Return the id of the acknowledgement of an entry by a system."""
    return f"{entry_id}|{system}"


def is_newer(reply: Reply, before: EntryAcknowledgement | None) -> bool:
    """Return whether a reply is later than the stored one, in whatever order they arrive [LIV-03].

    A booked entry may be rejected later, and a rejected one booked: a system may reverse, and a
    missing account may be opened.
    """
    return before is None or reply.place > before.word.place


def explain(acknowledgement: EntryAcknowledgement, reply: Reply) -> Finding:
    """Return the step that explains a reply; `acknowledgement` is the state after it [LIV-03]."""
    status, day = DELIVERY_STATUSES[reply.status], short_date(reply.told_on)
    effect = (
        "c’est sa dernière réponse"
        if acknowledgement.word == reply
        else "sa réponse plus récente est déjà connue"
    )
    return computed("LIV-03", f"{acknowledgement.system} : écriture {status} le {day} ; {effect}.")

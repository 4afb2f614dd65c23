"""Sentences of the answers of accounting systems."""

from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected, RejectionReason
from shared.contracts.sentences.text import Builders, Sentences, item, sentences
from shared.french import long_date


def entry_acknowledged(data: EntryAcknowledged) -> Sentences:
    """Describe a system that booked an entry."""
    voucher = f" sous la pièce {data.reference}" if data.reference else ""
    return sentences(
        f"Écriture comptabilisée par {data.system}",
        f"Écriture {data.entry_id}, le {long_date(data.acknowledged_on)}{voucher}.",
    )


def entry_rejected(data: EntryRejected) -> Sentences:
    """Describe a system that does not book an entry, and why."""
    return sentences(
        f"Écriture rejetée par {data.system}",
        f"Écriture {data.entry_id}, le {long_date(data.rejected_on)}.",
        *(item(rejection_text(reason)) for reason in data.reasons),
    )


def rejection_text(reason: RejectionReason) -> str:
    """Return `COMPTE, ligne 2 : Compte 467 inconnu`."""
    line = f", ligne {reason.line}" if reason.line else ""
    return f"{reason.code}{line} : {reason.message}"


SENTENCES: Builders = {
    EntryAcknowledged: entry_acknowledged,
    EntryRejected: entry_rejected,
}

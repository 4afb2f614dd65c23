"""Sentences of the answers of accounting systems."""

from services.accounting.acknowledgements import rejection
from services.cli.dossier.text import Sentences, item, sentences
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
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
        *(item(rejection(reason)) for reason in data.reasons),
    )

"""What accounting systems made of the entries."""

from services.accounting.acknowledgements import rejection
from services.cli.dossier.entries import Sentences, item, sentences
from shared.contracts.accounting import DeliveryRegistered
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.french import long_date

STATUSES = {"acknowledged": "comptabilisée", "rejected": "rejetée"}


def entry_acknowledged(data: EntryAcknowledged) -> Sentences:
    """Tell of a system that booked an entry."""
    voucher = f" sous la pièce {data.reference}" if data.reference else ""
    return sentences(
        f"Écriture comptabilisée par {data.system}",
        f"Écriture {data.entry_id}, le {long_date(data.acknowledged_on)}{voucher}.",
    )


def entry_rejected(data: EntryRejected) -> Sentences:
    """Tell of a system that does not book an entry, and why."""
    return sentences(
        f"Écriture rejetée par {data.system}",
        f"Écriture {data.entry_id}, le {long_date(data.rejected_on)}.",
        *(item(rejection(each)) for each in data.reasons),
    )


def delivery_registered(data: DeliveryRegistered) -> Sentences:
    """Tell of the last word of a system on an entry."""
    return sentences(
        f"Écriture {STATUSES[data.status]} par {data.system}, le {long_date(data.told_on)}",
        f"Écriture {data.entry_id} de l’exercice {data.exercise} [LIV-03].",
    )

"""The day that counts for an event, where its content states one, not the time of processing.

A deposit counts from the signatory's validation [REC-07], an answer from the day that it states.
"""

from datetime import date, datetime

from shared.contracts.base import WireModel
from shared.french import in_paris

FIELDS = (
    *("deposited_on", "signed_at", "deposited_at", "received_on"),
    *("amended_on", "cancelled_on", "settled_on", "reversed_on", "withdrawn_on"),
    *("decided_on", "filed_on", "ordered_on", "requested_on", "signed_on"),
    *("closed_on", "booked_on", "acknowledged_on", "rejected_on", "told_on"),
)
"""The first one that an event has counts: an amendment repeats the date of the agrement."""


def legal_date(data: WireModel) -> date | None:
    """Return the day in Paris that counts for an event, None where it states none."""
    stated = next((value for name in FIELDS if (value := getattr(data, name, None))), None)
    return in_paris(stated).date() if isinstance(stated, datetime) else stated

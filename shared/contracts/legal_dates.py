"""The day that counts for an event, where its content states one, not the time of processing.

A deposit counts from the signatory's validation [REC-07], an answer from the day that it states,
else from that of the request.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from shared.contracts.base import WireModel
from shared.contracts.cloud_event import Envelope
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


class Fact(NamedTuple):
    """An event: its id, the id of its cause, its content; the last two where they are known."""

    id: str
    cause: str | None
    data: WireModel | None


def legal_dates(facts: Iterable[Fact]) -> dict[str, date]:
    """Return by id the day that counts: that of the event, else of the nearest cause with one.

    An event whose causes state none either has no entry.
    """
    by_id = {fact.id: fact for fact in facts}
    days = ((event_id, _nearest(event_id, by_id)) for event_id in by_id)
    return {event_id: day for event_id, day in days if day}


def _nearest(event_id: str, by_id: Mapping[str, Fact]) -> date | None:
    seen: set[str] = set()
    fact = by_id.get(event_id)
    while fact and fact.id not in seen:
        if fact.data and (day := legal_date(fact.data)):
            return day
        seen.add(fact.id)
        fact = by_id.get(fact.cause or "")
    return None


def days_of_events(events: Iterable[Envelope]) -> dict[str, date]:
    """Return by id the day that counts, in Paris that of the `time` where no day is stated."""
    events = tuple(events)
    stated = legal_dates(Fact(event.id, event.causationid, event.data) for event in events)
    return {event.id: stated.get(event.id) or in_paris(event.time).date() for event in events}

"""Published events, built by hand."""

from shared.contracts.base import WireModel
from shared.contracts.envelope import encode
from shared.kernel.published_events import PublishedEvents, published_events
from tests.support.samples import CAF


def body(data: WireModel, event_id: str) -> bytes:
    """Return an event as it travels."""
    return encode(data, id=event_id, source="/clas/test", time="2026-01-01T00:00:00Z")


def events_of(*data: WireModel) -> PublishedEvents:
    """Return these events, each under an id of its own."""
    return published_events((body(item, f"e{rank}") for rank, item in enumerate(data)), CAF)

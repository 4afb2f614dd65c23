"""Deliveries that are missing, for tests."""

import json
from datetime import UTC, datetime

from services.cli.redrive.deliveries import (
    Delivery,
    Selection,
    deliveries_of_log,
    deliveries_of_output,
)
from shared.kernel.messages import DEVELOPMENT, InboxKey
from shared.kernel.position import position_of
from shared.kernel.read_port import StoredOutput

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
CAUSE = InboxKey(DEVELOPMENT, "/elan/test", "cause")
EVERYTHING = Selection()


def output(event_id: str, dossier: str | None = "D-1", caf: str = "761") -> StoredOutput:
    """Return an agrement in the outbox of eligibility; funding and submission consume it."""
    key = f"AgrementGranted.v1.{caf}"
    return StoredOutput(CAUSE, position_of(NINE), event_id, key, f"hash of {event_id}", dossier)


def agrement(event_id: str) -> Delivery:
    """Return an agrement that is missing in funding; eligibility has its bytes."""
    (delivery,) = deliveries_of_output("eligibility", output(event_id), Selection("funding"))
    return delivery


def body(source: str, event_id: str, dossier: str | None = "D-1") -> bytes:
    """Return the JSON of an event that was produced at nine."""
    data = {"dossier_id": dossier} if dossier else {}
    time = "2026-03-01T10:00:00+01:00"
    return json.dumps({"source": source, "id": event_id, "time": time, "data": data}).encode()


def logged(offset: int, key: str, content: bytes, of: Selection = EVERYTHING) -> list[Delivery]:
    """Return the deliveries of a message in the stream."""
    return list(deliveries_of_log(offset, key, content, of))


def order(offset: int, dossier: str | None, caf: str = "761") -> Delivery:
    """Return an event from outside that is missing in funding."""
    content = body("/elan/test", f"order-{offset}", dossier)
    (delivery,) = logged(offset, f"AdvanceOrdered.v1.{caf}", content)
    return delivery


def forgotten(offset: int) -> Delivery:
    """Return an agrement that the stream has, and no outbox."""
    content = body("/clas/eligibility", f"agrement-{offset}")
    (delivery,) = logged(offset, "AgrementGranted.v1.761", content, Selection("funding"))
    return delivery


def bareme(offset: int) -> Delivery:
    """Return an event about every Caf."""
    (delivery,) = logged(offset, "BaremePublished.v1.national", body("/cnaf", f"b-{offset}", None))
    return delivery

"""Events between services, paired: handled before or after, replayed, of another Caf."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson

from shared.audit.delivery_reconciliation import DeliveryReconciliation
from shared.audit.records import ParsedRecord, parse_record
from shared.kernel.ports import InboxKey, MessageRecord, OutgoingMessage
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord
from tests.support import samples

BOTH = frozenset({"funding", "accounting"})
AT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(hours=1)


def body(event_id: str = "e1", **changes: object) -> bytes:
    data = samples.advance_granted(**changes).model_dump(mode="json")
    event = {"id": event_id, "source": "/clas/funding", "data": data}
    return orjson.dumps(event | {"type": "fr.caf.clas.AdvanceGranted.v1"})


def record(content: bytes) -> MessageRecord:
    return MessageRecord(
        key=InboxKey("/clas/funding", "e1"),
        sha256=sha256(content),
        size=len(content),
        body=content,
        routing_key="",
        handled_at=AT,
        outcome="decided",
        dossier_ids=(samples.DOSSIER,),
    )


def said(content: bytes, later: timedelta = LATER, *, waiting: bool = False) -> ParsedRecord:
    output = OutgoingMessage(id="e1", routing_key="AdvanceGranted.v1.761", body=content)
    kept = StoredRecord("", replace(record(b"{}"), outputs=(output,)), waiting)
    return parse_record("funding", kept, AT + later)


def heard(content: bytes, replay: int = 0, outcome: str = "decided") -> ParsedRecord:
    key = InboxKey("/clas/funding", "e1", replay)
    handled = replace(record(content), key=key, outcome=outcome)
    return parse_record("accounting", StoredRecord("", handled, unpublished=False), AT)


def told(pairs: DeliveryReconciliation, *records: ParsedRecord) -> list[str]:
    """Return all that is wrong once these were read in this order."""
    wrong = []
    for each in records:
        wrong += list(pairs.add_handled(each))
        for event in each.published:
            wrong += list(pairs.add_published(each, event))
    return [breach.message for breach in (*wrong, *pairs.never_published(), *pairs.never_handled())]


def test_what_was_said_and_handled_is_a_pair_in_either_order() -> None:
    assert told(DeliveryReconciliation(BOTH), said(body()), heard(body())) == []
    assert told(DeliveryReconciliation(BOTH), heard(body()), said(body())) == []


def test_what_was_said_and_not_handled_is_lost() -> None:
    (wrong,) = told(DeliveryReconciliation(BOTH), said(body()))

    assert wrong == "AdvanceGranted e1 publié, jamais traité par accounting"


def test_what_was_handled_and_never_said_is_unknown() -> None:
    (wrong,) = told(DeliveryReconciliation(BOTH), heard(body()))

    assert wrong == "AdvanceGranted e1 traité, publié par aucun service"


def test_other_content_is_told_in_either_order() -> None:
    other = body(amount="699.99")

    for order in ((said(body()), heard(other)), (heard(other), said(body()))):
        (wrong,) = told(DeliveryReconciliation(BOTH), *order)
        assert "le message traité n’est pas celui qui est publié" in wrong


def test_a_dead_letter_that_came_again_makes_one_pair() -> None:
    refused, again = heard(body(), outcome="poison"), heard(body(), replay=1)

    assert told(DeliveryReconciliation(BOTH), said(body()), refused, again) == []
    assert told(DeliveryReconciliation(BOTH), refused, again, said(body())) == []
    # The broker itself had moved it away: the service saw it the second time only.
    assert told(DeliveryReconciliation(BOTH), said(body()), again) == []
    assert told(DeliveryReconciliation(BOTH), again, said(body())) == []


def test_a_dead_letter_that_nobody_said_is_unknown_when_it_comes_again() -> None:
    (wrong,) = told(DeliveryReconciliation(BOTH), heard(body(), replay=1))

    assert wrong == "AdvanceGranted e1 traité, publié par aucun service"


def test_events_to_services_that_are_not_read_are_not_looked_at() -> None:
    assert told(DeliveryReconciliation(frozenset()), said(body())) == []
    assert told(DeliveryReconciliation(BOTH, "762"), said(body()), heard(body(order_id="x"))) == []


def test_what_waits_to_be_published_or_may_be_in_hand_is_known_as_such() -> None:
    for event, young in (
        (said(body(), waiting=True), True),
        (said(body(), timedelta(seconds=59)), True),
        (said(body(), timedelta(seconds=60)), False),
    ):
        pairs = DeliveryReconciliation(BOTH)
        told(pairs, event)
        assert pairs.unhandled("accounting")["e1"].recent is young
        pairs.exclude("accounting", {"e1"})
        assert list(pairs.never_handled()) == []

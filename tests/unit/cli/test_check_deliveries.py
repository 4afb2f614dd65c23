"""The reconciliation of published and handled events: order, redrive, scope, transit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson

from shared.audit.delivery_reconciliation import DeliveryReconciliation
from shared.audit.findings import Violation
from shared.audit.records import ParsedRecord, parse_record
from shared.kernel.messages import (
    DECIDED_AGAIN,
    DEVELOPMENT,
    LEGACY,
    InboxKey,
    MessageRecord,
    OutgoingMessage,
)
from shared.kernel.position import position_of
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord
from tests.support import samples

SERVICES = frozenset({"funding", "accounting"})
AT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(hours=1)


def body(event_id: str = "e1", **changes: object) -> bytes:
    data = samples.advance_granted(**changes).model_dump(mode="json")
    event = {"id": event_id, "source": "/clas/funding", "data": data}
    return orjson.dumps(event | {"type": "fr.caf.clas.AdvanceGranted.v1"})


def record(content: bytes) -> MessageRecord:
    return MessageRecord(
        key=InboxKey(DEVELOPMENT, "/clas/funding", "e1"),
        sha256=sha256(content),
        size=len(content),
        body=content,
        routing_key="",
        handled_at=AT,
        position=position_of(AT),
        outcome="decided",
        dossier_ids=(samples.DOSSIER,),
    )


def published(content: bytes, later: timedelta = LATER, *, waiting: bool = False) -> ParsedRecord:
    output = OutgoingMessage(id="e1", routing_key="AdvanceGranted.v1.761", body=content)
    stored = StoredRecord("", replace(record(b"{}"), outputs=(output,)), waiting)
    return parse_record("funding", stored, AT + later)


def handled(content: bytes, replay: int = 0, outcome: str = "decided") -> ParsedRecord:
    key = InboxKey(DEVELOPMENT, "/clas/funding", "e1", replay)
    handled_record = replace(record(content), key=key, outcome=outcome)
    return parse_record("accounting", StoredRecord("", handled_record, unpublished=False), AT)


def violations(reconciliation: DeliveryReconciliation, *records: ParsedRecord) -> list[str]:
    """Return the messages of all violations after these records, in this order."""
    differences: list[Violation] = []
    for parsed in records:
        differences += reconciliation.add_handled(parsed)
        for event in parsed.published:
            differences += reconciliation.add_published(parsed, event)
    unmatched = (*reconciliation.never_published(), *reconciliation.never_handled())
    return [violation.message for violation in (*differences, *unmatched)]


def test_a_published_and_handled_event_matches_in_either_order() -> None:
    assert violations(DeliveryReconciliation(SERVICES), published(body()), handled(body())) == []
    assert violations(DeliveryReconciliation(SERVICES), handled(body()), published(body())) == []


def assessed(principal: str) -> ParsedRecord:
    """Return the record of an assessment that a principal's message led to."""
    event = {"id": "e1", "source": "/clas/eligibility", "data": {"caf": "761"}}
    content = orjson.dumps(event | {"type": "fr.caf.clas.EligibilityAssessed.v1"})
    output = OutgoingMessage("e1", "EligibilityAssessed.v1.761", content)
    key = InboxKey(principal, "/clas/submission", "e0")
    written = replace(record(b"{}"), key=key, outputs=(output,))
    return parse_record("eligibility", StoredRecord("", written, unpublished=False), AT + LATER)


def test_of_0_3_0_no_assessment_need_be_handled_by_funding() -> None:
    services = frozenset({"eligibility", "funding"})
    before = DeliveryReconciliation(services)

    assert violations(before, assessed(LEGACY)) == []
    assert (before.counts, before.unhandled("funding")) == ((0, 0), {})
    assert violations(DeliveryReconciliation(services), assessed(DEVELOPMENT)) == [
        "EligibilityAssessed e1 publié, jamais traité par funding"
    ]


def test_a_published_event_that_is_not_handled_is_a_violation() -> None:
    (message,) = violations(DeliveryReconciliation(SERVICES), published(body()))

    assert message == "AdvanceGranted e1 publié, jamais traité par accounting"


def test_a_handled_event_that_was_not_published_is_a_violation() -> None:
    (message,) = violations(DeliveryReconciliation(SERVICES), handled(body()))

    assert message == "AdvanceGranted e1 traité, publié par aucun service"


def test_an_event_that_the_migration_decided_again_was_handled_before() -> None:
    first, again = handled(body()), handled(body(), replay=DECIDED_AGAIN)

    for order in ((published(body()), first, again), (again, first, published(body()))):
        assert violations(DeliveryReconciliation(SERVICES), *order) == []
    (message,) = violations(DeliveryReconciliation(SERVICES), published(body()), again)
    assert message == "AdvanceGranted e1 publié, jamais traité par accounting"


def test_other_content_is_a_violation_in_either_order() -> None:
    other = body(amount="699.99")

    for order in ((published(body()), handled(other)), (handled(other), published(body()))):
        (message,) = violations(DeliveryReconciliation(SERVICES), *order)
        assert "le message traité n’est pas celui qui est publié" in message


def test_a_redriven_dead_letter_matches_once() -> None:
    refused, redriven = handled(body(), outcome="poison"), handled(body(), replay=1)

    assert violations(DeliveryReconciliation(SERVICES), published(body()), refused, redriven) == []
    assert violations(DeliveryReconciliation(SERVICES), refused, redriven, published(body())) == []
    # The broker dead-lettered it: the service received it the second time only.
    assert violations(DeliveryReconciliation(SERVICES), published(body()), redriven) == []
    assert violations(DeliveryReconciliation(SERVICES), redriven, published(body())) == []


def test_a_redriven_dead_letter_that_was_not_published_is_a_violation() -> None:
    (message,) = violations(DeliveryReconciliation(SERVICES), handled(body(), replay=1))

    assert message == "AdvanceGranted e1 traité, publié par aucun service"


def test_events_to_services_out_of_scope_are_not_compared() -> None:
    assert violations(DeliveryReconciliation(frozenset()), published(body())) == []
    assert (
        violations(
            DeliveryReconciliation(SERVICES, "762"), published(body()), handled(body(order_id="x"))
        )
        == []
    )


def test_an_event_that_waits_or_may_be_in_processing_is_recent() -> None:
    for event, recent in (
        (published(body(), waiting=True), True),
        (published(body(), timedelta(seconds=59)), True),
        (published(body(), timedelta(seconds=60)), False),
    ):
        reconciliation = DeliveryReconciliation(SERVICES)
        violations(reconciliation, event)
        assert reconciliation.unhandled("accounting")["e1"].recent is recent
        reconciliation.exclude("accounting", {"e1"})
        assert list(reconciliation.never_handled()) == []

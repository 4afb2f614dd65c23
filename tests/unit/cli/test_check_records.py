"""Checks of single records: poison messages, unpublished events, sizes, unreadable snapshots."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import OperationFailure

from shared.audit import integrity
from shared.audit.findings import VIOLATIONS_LISTED_MAX, CheckResult, Violation
from shared.audit.records import parse_record, subject_of
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.kernel.messages import DEVELOPMENT, InboxKey, MessageRecord
from shared.kernel.ports import SnapshotExpiredError, StoreUnavailableError
from shared.kernel.position import position_of
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord, reading
from tests.tools.checks_reference import PAGE, page
from tests.unit.kernel.bench import TOY, Bench, convention

AT = datetime(2026, 1, 1, tzinfo=UTC)
SENT = convention("D-1", event_id="e1")
BODY = json.dumps(SENT).encode()
POISON = MessageRecord(
    key=InboxKey(DEVELOPMENT, "/elan/test", "e1"),
    sha256=sha256(BODY),
    size=len(BODY),
    body=BODY,
    routing_key="ConventionSigned.v1.761",
    handled_at=AT,
    position=position_of(AT),
    outcome="poison",
    type=SENT["type"],
    caf="761",
    dossier_ids=("D-1",),
    reason="poison",
)
REFUSED = replace(
    POISON,
    key=InboxKey(DEVELOPMENT, "", f"sha256:{sha256(BODY)}"),
    outcome="refused",
    reason="disagrees",
)


def violations(
    *records: MessageRecord, waiting: bool = False, later: timedelta = timedelta(0)
) -> list[str]:
    """Return the messages of the violations in these records of a service."""
    state = AuditState(Scope(service="funding"), AT)
    scanner = ServiceScanner(TOY, state)
    for record in records:
        stored = StoredRecord("", record, waiting)
        scanner.scan_record(parse_record("funding", stored, AT + later))
    scanner.finish()
    results = state.results.by_rule.values()
    return [violation.message for result in results for violation in result.violations]


async def test_records_of_a_service_have_matching_indexed_fields() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", "D-poison")
        bench.publish(b"not json")
        bench.publish(json.dumps(convention("D-3", caf="762")).encode())

    records = list(bench.store.store.records.values())

    assert sorted(each.outcome for each in records) == ["decided", "poison", "refused", "refused"]
    poison, state = violations(*records)
    assert poison == "le message a mis le service en échec et n’a pas été rejoué"
    assert state == "ce document a disparu", "the counter of the bench is not read here"


def test_a_poison_message_is_a_violation_until_it_is_redriven() -> None:
    redriven = replace(POISON, key=InboxKey(DEVELOPMENT, "/elan/test", "e1", 1), outcome="decided")

    message = "le message a mis le service en échec et n’a pas été rejoué"

    assert violations(POISON) == [message]
    assert message not in violations(POISON, redriven)
    assert message in violations(
        redriven, replace(POISON, key=InboxKey(DEVELOPMENT, "/elan/test", "e1", 2))
    )


def test_an_event_may_wait_a_minute_for_its_publication() -> None:
    assert violations(REFUSED, waiting=True, later=timedelta(seconds=60)) == []
    (message,) = violations(REFUSED, waiting=True, later=timedelta(seconds=61))
    assert message == "un événement attend d’être publié depuis le 1er janvier 2026, 01:00:00"
    assert violations(REFUSED, later=timedelta(days=1)) == []


def test_a_body_too_large_to_be_stored_is_no_violation() -> None:
    assert violations(replace(REFUSED, body=None, size=2_000_000)) == []


def test_a_wrong_size_is_a_violation() -> None:
    (message,) = violations(replace(REFUSED, size=13))

    assert message == f"le message fait {len(BODY)} octets au lieu de 13"


def test_of_many_dossiers_the_first_three_are_named() -> None:
    assert subject_of(("D-1", "D-2", "D-3", "D-4", "D-5")) == "D-1, D-2, D-3 et 2 autres"
    assert subject_of(("D-1", "D-2")) == "D-1 et D-2"
    assert subject_of(()) == "aucun dossier"


def test_violations_beyond_the_limit_are_counted_and_not_listed() -> None:
    result = CheckResult()
    for _ in range(VIOLATIONS_LISTED_MAX + 5):
        result.add(Violation("D-1", "faux", "ici"))

    assert (result.violation_count, len(result.violations)) == (25, 20)


def test_every_rule_has_labels_source_and_remedy() -> None:
    for rule in (integrity.READABLE, *integrity.CHECKS):
        assert all((rule.singular, rule.plural, rule.proves, rule.remedy))


def test_an_expired_snapshot_is_another_error_than_an_unavailable_server() -> None:
    with pytest.raises(SnapshotExpiredError), reading():
        raise OperationFailure("SnapshotTooOld", 239)
    with pytest.raises(StoreUnavailableError), reading():
        raise OperationFailure("NotYetInitialized", 94)


def test_the_reference_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()

"""Records by themselves: a poison that was replayed, an event that waits, what cannot be read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import OperationFailure

from services.funding.service import SERVICE as FUNDING
from shared.audit import integrity as of_records
from shared.audit.findings import VIOLATIONS_LISTED_MAX, CheckResult, Violation
from shared.audit.records import parse_record, subject_of
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.kernel.ports import InboxKey, MessageRecord, StoreUnavailableError
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import SnapshotExpiredError, StoredRecord, reading
from tests.unit.kernel.bench import Bench, convention

AT = datetime(2026, 1, 1, tzinfo=UTC)
SENT = convention("D-1", event_id="e1")
BODY = json.dumps(SENT).encode()
POISON = MessageRecord(
    key=InboxKey("/elan/test", "e1"),
    sha256=sha256(BODY),
    size=len(BODY),
    body=BODY,
    routing_key="ConventionSigned.v1.761",
    handled_at=AT,
    outcome="poison",
    type=SENT["type"],
    caf="761",
    dossier_ids=("D-1",),
    reason="poison",
)
REFUSED = replace(
    POISON, key=InboxKey("", f"sha256:{sha256(BODY)}"), outcome="refused", reason="disagrees"
)


def wrong(
    *records: MessageRecord, waiting: bool = False, later: timedelta = timedelta(0)
) -> list[str]:
    """Return what does not hold of the records of a service."""
    seen = AuditState(Scope(service="funding"), AT)
    eye = ServiceScanner(FUNDING, seen)
    for each in records:
        eye.scan_record(parse_record("funding", StoredRecord("", each, waiting), AT + later))
    eye.finish()
    return [breach.message for row in seen.results.by_rule.values() for breach in row.violations]


async def test_records_as_a_service_writes_them_stand_under_what_they_say() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", "D-poison")
        bench.publish(b"not json")
        bench.publish(json.dumps(convention("D-3", caf="762")).encode())

    kept = list(bench.store.store.records.values())

    assert sorted(each.outcome for each in kept) == ["decided", "poison", "refused", "refused"]
    poison, state = wrong(*kept)
    assert poison == "le message a mis le service en échec et n’a pas été rejoué"
    assert state == "ce document a disparu", "the toy counts in a state that is not read here"


def test_a_message_that_made_its_service_fail_is_told_until_it_was_replayed() -> None:
    again = replace(POISON, key=InboxKey("/elan/test", "e1", 1), outcome="decided")

    told = "le message a mis le service en échec et n’a pas été rejoué"

    assert wrong(POISON) == [told]
    assert told not in wrong(POISON, again)
    assert told in wrong(again, replace(POISON, key=InboxKey("/elan/test", "e1", 2)))


def test_an_event_may_wait_for_its_dispatch_a_minute() -> None:
    assert wrong(REFUSED, waiting=True, later=timedelta(seconds=60)) == []
    (told,) = wrong(REFUSED, waiting=True, later=timedelta(seconds=61))
    assert told == "un événement attend d’être publié depuis le 1er janvier 2026, 01:00:00"
    assert wrong(REFUSED, later=timedelta(days=1)) == []


def test_a_body_that_is_too_large_to_be_kept_is_not_missed() -> None:
    assert wrong(replace(REFUSED, body=None, size=2_000_000)) == []


def test_a_size_that_does_not_fit_is_told() -> None:
    (told,) = wrong(replace(REFUSED, size=13))

    assert told == f"le message fait {len(BODY)} octets au lieu de 13"


def test_of_many_dossiers_the_first_three_are_named() -> None:
    assert subject_of(("D-1", "D-2", "D-3", "D-4", "D-5")) == "D-1, D-2, D-3 et 2 autres"
    assert subject_of(("D-1", "D-2")) == "D-1 et D-2"
    assert subject_of(()) == "aucun dossier"


def test_breaches_beyond_a_bound_are_counted_and_not_kept() -> None:
    row = CheckResult()
    for _ in range(VIOLATIONS_LISTED_MAX + 5):
        row.add(Violation("D-1", "faux", "ici"))

    assert (row.violation_count, len(row.violations)) == (25, 20)


def test_every_check_says_what_it_holds_against_and_the_way_out() -> None:
    for check in (of_records.READABLE, *of_records.CHECKS):
        assert all((check.singular, check.plural, check.source, check.remedy))


def test_a_moment_that_the_server_forgot_is_told_apart_from_a_server_that_is_away() -> None:
    with pytest.raises(SnapshotExpiredError), reading():
        raise OperationFailure("SnapshotTooOld", 239)
    with pytest.raises(StoreUnavailableError), reading():
        raise OperationFailure("NotYetInitialized", 94)

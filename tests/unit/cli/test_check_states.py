"""The history of states in receipts: versions, inputs in any order, deleted states."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.funding.domain.states import Grant
from shared.audit.records import ParsedRecord, parse_record
from shared.audit.state_history import StateHistory
from shared.kernel.decision import StoredState
from shared.kernel.messages import DEVELOPMENT, InboxKey, MessageRecord, Receipt
from shared.kernel.receipts import sha256
from shared.mongodb.snapshot import StoredRecord

AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST, SECOND, OTHER = {"rank": 1}, {"rank": 2}, {"rank": 9}
Content = dict[str, Any]
Version = tuple[int, Content]


def decision(
    read: Version | None = None, written: Version | None = None, dossier_ids: tuple[str, ...] = ()
) -> ParsedRecord:
    """Return a decision that read a version of grant `D-1|2025`, and wrote one."""
    receipt = orjson.dumps(
        {
            "inputs": [_named(read[0], content=read[1])] if read else [],
            "after": [_named(written[0], sha256=_sha256(written[1]))] if written else [],
            "outputs": [],
        }
    )
    record = MessageRecord(
        key=InboxKey(DEVELOPMENT, "/elan/test", "e1"),
        sha256="",
        size=0,
        body=b"{}",
        routing_key="",
        handled_at=AT,
        position=1,
        outcome="decided",
        dossier_ids=dossier_ids,
        receipt=Receipt(content=receipt, hash=sha256(receipt)),
    )
    return parse_record("funding", StoredRecord("", record, unpublished=False), AT)


def _named(version: int, **parts: Any) -> Content:
    return {"collection": "grants", "id": "D-1|2025", "version": version, **parts}


def _sha256(content: Content) -> str:
    return sha256(orjson.dumps(content))


def history_of(*decisions: ParsedRecord) -> tuple[StateHistory, list[str]]:
    """Return the history of decisions, and the messages of its violations."""
    history = StateHistory("funding")
    return history, [v.message for each in decisions for v in history.add_receipt(each)]


WROTE_FIRST = decision(written=(1, FIRST))
WROTE_SECOND = decision(read=(1, FIRST), written=(2, SECOND))
READ_FIRST = decision(read=(1, FIRST))
READ_OTHER = decision(read=(1, OTHER))


@pytest.mark.parametrize(
    "decisions",
    [
        (WROTE_FIRST, WROTE_SECOND, READ_FIRST),
        (WROTE_SECOND, READ_FIRST, WROTE_FIRST),
        (READ_FIRST, WROTE_SECOND, WROTE_FIRST),
    ],
)
def test_inputs_and_outputs_match_in_any_order(decisions: tuple[ParsedRecord, ...]) -> None:
    history, messages = history_of(*decisions)

    assert messages == []
    stored = StoredState(Grant, "D-1|2025", 2, SECOND)
    assert list(history.missing_decisions(stored)) == []
    assert list(history.difference(stored)) == []
    assert list(history.deleted_states()) == []


@pytest.mark.parametrize(
    "decisions",
    [
        (WROTE_FIRST, READ_OTHER),
        (WROTE_FIRST, WROTE_SECOND, READ_OTHER),
        (READ_OTHER, WROTE_FIRST),
    ],
)
def test_an_input_that_no_decision_wrote_is_a_violation_in_any_order(
    decisions: tuple[ParsedRecord, ...],
) -> None:
    _, messages = history_of(*decisions)

    assert messages == ["la décision est partie d’un autre état (grants D-1|2025, version 1)"]


def test_a_version_without_a_decision_is_a_violation() -> None:
    history, _ = history_of(WROTE_SECOND)

    (missing,) = history.missing_decisions(StoredState(Grant, "D-1|2025", 2, SECOND))

    assert missing.message == "2 versions, 1 décisions conservées"


def test_a_deleted_state_is_reported_with_its_dossier() -> None:
    history, _ = history_of(decision(written=(1, FIRST), dossier_ids=("D-1", "D-2")))

    (deleted,) = history.deleted_states()

    assert (deleted.subject, deleted.message) == ("D-1", "ce document a disparu")


def test_a_receipt_without_the_version_of_a_state_is_unreadable() -> None:
    receipt = orjson.dumps({"inputs": [], "after": [{"sha256": ""}], "outputs": []})

    altered = replace(WROTE_FIRST.record, receipt=Receipt(content=receipt, hash=""))

    assert parse_record("funding", StoredRecord("", altered, unpublished=False), AT).receipt is None

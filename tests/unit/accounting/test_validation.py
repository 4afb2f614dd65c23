"""Validation: numbers, the hash chain as an outsider would check it, totals, the empty exercise."""

import hashlib
import json

from shared.contracts.accounting import ClosingCompleted
from tests.support.samples import advance_granted, funding_granted
from tests.unit.accounting.ledger import Ledger


def closed(**changes: str) -> Ledger:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(order_id="ORD-2", amount="272.31", **changes), "advance-2")
    ledger.handle(
        advance_granted(order_id="ORD-1", amount="500.00", ordered_on="2025-11-03"), "advance-1"
    )
    ledger.close(2025)
    return ledger


def test_numbers_follow_period_then_day() -> None:
    ledger = closed(ordered_on="2025-11-20")

    numbered = [(e.sequence, e.posted.period, str(e.posted.booked_on)) for e in ledger.entries]
    assert numbered == [
        (1, 11, "2025-11-03"),
        (2, 11, "2025-11-20"),
        (3, 13, "2025-12-31"),
        (4, 13, "2025-12-31"),
    ]
    third, fourth = ledger.entries[2:]
    assert third.entry_id < fourth.entry_id


def test_an_entry_of_december_comes_before_those_of_the_closing() -> None:
    ledger = closed(ordered_on="2025-12-31")

    assert [e.posted.period for e in ledger.entries if e.sequence] == [11, 12, 13, 13]


def test_entries_are_posted_without_a_number() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted())

    (entry,) = ledger.entries
    assert (entry.sequence, entry.previous_hash, entry.hash) == (None, None, None)


def test_the_chain_can_be_checked_with_nothing_but_sha256_and_json() -> None:
    ledger = closed()

    head = hashlib.sha256(b"761|2025").hexdigest()
    for entry in ledger.entries:
        assert entry.previous_hash == head
        document = json.loads(entry.posted.model_dump_json())
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        head = hashlib.sha256((head + text).encode()).hexdigest()
        assert entry.hash == head
    assert ledger.completed[0].head_hash == head


def test_another_amount_gives_another_head() -> None:
    other = Ledger()
    other.handle(funding_granted(part_n1="1654.94"))
    other.handle(advance_granted(order_id="ORD-2", amount="272.31"), "advance-2")
    other.handle(
        advance_granted(order_id="ORD-1", amount="500.00", ordered_on="2025-11-03"), "advance-1"
    )
    other.close(2025)

    assert other.completed[0].head_hash != closed().completed[0].head_hash


def test_the_result_counts_kinds_and_balances_accounts() -> None:
    (completed,) = closed().completed

    assert [(each.kind, each.count, str(each.amount)) for each in completed.totals] == [
        ("accrual", 1, "330.99"),
        ("advance", 2, "772.31"),
        ("commitment", 1, "1654.95"),
    ]
    balance = [
        (each.ledger, each.account, str(each.debit), str(each.credit))
        for each in completed.trial_balance
    ]
    assert balance == [
        ("SF", "6562322410", "1103.30", "0.00"),
        ("T", "408143111", "0.00", "330.99"),
        ("T", "467", "0.00", "772.31"),
        ("T", "80182", "0.00", "1654.95"),
        ("T", "8091", "1654.95", "0.00"),
    ]
    assert (completed.caf, completed.exercise) == ("761", 2025)
    assert (completed.first_sequence, completed.last_sequence) == (1, 4)


def test_an_exercise_without_entries_closes_with_the_seed_of_its_chain() -> None:
    ledger = Ledger()

    ledger.close(2025)

    assert ledger.completed == [
        ClosingCompleted(
            caf="761",
            exercise=2025,
            totals=(),
            trial_balance=(),
            first_sequence=0,
            last_sequence=0,
            head_hash=hashlib.sha256(b"761|2025").hexdigest(),
        )
    ]


def test_each_exercise_is_numbered_from_one() -> None:
    ledger = closed()
    ledger.close(2026)

    (reversal,) = [e for e in ledger.entries if e.posted.kind == "commitment_reversal"]
    assert (reversal.exercise, reversal.sequence) == (2026, 1)
    assert reversal.previous_hash == hashlib.sha256(b"761|2026").hexdigest()

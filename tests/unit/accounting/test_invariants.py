"""The six invariants of the books, over random whole lives in any order and at any page.

1. Every entry balances, class 8 by itself.
2. After the closing of N+1 the commitments of a school year are at zero.
3. After settlement the accrual of a grant is at zero.
4. The expense is the final Ps, the bonus and what controls changed; before settlement it is the
   advances and what is left of the accrual.
5. Advances stay under their ceilings, and nothing is booked without a grant.
6. The numbers of a closed exercise have no gap and no double; its entries are its trial balance.
"""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from shared.contracts.base import WireModel
from shared.contracts.caf import ExerciseClosed
from shared.kernel.money import ZERO, total
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    CONTRA,
    FAMILIES,
    RECEIVABLE,
    THIRD_PARTY,
    Ledger,
    net,
)
from tests.unit.accounting.lives import EXERCISES, History, Life, histories

PAGES = st.integers(1, 3)


@settings(max_examples=150, deadline=None)
@given(histories(), PAGES, PAGES)
def test_any_history_keeps_the_books_right(
    history: History, grants_per_page: int, entries_per_page: int
) -> None:
    ledger = Ledger(grants_per_page=grants_per_page, entries_per_page=entries_per_page)
    frozen: dict[int, list[Entry]] = {}
    for step in history.steps:
        perform(ledger, step)
        frozen = {c.exercise: of_exercise(ledger, c.exercise) for c in ledger.completed} | frozen
        class_8_holds_what_is_left_to_reverse(ledger)
        the_accrual_holds_what_is_left_of_it(ledger)
    ledger.run()

    every_entry_balances(ledger)
    for life in history.lives:
        what_was_decided_is_booked(ledger, life)
        advances_stay_under_their_ceilings(ledger, life)
    nothing_is_booked_without_a_grant(ledger, history)
    closed_exercises_are_numbered_and_chained(ledger)
    nothing_is_said_twice(ledger)
    for exercise, entries in frozen.items():
        assert of_exercise(ledger, exercise) == entries, "a closed exercise never changes"


@settings(max_examples=60, deadline=None)
@given(histories(), PAGES)
def test_closing_every_exercise_in_turn_brings_commitments_and_accruals_back_to_zero(
    history: History, size: int
) -> None:
    ledger = Ledger(grants_per_page=size, entries_per_page=size)
    for step in history.steps:
        perform(ledger, step)
    ledger.run()

    for exercise in (*EXERCISES, 2028, 2029):
        ledger.close(exercise)

    assert {completed.exercise for completed in ledger.completed} == {*EXERCISES, 2028, 2029}
    assert all(entry.sequence for entry in ledger.entries)
    for life in history.lives:
        booked = entries_of(ledger, life)
        assert net(booked, CONTRA) == net(booked, COMMITMENT) == ZERO
        assert life.final is None or net(booked, ACCRUED) == ZERO
        what_was_decided_is_booked(ledger, life)


def perform(ledger: Ledger, step: object) -> None:
    if step is None:
        ledger.next_page()
    elif isinstance(step, ExerciseClosed):
        ledger.handle(step, f"close-{step.exercise}-{len(ledger.published)}")
    else:
        assert isinstance(step, WireModel)
        ledger.handle(step)


def of_exercise(ledger: Ledger, exercise: int) -> list[Entry]:
    return [entry for entry in ledger.entries if entry.exercise == exercise]


def every_entry_balances(ledger: Ledger) -> None:
    for entry in ledger.entries:
        lines = entry.posted.lines
        assert sum(line.debit for line in lines) == sum(line.credit for line in lines) > 0
        eight = [line for line in lines if line.account.startswith("8")]
        assert sum(line.debit - line.credit for line in eight) == 0
        assert all(line.debit * line.credit == 0 < line.debit + line.credit for line in lines)


def class_8_holds_what_is_left_to_reverse(ledger: Ledger) -> None:
    for grant in ledger.grants:
        booked = booked_for(ledger, grant.dossier_id)
        assert net(booked, CONTRA) == grant.commitment_left
        assert net(booked, COMMITMENT) == -grant.commitment_left


def the_accrual_holds_what_is_left_of_it(ledger: Ledger) -> None:
    for grant in ledger.grants:
        booked = booked_for(ledger, grant.dossier_id)
        assert net(booked, ACCRUED) == -grant.accrual_left
        assert grant.settlement is None or grant.accrual_left == ZERO


def what_was_decided_is_booked(ledger: Ledger, life: Life) -> None:
    booked = entries_of(ledger, life)
    paid = total(life.advances.values()) if life.final is None else life.final
    accrued = -net(booked, ACCRUED)
    assert life.final is None or accrued == ZERO
    assert net(booked, *FAMILIES["expense"]) == paid + life.adjusted + accrued
    assert net(booked, RECEIVABLE) == life.to_recover
    assert net(booked, THIRD_PARTY) == -(paid + life.adjusted + life.to_recover)


def advances_stay_under_their_ceilings(ledger: Ledger, life: Life) -> None:
    booked = [e for e in entries_of(ledger, life) if e.kind in {"advance", "advance_reversal"}]
    assert -net(booked, THIRD_PARTY) == total(life.advances.values())
    (grant,) = [each for each in ledger.grants if each.dossier_id == life.dossier_id]
    for exercise, ceiling in life.ceilings.items():
        of_origin = [each for each in grant.advances if each.origin == exercise]
        assert total(each.amount for each in of_origin if grant.stands(each)) <= ceiling


def nothing_is_booked_without_a_grant(ledger: Ledger, history: History) -> None:
    granted = {tuple(life.named.values()) for life in history.lives}
    assert {(e.dossier_id, e.school_year) for e in ledger.booked()} <= granted


def closed_exercises_are_numbered_and_chained(ledger: Ledger) -> None:
    for completed in ledger.completed:
        entries = of_exercise(ledger, completed.exercise)
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert completed.last_sequence == len(entries)
        head = seed(completed.caf, completed.exercise)
        for entry in entries:
            assert entry.previous_hash == head
            head = link(head, entry.posted)
        assert completed.head_hash == head
        sums_agree(completed, entries)


def sums_agree(completed: ClosingCompleted, entries: list[Entry]) -> None:
    lines = [line for entry in entries for line in entry.posted.lines]
    for row in completed.trial_balance:
        own = [each for each in lines if each.account == row.account]
        assert row.debit == sum(each.debit for each in own)
        assert row.credit == sum(each.credit for each in own)
    assert {each.account for each in completed.trial_balance} == {each.account for each in lines}
    kinds = Counter(entry.posted.kind for entry in entries)
    assert {row.kind: row.count for row in completed.totals} == dict(kinds)
    debits = sum(line.debit for line in lines)
    assert sum(row.amount for row in completed.totals) == debits


def nothing_is_said_twice(ledger: Ledger) -> None:
    events = [each for each in ledger.published if isinstance(each, AccountingEntryPosted)]
    assert sorted(each.entry_id for each in events) == sorted(e.entry_id for e in ledger.entries)
    exercises = [completed.exercise for completed in ledger.completed]
    assert len(set(exercises)) == len(exercises)


def entries_of(ledger: Ledger, life: Life) -> list[AccountingEntryPosted]:
    return booked_for(ledger, life.dossier_id)


def booked_for(ledger: Ledger, dossier_id: str) -> list[AccountingEntryPosted]:
    return [entry for entry in ledger.booked() if entry.dossier_id == dossier_id]

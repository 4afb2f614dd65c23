"""What must hold after any history: balance, class 8, expense, numbering, nothing twice."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounting.domain.chain import link, seed
from services.accounting.domain.entries import Entry
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    CONTRA,
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    THIRD_PARTY,
    Ledger,
    net,
)

EXPENSES = (EXPENSE, EXPENSE_PREVIOUS, EXPENSE_OLDER)
DOSSIERS = ("D-1", "D-2", "D-3")
START_YEARS = (2024, 2025)
CENTS_MAX = 300_000

Step = tuple[str, int, int, int]


@st.composite
def histories(draw: st.DrawFn) -> Sequence[Step]:
    """Draw grants, advances, closings and turns of the page, in any order, some of them twice."""
    amounts = st.integers(0, CENTS_MAX)
    dossiers = st.integers(0, len(DOSSIERS) - 1)
    step = st.one_of(
        st.tuples(st.just("grant"), dossiers, st.sampled_from(START_YEARS), amounts),
        st.tuples(st.just("advance n"), dossiers, st.sampled_from(START_YEARS), amounts),
        st.tuples(st.just("advance n+1"), dossiers, st.sampled_from(START_YEARS), amounts),
        st.tuples(st.just("close"), st.just(0), st.integers(2024, 2027), st.just(0)),
        st.tuples(st.just("turn"), st.just(0), st.just(0), st.just(0)),
    )
    return draw(st.lists(step, max_size=25))


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(1, 3), st.integers(1, 3))
def test_any_history_keeps_the_books_right(
    history: Sequence[Step], grants_per_page: int, entries_per_page: int
) -> None:
    ledger = Ledger(grants_per_page=grants_per_page, entries_per_page=entries_per_page)
    frozen: dict[int, list[Entry]] = {}
    for rank, step in enumerate(history):
        perform(ledger, step, rank)
        frozen = {c.exercise: of_exercise(ledger, c.exercise) for c in ledger.completed} | frozen
    ledger.run()

    every_entry_balances(ledger)
    class_8_holds_what_is_left_to_reverse(ledger)
    expense_is_advances_and_what_is_left_of_the_accrual(ledger)
    closed_exercises_are_numbered_and_chained(ledger)
    nothing_is_said_twice(ledger)
    for exercise, entries in frozen.items():
        assert of_exercise(ledger, exercise) == entries, "a closed exercise never changes"


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(1, 3))
def test_closing_every_exercise_in_turn_brings_class_8_back_to_zero(
    history: Sequence[Step], size: int
) -> None:
    ledger = Ledger(grants_per_page=size, entries_per_page=size)
    for rank, step in enumerate(history):
        perform(ledger, step, rank)
    ledger.run()

    for exercise in (2024, 2025, 2026, 2027, 2028):
        ledger.close(exercise)

    assert {completed.exercise for completed in ledger.completed} == set(range(2024, 2029))
    posted = [entry.posted for entry in ledger.entries]
    for school_year in ("2024-2025", "2025-2026"):
        of_year = [entry for entry in posted if entry.school_year == school_year]
        assert net(of_year, CONTRA) == net(of_year, COMMITMENT) == Decimal("0.00")
    assert all(entry.sequence for entry in ledger.entries if entry.exercise <= 2028)


def perform(ledger: Ledger, step: Step, rank: int) -> None:
    name, number, year, cents = step
    grant = {"dossier_id": DOSSIERS[number], "school_year": f"{year}-{year + 1}"}
    amount = str(Decimal(cents) / 100 + Decimal("0.00"))
    if name == "turn":
        ledger.turn()
    elif name == "close":
        ledger.hear(exercise_closed(exercise=year, closed_on=f"{year + 1}-01-31"), f"m-{rank}")
    elif name == "grant":
        ledger.hear(funding_granted(part_n=amount, part_n1=amount, **grant), f"m-{rank}")
    else:
        exercise = year + (name == "advance n+1")
        order = {"order_id": f"ORD-{rank}", "ordered_on": f"{exercise}-11-05", "amount": amount}
        ledger.hear(advance_granted(exercise=exercise, **order, **grant), f"m-{rank}")


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
        of_grant = entries_of(ledger, grant.dossier_id, grant.school_year)
        assert net(of_grant, CONTRA) == grant.commitment_left
        assert net(of_grant, COMMITMENT) == -grant.commitment_left


def expense_is_advances_and_what_is_left_of_the_accrual(ledger: Ledger) -> None:
    for grant in ledger.grants:
        of_grant = entries_of(ledger, grant.dossier_id, grant.school_year)
        advanced = sum((a.amount for a in grant.advances), start=Decimal("0.00"))
        assert net(of_grant, *EXPENSES) == advanced + grant.accrual_left
        assert net(of_grant, ACCRUED) == -grant.accrual_left
        assert net(of_grant, THIRD_PARTY) == -advanced


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
    for total in completed.trial_balance:
        own = [each for each in lines if each.account == total.account]
        assert total.debit == sum(each.debit for each in own)
        assert total.credit == sum(each.credit for each in own)
    assert {each.account for each in completed.trial_balance} == {each.account for each in lines}
    kinds = Counter(entry.posted.kind for entry in entries)
    assert {total.kind: total.count for total in completed.totals} == dict(kinds)
    debits = sum(line.debit for line in lines)
    assert sum(total.amount for total in completed.totals) == debits


def nothing_is_said_twice(ledger: Ledger) -> None:
    said = [each for each in ledger.said if isinstance(each, AccountingEntryPosted)]
    assert sorted(each.entry_id for each in said) == sorted(e.entry_id for e in ledger.entries)
    exercises = [completed.exercise for completed in ledger.completed]
    assert len(set(exercises)) == len(exercises)


def entries_of(ledger: Ledger, dossier_id: str, school_year: str) -> list[AccountingEntryPosted]:
    every = [entry.posted for entry in ledger.entries]
    return [e for e in every if (e.dossier_id, e.school_year) == (dossier_id, school_year)]

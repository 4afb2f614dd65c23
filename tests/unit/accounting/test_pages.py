"""The chain of pages: each emits the next, none counts twice, ids do not depend on the cut."""

import pytest

from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing
from shared.contracts.accounting import AccountingEntryPosted, ClosingCompleted, ClosingContinued
from shared.kernel.decision import NO_CHANGE
from tests.support.samples import (
    CAF,
    advance_granted,
    closing_continued,
    exercise_closed,
    funding_granted,
)
from tests.unit.accounting.ledger import Ledger


def filled(**pages: int) -> Ledger:
    """Three grants with one advance each."""
    ledger = Ledger(**pages)
    for rank in (1, 2, 3):
        dossier = f"D-{rank}"
        ledger.handle(funding_granted(dossier_id=dossier))
        ledger.handle(advance_granted(dossier_id=dossier, order_id=f"ORD-{rank}"), f"a-{rank}")
    return ledger


def test_pages_of_grants_then_pages_of_entries_then_the_end() -> None:
    ledger = filled(grants_per_page=2, entries_per_page=4)

    events = ledger.close(2025)

    pages = [(s.step, s.after) for s in events if isinstance(s, ClosingContinued)]
    assert pages[:3] == [("grants", ""), ("grants", "D-2|2025-2026"), ("entries", "")]
    third = ledger.entries[3]
    assert pages[3:] == [
        ("entries", f"13|2025-12-31|{third.entry_id}"),
        ("entries", f"13|2025-12-31|{ledger.entries[7].entry_id}"),
    ]
    assert isinstance(events[-1], ClosingCompleted)
    assert ledger.books().exercise(2025).status == "closed"


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_result_does_not_depend_on_the_size_of_the_pages(size: int) -> None:
    reference = filled(grants_per_page=100, entries_per_page=250)
    reference.close(2025)

    ledger = filled(grants_per_page=size, entries_per_page=size)
    ledger.close(2025)

    assert ledger.entries == reference.entries
    assert ledger.completed == reference.completed


def test_everything_a_closing_says_answers_its_request() -> None:
    ledger = filled()
    before = len(ledger.published)

    ledger.close(2025)

    assert ledger.requests[before] is None, "the first page is a plain answer"
    assert set(ledger.requests[before + 1 :]) == {"close-2025"}


def test_the_next_page_is_said_before_the_entries_so_that_it_need_not_wait_for_them() -> None:
    ledger = filled(grants_per_page=2)
    ledger.handle(exercise_closed())
    before = len(ledger.published)

    ledger.next_page()

    names = [type(event).__name__ for event in ledger.published[before:]]
    assert names == ["ClosingContinued", *["AccountingEntryPosted"] * 4]


def test_the_same_page_again_changes_nothing() -> None:
    ledger = filled(grants_per_page=2)
    ledger.handle(exercise_closed())
    seen = []
    while ledger.waiting:
        page = ledger.waiting[0]
        ledger.next_page()
        seen.append(page)

        assert [ledger.handle(old) for old in seen] == [NO_CHANGE] * len(seen)

    assert len(seen) == 7


@pytest.mark.parametrize(("step", "after"), [("grants", ""), ("entries", "")])
def test_a_page_of_a_closing_that_was_never_accepted_changes_nothing(step: str, after: str) -> None:
    ledger = filled()

    assert ledger.handle(closing_continued(step=step, after=after)) == NO_CHANGE


def test_a_page_turned_writes_where_the_closing_stands() -> None:
    ledger = filled(grants_per_page=2)
    ledger.handle(exercise_closed())

    decision = ledger.next_page()

    assert decision is not None
    assert decision.states[0] == ledger.get(Closing, f"{CAF}|2025")
    assert ledger.get(Closing, f"{CAF}|2025").after == "D-2|2025-2026"


def test_only_the_last_page_writes_the_books() -> None:
    ledger = filled()
    ledger.handle(exercise_closed())
    wrote = []

    while decision := ledger.next_page():
        wrote.append(any(isinstance(state, Books) for state in decision.states))

    assert wrote == [False] * (len(wrote) - 1) + [True]


def test_a_page_leaves_grants_alone_that_have_nothing_to_reverse() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(part_n1="0.00"))
    ledger.close(2025)
    ledger.handle(exercise_closed(exercise=2026, closed_on="2027-01-15"))

    decision = ledger.next_page()

    assert decision is not None
    assert [type(state) for state in decision.states] == [Closing]


def test_pages_keep_the_size_with_which_their_closing_began() -> None:
    small = Ledger(grants_per_page=1)
    small.handle(funding_granted(dossier_id="D-1"))
    small.handle(funding_granted(dossier_id="D-2"))
    small.handle(exercise_closed())
    ledger = Ledger(*small.states, grants_per_page=100)

    decision = ledger.handle(closing_continued())

    posted = [s for s in ledger.published if isinstance(s, AccountingEntryPosted)]
    assert {entry.dossier_id for entry in posted} == {"D-1"}
    assert decision != NO_CHANGE


def test_a_closing_does_not_touch_another_caf() -> None:
    ledger = filled()
    ledger.handle(funding_granted(dossier_id="D-771", caf="771"))
    ledger.handle(advance_granted(dossier_id="D-771", caf="771", order_id="ORD-771"), "a-771")

    ledger.close(2025)

    unnumbered = [entry.caf for entry in ledger.entries if entry.sequence is None]
    assert unnumbered == ["771"]
    assert ledger.get(Books, "771").is_open(2025)


def test_entries_of_another_exercise_are_not_validated() -> None:
    ledger = filled()
    ledger.handle(
        advance_granted(dossier_id="D-1", order_id="B", exercise=2026, ordered_on="2026-02-02")
    )

    ledger.close(2025)

    assert [e.exercise for e in ledger.entries if e.sequence is None] == [2026]

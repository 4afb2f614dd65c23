"""Whatever the order of arrival, the books end the same.

A closing cuts time in two: what is accepted before it and what comes after it are not the same
facts. What "the same" means, from strict to wide:

1. Between two cuts no order counts. Where nothing shares the accrual, the entries are identical.
2. Late advances, their reversals and the balance share what is left of the accrual: whoever
   comes first uses it. Their entries differ, the balances by exercise, account and origin do not.
3. Across all orders, wherever the closings fall, a settled grant ends with the same balances by
   family: expense of any age, third party, receivable, accrued, commitment.

And the pages of a closing may turn at any moment.
"""

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from math import factorial

import pytest

from shared.contracts.accounting import ClosingRefused
from shared.contracts.base import WireModel
from shared.kernel.decision import NO_CHANGE
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.support.settled import (
    adjustment_decided,
    advance_reversed,
    balance_settled,
    funding_amended,
    funding_cancelled,
)
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    CONTRA,
    EXPENSE,
    THIRD_PARTY,
    Ledger,
    balances,
    families,
)
from tests.unit.accounting.orders import Orders, Place, by_cut, orders_of

TURN = "turn"
EVENTS: dict[str, WireModel] = {
    "grant": funding_granted(),
    "amendment": funding_amended(part_n="520.00", part_n1="780.00"),
    "advance": advance_granted(order_id="A1", amount="400.00", ordered_on="2025-11-05"),
    "late advance": advance_granted(order_id="A2", amount="372.31", ordered_on="2025-12-28"),
    "reversal": advance_reversed(order_id="A2", amount="372.31", reversed_on="2026-01-10"),
    "advance n+1": advance_granted(
        order_id="B1", exercise=2026, amount="1158.46", ordered_on="2026-03-10"
    ),
    "balance": balance_settled(advances_n="0.00", advances_n1="1158.46"),
    "balance after an advance": balance_settled(
        advances_n="400.00", final_part_n="300.00", advances_n1="0.00"
    ),
    "cancellation": funding_cancelled(
        cancelled_on="2026-06-30", advances_n="772.31", advances_n1="0.00"
    ),
    "control": adjustment_decided(
        amount="39.00",
        by_origin=[
            {"exercise": 2025, "amount": "-78.00"},
            {"exercise": 2026, "amount": "117.00"},
        ],
    ),
    "close 2025": exercise_closed(exercise=2025, closed_on="2026-01-31"),
    "close 2026": exercise_closed(exercise=2026, closed_on="2027-01-31"),
}
CLOSINGS = ("close 2025", "close 2026")

UNSETTLED = ("grant", "advance", "late advance", "reversal", *CLOSINGS)
AMENDED = ("grant", "amendment", "advance", "late advance", *CLOSINGS)
WHOLE = (
    *("grant", "late advance", "reversal", "advance n+1", "balance", "control"),
    *CLOSINGS,
)
INDU = (
    *("grant", "advance", "late advance", "reversal", "balance after an advance"),
    *CLOSINGS,
)
CANCELLED = ("grant", "amendment", "advance", "late advance", "cancellation", *CLOSINGS)
SHARING_NOTHING = ("grant", "amendment", "advance n+1", "balance", "control", *CLOSINGS)

# Decisions of funding: 2 758.25 and 634.00 due in the end, 39.00 more after the control
# of which 78.00 to recover; 300.00, 1 654.95 and 634.00 due, 100.00 of the advance to recover;
# nothing due, both advances to recover.
SETTLED: dict[tuple[str, ...], dict[str, str]] = {
    WHOLE: {"expense": "3431.25", "third party": "-3509.25", "receivable": "78.00"},
    INDU: {"expense": "2588.95", "third party": "-2688.95", "receivable": "100.00"},
    CANCELLED: {"expense": "0.00", "third party": "-772.31", "receivable": "772.31"},
}


@cache
def ends_of(life: tuple[str, ...]) -> frozenset[Place]:
    """Return where every order of these events ends; closings end at once."""
    return Orders({name: EVENTS[name] for name in life}).ends()


@cache
def calm(*order: str) -> Ledger:
    """Handle the events in this order, each under its own id; closings end immediately."""
    ledger = Ledger()
    for name in order:
        ledger.handle(EVENTS[name], name)
        ledger.run()
    return ledger


def interleaved(*order: str) -> Ledger:
    """Handle the events and small pages in this order, and the remaining pages at the end."""
    ledger = Ledger(grants_per_page=1, entries_per_page=1)
    for name in order:
        if name == TURN:
            ledger.next_page()
        else:
            ledger.handle(EVENTS[name], name)
    ledger.run()
    return ledger


@pytest.mark.parametrize("life", [UNSETTLED, AMENDED, WHOLE, INDU, CANCELLED])
def test_every_order_that_the_closings_cut_alike_ends_with_the_same_balances(
    life: tuple[str, ...],
) -> None:
    grouped = by_cut(ends_of(life))

    assert sum(map(orders_of, grouped)) == factorial(len(life)), "no permutation is left out"
    for first, *others in grouped.values():
        expected = first.ledger()
        booked = balances(expected.booked())
        for ledger in map(Place.ledger, others):
            assert balances(ledger.booked()) == booked
            assert ledger.grant() == expected.grant()
            assert ledger.books() == expected.books()


def test_where_nothing_shares_the_accrual_the_entries_are_identical() -> None:
    grouped = by_cut(ends_of(SHARING_NOTHING))

    assert sum(map(orders_of, grouped)) == factorial(len(SHARING_NOTHING))
    assert [cut for cut, ends in grouped.items() if len(ends) > 1] == []


@pytest.mark.parametrize(("life", "expected"), list(SETTLED.items()))
def test_every_order_of_a_settled_life_ends_with_the_same_balances_by_family(
    life: tuple[str, ...], expected: Mapping[str, str]
) -> None:
    for states in {end.states for end in ends_of(life)}:
        ledger = Ledger(*states)
        for exercise in (2025, 2026, 2027):
            ledger.close(exercise)

        nothing = {"accrued": "0.00", "commitment": "0.00"}
        assert families(ledger.booked()) == {**expected, **nothing}


@pytest.mark.parametrize("life", [UNSETTLED, AMENDED])
def test_before_it_is_settled_the_expense_is_what_was_paid_and_is_left_of_the_accrual(
    life: tuple[str, ...],
) -> None:
    advanced = Decimal("400.00" if life == UNSETTLED else "772.31")

    for states in {end.states for end in ends_of(life)}:
        ledger = Ledger(*states)
        grant = ledger.grant()
        assert families(ledger.booked()) == {
            "expense": str(advanced + grant.accrual_left),
            "third party": str(-advanced),
            "receivable": "0.00",
            "accrued": str(0 - grant.accrual_left),
            "commitment": str(grant.commitment_left),
        }


@pytest.mark.parametrize("life", [UNSETTLED, AMENDED, WHOLE, INDU, CANCELLED])
def test_what_was_heard_once_changes_nothing_any_more(life: tuple[str, ...]) -> None:
    for end in list(ends_of(life))[::20]:
        for name in (name for name in life if name not in CLOSINGS):
            assert end.ledger().handle(EVENTS[name], f"{name} again") == NO_CHANGE


@pytest.mark.parametrize(
    "life",
    [
        ("grant", "late advance", "reversal", "balance", "close 2025"),
        ("grant", "amendment", "advance", "cancellation", "close 2025"),
        ("advance", "balance after an advance", "control", "close 2025"),
    ],
)
def test_pages_may_turn_at_any_moment_of_any_order(life: tuple[str, ...]) -> None:
    events = {name: EVENTS[name] for name in life}

    ends = Orders(events, pages=True).ends()

    assert ends == Orders(events).ends()


def test_the_order_that_the_calendar_suggests_ends_as_computed_by_hand() -> None:
    ledger = calm("advance", "grant", "close 2025", "advance n+1", "late advance", "close 2026")

    ends = balances(entry.posted for entry in ledger.entries)
    assert {key: str(amount) for key, amount in ends.items()} == {
        (2025, EXPENSE, 2025): "1103.30",
        (2025, ACCRUED, None): "-703.30",
        (2025, THIRD_PARTY, None): "-400.00",
        (2025, CONTRA, None): "1654.95",
        (2025, COMMITMENT, None): "-1654.95",
        (2026, EXPENSE, 2026): "1158.46",
        (2026, ACCRUED, None): "372.31",
        (2026, THIRD_PARTY, None): "-1530.77",
        (2026, CONTRA, None): "-1654.95",
        (2026, COMMITMENT, None): "1654.95",
    }


def interleavings(events: tuple[str, ...], turns: int) -> Iterator[tuple[str, ...]]:
    """Yield every way to put these events between the pages of a closing, in every order."""
    for order in itertools.permutations(events):
        for places in itertools.combinations(range(len(events) + turns), len(events)):
            slots = [TURN] * (len(events) + turns)
            for place, name in zip(places, order, strict=True):
                slots[place] = name
            yield tuple(slots)


@pytest.mark.parametrize("before", list(itertools.permutations(("grant", "advance"))))
def test_pages_may_turn_at_any_moment(before: tuple[str, ...]) -> None:
    after = ("late advance", "advance n+1")
    expected = calm(*before, "close 2025", *after, "close 2026")

    turns = 6  # One grant, one page to see that there is no other; three entries, the same.
    for middle in interleavings(after, turns):
        ledger = interleaved(*before, "close 2025", *middle)
        ledger.handle(EVENTS["close 2026"], "close 2026")
        ledger.run()

        assert ledger.entries == expected.entries
        assert ledger.grant() == expected.grant()


def test_a_grant_that_comes_between_the_pages_is_late_wherever_it_falls() -> None:
    expected = calm("advance", "close 2025", "grant", "late advance")

    for middle in interleavings(("grant", "late advance"), 6):
        ledger = interleaved("advance", "close 2025", *middle)

        assert ledger.entries == expected.entries
        assert ledger.grant() == expected.grant()


def test_a_closing_out_of_order_is_refused_and_then_accepted() -> None:
    ledger = interleaved("grant", "close 2026", "close 2025")

    refused = [event for event in ledger.published if isinstance(event, ClosingRefused)]
    assert [(event.exercise, event.reasons[0].rule) for event in refused] == [(2026, "CLO-01")]
    ledger.close(2026)
    assert [completed.exercise for completed in ledger.completed] == [2025, 2026]

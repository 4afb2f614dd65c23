"""Whatever the order of arrival, the books end the same.

A closing cuts time in two: what is accepted before it and what comes after it are not the same
facts. Between two cuts no order counts; and the pages of a closing may turn at any moment.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from services.accounting.domain.grants import Grant
from shared.contracts.accounting import ClosingRefused
from shared.contracts.base import Wire
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    CONTRA,
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    GRANT,
    THIRD_PARTY,
    Ledger,
    balances,
    net,
)

TURN = "turn"
EVENTS: dict[str, Wire] = {
    "grant": funding_granted(),
    "advance": advance_granted(order_id="A1", amount="400.00", ordered_on="2025-11-05"),
    "late advance": advance_granted(order_id="A2", amount="372.31", ordered_on="2025-12-28"),
    "advance n+1": advance_granted(
        order_id="B1", exercise=2026, amount="1158.46", ordered_on="2026-03-10"
    ),
    "close 2025": exercise_closed(exercise=2025, closed_on="2026-01-31"),
    "close 2026": exercise_closed(exercise=2026, closed_on="2027-01-31"),
}


@cache
def calm(*order: str) -> Ledger:
    """Hear the events in this order, each under its own id; closings end at once."""
    ledger = Ledger()
    for name in order:
        ledger.hear(EVENTS[name], name)
        ledger.run()
    return ledger


def interleaved(*order: str) -> Ledger:
    """Hear the events and turn small pages in this order, and the rest of the pages at the end."""
    ledger = Ledger(grants_per_page=1, entries_per_page=1)
    for name in order:
        if name == TURN:
            ledger.turn()
        else:
            ledger.hear(EVENTS[name], name)
    ledger.run()
    return ledger


def sides(order: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return what came between the closings, where the order does not count."""
    parts: list[list[str]] = [[]]
    for name in order:
        if name.startswith("close"):
            parts += [[name], []]
        else:
            parts[-1].append(name)
    return tuple(tuple(sorted(part)) for part in parts)


CLOSINGS = ("close 2025", "close 2026")
HISTORIES = [
    ("grant", "advance", "late advance", *CLOSINGS),
    ("grant", "advance", "advance n+1", *CLOSINGS),
]


@pytest.mark.parametrize("events", HISTORIES)
def test_all_permutations_with_the_same_closings_end_with_the_same_entries(
    events: tuple[str, ...],
) -> None:
    ends = defaultdict[tuple[tuple[str, ...], ...], list[Ledger]](list)
    for order in itertools.permutations(events):
        ends[sides(order)].append(calm(*order))

    assert sum(len(ledgers) for ledgers in ends.values()) == 120
    assert len(ends) == 54
    for first, *others in ends.values():
        for other in others:
            assert other.entries == first.entries
            assert other.get(Grant, GRANT) == first.get(Grant, GRANT)
            assert other.books() == first.books()


@pytest.mark.parametrize(
    ("events", "advanced"), list(zip(HISTORIES, ["-772.31", "-1558.46"], strict=True))
)
def test_every_permutation_keeps_what_must_hold(events: tuple[str, ...], advanced: str) -> None:
    for order in itertools.permutations(events):
        ledger = calm(*order)
        posted = [entry.posted for entry in ledger.entries]
        grant = ledger.grant()

        assert str(net(posted, THIRD_PARTY)) == advanced
        assert net(posted, ACCRUED) == -grant.accrual_left
        assert net(posted, CONTRA) == grant.commitment_left == -net(posted, COMMITMENT)
        expense = net(posted, EXPENSE, EXPENSE_PREVIOUS, EXPENSE_OLDER)
        assert expense - grant.accrual_left == -net(posted, THIRD_PARTY)


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
        ledger.hear(EVENTS["close 2026"], "close 2026")
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

    refused = [said for said in ledger.said if isinstance(said, ClosingRefused)]
    assert [(said.exercise, said.reasons[0].rule) for said in refused] == [(2026, "CLO-01")]
    ledger.close(2026)
    assert [completed.exercise for completed in ledger.completed] == [2025, 2026]

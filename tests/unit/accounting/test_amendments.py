"""Amendments: the forecast that counts, in whatever order it comes; they book nothing."""

import pytest

from shared.kernel.decision import NO_CHANGE
from tests.support.samples import exercise_closed, funding_granted
from tests.support.settled import funding_amended
from tests.unit.accounting.ledger import ACCRUED, COMMITMENT, Ledger, closed_with_an_accrual, net


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
)
def test_of_a_grant_and_its_amendments_the_last_one_counts_whatever_came_last(
    order: tuple[int, ...],
) -> None:
    events = (
        funding_granted(),
        funding_amended(),
        funding_amended(
            rank=2, part_n="400.00", part_n1="600.00", gestionnaire__name="Nouveau nom"
        ),
    )
    ledger = Ledger()
    for index in order:
        ledger.handle(events[index])

    ledger.close(2025)

    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-400.00"
    assert str(net([ledger.only_posted("commitment")], COMMITMENT)) == "-600.00"
    assert ledger.only_posted("accrual").label == "Charge à payer Clas 2025-2026 – Nouveau nom"


def test_an_amendment_books_nothing_and_after_the_closing_the_balance_settles_the_rest() -> None:
    ledger = closed_with_an_accrual()

    decision = ledger.handle(funding_amended(amended_on="2026-02-10"))
    ledger.close(2026)

    assert decision.events == ()
    assert str(net([ledger.only_posted("commitment_reversal")], COMMITMENT)) == "1654.95"
    assert str(ledger.grant().accrual_left) == "1103.30"


def test_the_same_amendment_again_and_an_older_one_change_nothing() -> None:
    ledger = Ledger()
    ledger.handle(funding_amended(rank=2))

    assert ledger.handle(funding_amended(rank=2), "again") == NO_CHANGE
    assert ledger.handle(funding_amended(rank=1), "older") == NO_CHANGE
    assert ledger.handle(funding_granted(), "the grant itself") == NO_CHANGE


def test_an_amendment_meets_a_grant_not_yet_passed_and_its_closing_takes_the_old_parts() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(exercise_closed(), "close-2025")

    decision = ledger.handle(funding_amended())
    ledger.run()

    assert len(decision.events) == 2
    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-1103.30"


def test_an_amendment_known_first_after_the_acceptance_is_late() -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed(), "close-2025")

    ledger.handle(funding_amended())
    ledger.handle(funding_granted())
    ledger.run()

    assert ledger.entries == []
    assert ledger.grant().year_end == "missed"

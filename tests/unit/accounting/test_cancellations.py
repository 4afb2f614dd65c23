"""Cancellations: as if nothing had run, the accrual ends and the advances become indus."""

from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.decision import NO_CHANGE
from tests.support.decide import only_event
from tests.support.samples import advance_granted, funding_granted
from tests.support.settled import balance_settled, funding_cancelled
from tests.unit.accounting.ledger import (
    ACCRUED,
    COMMITMENT,
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    RECEIVABLE,
    Ledger,
    closed_with_an_accrual,
    families,
    lines,
    net,
)

CODE = "81512214"


def test_a_cancellation_ends_the_accrual_and_the_advance_becomes_an_indu() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))
    ledger.close(2025)
    ledger.close(2026)

    decision = ledger.handle(funding_cancelled(), "cancel-1")

    entry = only_event(decision, AccountingEntryPosted)
    assert lines(entry) == [
        ("SF", EXPENSE_OLDER, "0.00", "1103.30", 2025, CODE),
        ("T", ACCRUED, "330.99", "0.00", None, None),
        ("T", RECEIVABLE, "772.31", "0.00", None, None),
    ]
    assert (entry.kind, entry.exercise, entry.period) == ("cancellation", 2027, 6)
    assert str(entry.booked_on) == "2027-06-30"
    assert entry.label == "Annulation du droit Clas 2025-2026 – Les Amis de l'école"
    assert entry.cause.type == "fr.caf.clas.FundingCancelled.v1"
    assert families(ledger.booked()) == {
        "expense": "0.00",
        "third party": "-772.31",
        "receivable": "772.31",
        "accrued": "0.00",
        "commitment": "0.00",
    }


def test_advances_of_both_exercises_become_indus_by_origin() -> None:
    ledger = Ledger()

    ledger.handle(
        funding_cancelled(cancelled_on="2026-06-30", advances_n="700.00", advances_n1="900.00")
    )

    assert lines(ledger.only_posted("cancellation")) == [
        ("SF", EXPENSE, "0.00", "900.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "0.00", "700.00", 2025, CODE),
        ("T", RECEIVABLE, "1600.00", "0.00", None, None),
    ]


def test_a_grant_cancelled_before_the_closing_is_neither_accrued_nor_committed() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))

    ledger.handle(funding_cancelled(cancelled_on="2025-12-15"))
    ledger.close(2025)

    assert [entry.posted.kind for entry in ledger.entries] == ["advance", "cancellation"]
    assert lines(ledger.only_posted("cancellation")) == [
        ("SF", EXPENSE, "0.00", "772.31", 2025, CODE),
        ("T", RECEIVABLE, "772.31", "0.00", None, None),
    ]
    assert (
        ledger.only_posted("cancellation").exercise,
        ledger.only_posted("cancellation").period,
    ) == (2025, 12)
    assert ledger.grant().year_end == "passed"


def test_a_commitment_booked_before_a_cancellation_is_reversed_in_full_as_usual() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(funding_cancelled(cancelled_on="2026-05-04", advances_n="0.00"))

    ledger.close(2026)

    assert str(net([ledger.only_posted("commitment_reversal")], COMMITMENT)) == "1654.95"


def test_a_cancellation_of_a_grant_without_anything_booked_posts_nothing() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    decision = ledger.handle(funding_cancelled(cancelled_on="2025-12-15", advances_n="0.00"))
    ledger.close(2025)

    assert decision.events == ()
    assert ledger.entries == []


def test_a_grant_is_settled_or_cancelled_once() -> None:
    ledger = Ledger()
    ledger.handle(funding_cancelled())

    assert ledger.handle(funding_cancelled(), "again") == NO_CHANGE
    assert ledger.handle(balance_settled(), "balance") == NO_CHANGE


def test_a_cancellation_dated_before_the_last_advances_is_booked_in_their_exercise() -> None:
    ledger = Ledger()

    ledger.handle(funding_cancelled(cancelled_on="2025-12-15", advances_n1="900.00"))

    entry = ledger.only_posted("cancellation")
    assert lines(entry) == [
        ("SF", EXPENSE, "0.00", "900.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "0.00", "772.31", 2025, CODE),
        ("T", RECEIVABLE, "1672.31", "0.00", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2026, 1, "2026-01-01")

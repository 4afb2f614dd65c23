"""Advances taken back: the opposite entry, whatever the advance had used of the accrual."""

from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.decision import NO_CHANGE
from tests.support.decide import only_event
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.support.settled import advance_reversed, balance_settled
from tests.unit.accounting.ledger import (
    ACCRUED,
    EXPENSE,
    EXPENSE_PREVIOUS,
    THIRD_PARTY,
    Ledger,
    closed_with_an_accrual,
    families,
    lines,
    net,
)

CODE = "81512214"
LATE = "2025-12-28"


def test_a_reversal_is_the_opposite_of_the_advance() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted())

    decision = ledger.handle(advance_reversed(), "reversal-1")

    entry = only_event(decision, AccountingEntryPosted)
    assert lines(entry) == [
        ("SF", EXPENSE, "0.00", "700.00", 2025, CODE),
        ("T", THIRD_PARTY, "700.00", "0.00", None, None),
    ]
    assert (entry.kind, entry.exercise, entry.period) == ("advance_reversal", 2025, 11)
    assert str(entry.booked_on) == "2025-11-20"
    assert entry.label == "Annulation d’acompte Clas 2025-2026 – Les Amis de l'école"
    assert entry.cause.type == "fr.caf.clas.AdvanceReversed.v1"
    assert len(ledger.posted("advance")) == 1, "the original entry stays"
    assert [(step.rule, step.amounts) for step in decision.findings] == [
        ("CPT-01", {"expense": "-700.00"})
    ]


def test_the_closing_accrues_what_an_advance_taken_back_no_longer_covers() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted())
    ledger.handle(advance_granted(order_id="ORD-2", amount="72.31"))
    ledger.handle(advance_reversed())

    ledger.close(2025)

    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-1030.99"


def test_an_advance_taken_back_in_the_next_exercise_was_spent_in_this_one() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted())
    ledger.handle(advance_reversed(reversed_on="2026-01-12"))

    ledger.close(2025)

    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-403.30"
    assert lines(ledger.only_posted("advance_reversal"))[0] == (
        *("SF", EXPENSE_PREVIOUS, "0.00", "700.00", 2025, CODE),
    )


def test_a_late_advance_taken_back_gives_the_accrual_back() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_granted(amount="1200.00", ordered_on=LATE))

    ledger.handle(advance_reversed(amount="1200.00", reversed_on="2026-01-12"))

    assert lines(ledger.only_posted("advance")) == [
        ("SF", EXPENSE_PREVIOUS, "96.70", "0.00", 2025, CODE),
        ("T", ACCRUED, "1103.30", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "1200.00", None, None),
    ]
    assert lines(ledger.only_posted("advance_reversal")) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "96.70", 2025, CODE),
        ("T", ACCRUED, "0.00", "1103.30", None, None),
        ("T", THIRD_PARTY, "1200.00", "0.00", None, None),
    ]
    assert str(ledger.grant().accrual_left) == "1103.30"


def test_what_other_late_advances_lacked_of_the_accrual_they_use_before_it_comes_back() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_granted(order_id="ORD-1", amount="900.00", ordered_on=LATE))
    ledger.handle(advance_granted(order_id="ORD-2", amount="400.00", ordered_on=LATE))

    ledger.handle(advance_reversed(amount="900.00", reversed_on="2026-01-12"))

    assert lines(ledger.only_posted("advance_reversal")) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "196.70", 2025, CODE),
        ("T", ACCRUED, "0.00", "703.30", None, None),
        ("T", THIRD_PARTY, "900.00", "0.00", None, None),
    ]
    assert str(ledger.grant().accrual_left) == "703.30"


def test_an_advance_of_part_n_1_taken_back_leaves_the_accrual_alone() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_granted(exercise=2026, amount="900.00", ordered_on="2026-02-02"))

    ledger.handle(advance_reversed(exercise=2026, amount="900.00", reversed_on="2026-02-03"))

    assert [line[1] for line in lines(ledger.only_posted("advance_reversal"))] == [
        EXPENSE,
        THIRD_PARTY,
    ]
    assert str(ledger.grant().accrual_left) == "1103.30"


def test_a_reversal_before_its_advance_leaves_the_accrual_to_others() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_reversed(reversed_on="2026-01-12"))

    ledger.handle(advance_granted(ordered_on=LATE))

    assert lines(ledger.only_posted("advance_reversal")) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "700.00", 2025, CODE),
        ("T", THIRD_PARTY, "700.00", "0.00", None, None),
    ]
    assert lines(ledger.only_posted("advance")) == [
        ("SF", EXPENSE_PREVIOUS, "700.00", "0.00", 2025, CODE),
        ("T", THIRD_PARTY, "0.00", "700.00", None, None),
    ]
    assert str(ledger.grant().accrual_left) == "1103.30"


def test_a_reversal_after_the_balance_takes_the_expense_back() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_granted(ordered_on=LATE))
    ledger.handle(balance_settled(advances_n="0.00", advances_n1="0.00"))

    ledger.handle(advance_reversed(reversed_on="2026-01-12"))

    assert lines(ledger.only_posted("advance_reversal")) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "700.00", 2025, CODE),
        ("T", THIRD_PARTY, "700.00", "0.00", None, None),
    ]
    assert families(ledger.booked())["expense"] == "3392.25"


def test_an_advance_is_taken_back_once() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted())
    ledger.handle(advance_reversed(), "first")

    assert ledger.handle(advance_reversed(), "again") == NO_CHANGE


def test_a_reversal_meets_a_grant_not_yet_passed_and_posts_its_closing_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted())
    ledger.handle(exercise_closed(), "close-2025")

    ledger.handle(advance_reversed())
    ledger.run()

    assert str(net([ledger.only_posted("accrual")], ACCRUED)) == "-403.30"
    assert (
        ledger.only_posted("advance_reversal").exercise,
        ledger.only_posted("advance_reversal").period,
    ) == (*(2026, 1),)

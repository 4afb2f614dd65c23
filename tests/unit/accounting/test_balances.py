"""The balance: what is left of each part, the end of the accrual, whatever came before."""

from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.decision import NO_CHANGE, OutgoingEvent
from tests.support.decide import only_event
from tests.support.samples import advance_granted, exercise_closed, funding_granted
from tests.support.settled import balance_settled
from tests.unit.accounting.ledger import (
    ACCRUED,
    EXPENSE,
    EXPENSE_PREVIOUS,
    RECEIVABLE,
    THIRD_PARTY,
    Ledger,
    closed_with_an_accrual,
    lines,
    net,
)

CODE = "81512214"


def test_the_balance_of_the_worked_example_uses_the_accrual_and_spends_the_rest() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))
    ledger.close(2025)

    decision = ledger.handle(balance_settled(), "balance-1")

    entry = only_event(decision, AccountingEntryPosted)
    assert lines(entry) == [
        ("SF", EXPENSE, "1130.49", "0.00", 2026, CODE),
        ("T", ACCRUED, "330.99", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "1461.48", None, None),
    ]
    assert (entry.kind, entry.exercise, entry.period) == ("balance", 2026, 9)
    assert str(entry.booked_on) == "2026-09-15"
    assert entry.label == "Solde Clas 2025-2026 – Les Amis de l'école"
    assert (entry.cause.id, entry.cause.type) == ("balance-1", "fr.caf.clas.BalanceSettled.v1")
    assert str(ledger.grant().accrual_left) == "0.00"
    assert decision.states[0] == ledger.grant(), "its version is the sequence of the event"


def test_what_the_accrual_does_not_cover_is_an_expense_of_the_exercise_before() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(part_n="500.00"))
    ledger.close(2025)

    ledger.handle(
        balance_settled(
            final_part_n="600.00",
            final_part_n1="900.00",
            final_bonus="0.00",
            advances_n="0.00",
            advances_n1="0.00",
        )
    )

    assert lines(ledger.only_posted("balance")) == [
        ("SF", EXPENSE, "900.00", "0.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "100.00", "0.00", 2025, CODE),
        ("T", ACCRUED, "500.00", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "1500.00", None, None),
    ]


def test_the_bonus_belongs_to_part_n_1_and_lessens_its_indu() -> None:
    ledger = Ledger()

    ledger.handle(
        balance_settled(
            final_part_n="200.00",
            final_part_n1="300.00",
            final_bonus="329.00",
            advances_n="150.00",
            advances_n1="1000.00",
        )
    )

    assert lines(ledger.only_posted("balance")) == [
        ("SF", EXPENSE, "0.00", "371.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "50.00", "0.00", 2025, CODE),
        ("T", RECEIVABLE, "371.00", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "50.00", None, None),
    ]


def test_a_balance_after_n_1_is_closed_falls_on_older_accounts() -> None:
    ledger = closed_with_an_accrual()
    ledger.close(2026)

    ledger.handle(balance_settled(settled_on="2026-12-20", advances_n="0.00", advances_n1="0.00"))

    entry = ledger.only_posted("balance")
    assert lines(entry) == [
        ("SF", EXPENSE_PREVIOUS, "2288.95", "0.00", 2026, CODE),
        ("T", ACCRUED, "1103.30", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "3392.25", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2027, 1, "2027-01-01")


def test_a_balance_of_nothing_more_is_remembered_and_not_posted() -> None:
    ledger = Ledger()

    decision = ledger.handle(
        balance_settled(advances_n="1103.30", advances_n1="2288.95"), "balance-1"
    )

    assert decision.events == ()
    assert ledger.entries == []
    assert ledger.grant().settlement is not None
    assert ledger.handle(balance_settled(), "again") == NO_CHANGE


def test_a_balance_without_an_accrual_spends_part_n_on_the_exercise_before() -> None:
    ledger = Ledger()
    ledger.close(2025)
    ledger.handle(funding_granted())

    ledger.handle(balance_settled())

    assert lines(ledger.only_posted("balance")) == [
        ("SF", EXPENSE, "1130.49", "0.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "330.99", "0.00", 2025, CODE),
        ("T", THIRD_PARTY, "0.00", "1461.48", None, None),
    ]
    assert ledger.grant().year_end == "missed"


def test_a_late_advance_before_the_balance_leaves_it_less_of_the_accrual() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-12-28"))

    ledger.handle(balance_settled(advances_n1="0.00"))

    assert lines(ledger.only_posted("balance")) == [
        ("SF", EXPENSE, "2288.95", "0.00", 2026, CODE),
        ("T", ACCRUED, "330.99", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "2619.94", None, None),
    ]
    assert net([entry.posted for entry in ledger.entries], ACCRUED) == 0


def test_a_late_advance_after_the_balance_is_spent_since_the_accrual_has_ended() -> None:
    ledger = closed_with_an_accrual()
    ledger.handle(balance_settled(advances_n1="0.00"))

    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-12-28"))

    assert lines(ledger.only_posted("balance")) == [
        ("SF", EXPENSE, "2288.95", "0.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "0.00", "772.31", 2025, CODE),
        ("T", ACCRUED, "1103.30", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "2619.94", None, None),
    ]
    assert lines(ledger.only_posted("advance")) == [
        ("SF", EXPENSE_PREVIOUS, "772.31", "0.00", 2025, CODE),
        ("T", THIRD_PARTY, "0.00", "772.31", None, None),
    ]


def test_a_balance_meets_a_grant_not_yet_passed_and_posts_its_closing_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(exercise_closed(), "close-2025")

    decision = ledger.handle(
        balance_settled(settled_on="2026-01-20", advances_n="0.00", advances_n1="0.00"), "b-1"
    )

    *closing, balance = decision.events
    assert isinstance(balance, AccountingEntryPosted), "it answers its own event"
    assert lines(balance) == [
        ("SF", EXPENSE, "2288.95", "0.00", 2026, CODE),
        ("T", ACCRUED, "1103.30", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "3392.25", None, None),
    ]
    kinds = [
        e.data.kind for e in closing if isinstance(e, OutgoingEvent) and hasattr(e.data, "kind")
    ]
    assert kinds == ["accrual", "commitment"]
    ledger.run()
    assert ledger.posted("accrual_release") == [], "it was not settled at the acceptance"


def test_the_steps_tell_how_the_balance_came_about() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"))
    ledger.close(2025)

    decision = ledger.handle(balance_settled(final_part_n="1200.00"))

    steps = [(step.rule, step.outcome, step.amounts) for step in decision.findings]
    assert steps == [
        (
            "CPT-05",
            "computed",
            {"final": "1200.00", "advances": "772.31", "result": "427.69"},
        ),
        (
            "CPT-05",
            "computed",
            {"final": "2288.95", "advances": "1158.46", "result": "1130.49"},
        ),
        ("CPT-04", "computed", {"accrued": "330.99"}),
        ("CPT-02", "computed", {"expense": "96.70"}),
        ("CPT-01", "computed", {"expense": "1130.49"}),
    ]

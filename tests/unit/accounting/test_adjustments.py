"""Controls: a rappel or an indu by origin, whatever is known of the balance."""

from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.decision import NO_CHANGE
from tests.support.decide import only_event
from tests.support.samples import exercise_closed, funding_granted
from tests.support.settled import adjustment_decided, balance_settled
from tests.unit.accounting.ledger import (
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    RECEIVABLE,
    THIRD_PARTY,
    Ledger,
    lines,
)

CODE = "81512214"


def by_origin(n: str, n1: str) -> list[dict[str, object]]:
    return [{"exercise": 2025, "amount": n}, {"exercise": 2026, "amount": n1}]


def test_a_rappel_is_an_expense_by_origin_in_one_entry() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(balance_settled())

    decision = ledger.handle(adjustment_decided(), "control-1")

    entry = only_event(decision, AccountingEntryPosted)
    assert lines(entry) == [
        ("SF", EXPENSE_OLDER, "117.00", "0.00", 2026, CODE),
        ("SF", EXPENSE_OLDER, "78.00", "0.00", 2025, CODE),
        ("T", THIRD_PARTY, "0.00", "195.00", None, None),
    ]
    assert (entry.kind, entry.exercise, entry.period) == ("adjustment", 2028, 4)
    assert str(entry.booked_on) == "2028-04-15"
    assert entry.label == "Régularisation après contrôle Clas 2025-2026 – Les Amis de l'école"
    assert entry.cause.type == "fr.caf.clas.AdjustmentDecided.v1"
    assert decision.states[0] == ledger.grant(), "its version is the sequence of the event"


def test_an_indu_takes_the_expense_back_and_is_to_recover() -> None:
    ledger = Ledger()

    ledger.handle(
        adjustment_decided(
            decided_on="2027-03-01",
            kind="indu",
            amount="-195.00",
            by_origin=by_origin("-78.00", "-117.00"),
        )
    )

    assert lines(ledger.only_posted("adjustment")) == [
        ("SF", EXPENSE_PREVIOUS, "0.00", "117.00", 2026, CODE),
        ("SF", EXPENSE_OLDER, "0.00", "78.00", 2025, CODE),
        ("T", RECEIVABLE, "195.00", "0.00", None, None),
    ]


def test_two_parts_that_add_up_to_nothing_are_posted_all_the_same() -> None:
    ledger = Ledger()

    ledger.handle(
        adjustment_decided(
            decided_on="2026-11-30",
            kind="none",
            amount="0.00",
            by_origin=by_origin("50.00", "-50.00"),
        )
    )

    assert lines(ledger.only_posted("adjustment")) == [
        ("SF", EXPENSE, "0.00", "50.00", 2026, CODE),
        ("SF", EXPENSE_PREVIOUS, "50.00", "0.00", 2025, CODE),
        ("T", RECEIVABLE, "50.00", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "50.00", None, None),
    ]


def test_a_control_that_changes_nothing_is_remembered_and_not_posted() -> None:
    ledger = Ledger()

    decision = ledger.handle(
        adjustment_decided(kind="none", amount="0.00", by_origin=by_origin("0.00", "0.00"))
    )

    assert decision.events == ()
    assert ledger.entries == []
    assert ledger.handle(adjustment_decided(), "again") == NO_CHANGE


def test_each_control_is_booked_once_and_the_next_one_too() -> None:
    ledger = Ledger()
    ledger.handle(adjustment_decided(control_id="CONTROLE-2"), "c-2")
    ledger.handle(adjustment_decided(control_id="CONTROLE-1"), "c-1")

    assert ledger.handle(adjustment_decided(control_id="CONTROLE-2"), "again") == NO_CHANGE
    assert len(ledger.posted("adjustment")) == 2
    stored = [(each.control_id, str(each.amount)) for each in ledger.grant().adjustments]
    assert stored == [("CONTROLE-1", "195.00"), ("CONTROLE-2", "195.00")]


def test_a_control_alone_does_not_say_what_is_due() -> None:
    ledger = Ledger()
    ledger.handle(adjustment_decided(decided_on="2026-11-30"))

    ledger.close(2025)
    ledger.handle(funding_granted())

    assert [entry.posted.kind for entry in ledger.entries] == ["adjustment"]
    assert ledger.grant().year_end == "missed"


def test_a_control_meets_a_grant_not_yet_passed_and_posts_its_closing_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.handle(exercise_closed(), "close-2025")

    decision = ledger.handle(adjustment_decided())
    ledger.run()

    assert len(decision.events) == 3
    assert len(ledger.posted("accrual")) == len(ledger.posted("commitment")) == 1
    assert [step.rule for step in decision.findings] == ["CPT-06", "CPT-07", "CPT-03", "CPT-03"]


def test_the_steps_tell_the_expense_by_its_age() -> None:
    decision = Ledger().handle(
        adjustment_decided(decided_on="2027-03-01", by_origin=by_origin("-78.00", "1117.00"))
    )

    older, previous = decision.findings
    assert (older.rule, older.message) == (
        "CPT-03",
        "Exercice 2025 : dépense sur un exercice antérieur de -78,00\xa0€, imputée en 2027",
    )
    assert previous.rule == "CPT-02"
    assert "l’exercice précédent de 1\u202f117,00\xa0€, imputée en 2027" in previous.message

"""Advances: the expense by its age, the late advance on the accrual, duplicates."""

import pytest

from services.accounting.domain.books import Books
from services.accounting.domain.grants import Grant
from services.accounting.domain.posting import states_of_posting
from shared.contracts.accounting import AccountingEntryPosted
from shared.contracts.funding import AdvanceGranted, FundingGranted
from shared.kernel.decision import NO_CHANGE, StateRef, States
from tests.support.decide import message_of, only_event
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_DOSSIER,
    SIRET,
    advance_granted,
    funding_granted,
)
from tests.unit.accounting.ledger import (
    ACCRUED,
    EXPENSE,
    EXPENSE_OLDER,
    EXPENSE_PREVIOUS,
    GRANT,
    THIRD_PARTY,
    Ledger,
    lines,
)


def test_an_advance_is_an_expense_of_its_exercise() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    decision = ledger.handle(advance_granted(amount="772.31", ordered_on="2025-11-20"), "advance-1")

    entry = only_event(decision, AccountingEntryPosted)
    assert lines(entry) == [
        ("SF", EXPENSE, "772.31", "0.00", 2025, "81512214"),
        ("T", THIRD_PARTY, "0.00", "772.31", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2025, 11, "2025-11-20")
    assert (entry.caf, entry.dossier_id, entry.siret) == (CAF, DOSSIER, SIRET)
    assert entry.school_year == "2025-2026"
    assert (entry.cause.id, entry.cause.type) == ("advance-1", "fr.caf.clas.AdvanceGranted.v1")
    assert decision.states[0] == ledger.grant(), "its version is the sequence of the event"


def test_an_advance_on_the_second_part_is_a_current_expense_of_the_next_exercise() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    ledger.handle(advance_granted(exercise=2026, amount="1158.46", ordered_on="2026-03-10"))

    entry = ledger.only_posted("advance")
    assert lines(entry) == [
        ("SF", EXPENSE, "1158.46", "0.00", 2026, "81512214"),
        ("T", THIRD_PARTY, "0.00", "1158.46", None, None),
    ]
    assert (entry.exercise, entry.period) == (2026, 3)


def test_a_late_advance_uses_up_the_accrual_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)

    ledger.handle(advance_granted(amount="700.00", ordered_on="2025-12-20"))

    entry = ledger.only_posted("advance")
    assert lines(entry) == [
        ("T", ACCRUED, "700.00", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "700.00", None, None),
    ]
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2026, 1, "2026-01-01")
    assert str(ledger.grant().accrued) == "1103.30"
    assert str(ledger.grant().accrual_left) == "403.30"


def test_what_the_accrual_does_not_cover_is_an_expense_of_the_exercise_before() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(part_n="1000.00"))
    ledger.close(2025)
    ledger.handle(advance_granted(order_id="ORD-1", amount="800.00", ordered_on="2025-12-20"))

    decision = ledger.handle(
        advance_granted(order_id="ORD-2", amount="300.00", ordered_on="2025-12-21")
    )

    assert lines(only_event(decision, AccountingEntryPosted)) == [
        ("SF", EXPENSE_PREVIOUS, "100.00", "0.00", 2025, "81512214"),
        ("T", ACCRUED, "200.00", "0.00", None, None),
        ("T", THIRD_PARTY, "0.00", "300.00", None, None),
    ]
    assert str(ledger.grant().accrual_left) == "0.00"


def test_an_advance_on_the_second_part_leaves_the_accrual_alone() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)

    ledger.handle(advance_granted(exercise=2026, amount="500.00", ordered_on="2026-02-02"))

    assert [line[1] for line in lines(ledger.only_posted("advance"))] == [EXPENSE, THIRD_PARTY]
    assert str(ledger.grant().accrual_left) == "1103.30"


def test_an_advance_two_closed_exercises_late_is_an_older_expense() -> None:
    ledger = Ledger()
    ledger.close(2025)
    ledger.close(2026)

    ledger.handle(advance_granted(amount="700.00", ordered_on="2025-12-20"))

    entry = ledger.only_posted("advance")
    assert lines(entry)[0] == ("SF", EXPENSE_OLDER, "700.00", "0.00", 2025, "81512214")
    assert (entry.exercise, entry.period, str(entry.booked_on)) == (2027, 1, "2027-01-01")


def test_an_advance_is_booked_before_its_grant_is_known() -> None:
    ledger = Ledger()

    ledger.handle(advance_granted(amount="700.00"))
    ledger.handle(funding_granted())

    assert lines(ledger.only_posted("advance"))[0][:3] == ("SF", EXPENSE, "700.00")
    grant = ledger.grant()
    assert grant.parts is not None
    assert str(grant.parts.part_n) == "1103.30"
    assert [str(advance.amount) for advance in grant.advances] == ["700.00"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("association", "81512214"),
        ("commune", "81512214"),
        ("epci", "81512214"),
        ("ccas", "81512214"),
        ("centre_social", "81512214"),
        ("caf", "81513214"),
        ("entreprise", "81514214"),
    ],
)
def test_the_statistical_code_is_that_of_the_gestionnaire(kind: str, code: str) -> None:
    ledger = Ledger()

    ledger.handle(advance_granted(gestionnaire__kind=kind))

    assert [line[5] for line in lines(ledger.only_posted("advance"))] == [code, None]


def test_the_same_order_again_changes_nothing() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted(), "first")

    assert ledger.handle(advance_granted(), "again") == NO_CHANGE


def test_the_same_grant_again_changes_nothing() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(), "first")

    assert ledger.handle(funding_granted(), "again") == NO_CHANGE


def test_a_grant_books_nothing() -> None:
    ledger = Ledger()

    decision = ledger.handle(funding_granted())

    assert decision.events == ()
    assert ledger.entries == []


def test_an_advance_of_nothing_is_remembered_and_not_posted() -> None:
    ledger = Ledger()

    decision = ledger.handle(advance_granted(exercise=2026, amount="0.00", ordered_on="2026-02-02"))

    assert decision.events == ()
    assert ledger.entries == []
    assert [exercise.year for exercise in ledger.books().exercises] == [2025]


def test_an_advance_cannot_be_booked_before_its_own_exercise() -> None:
    with pytest.raises(AssertionError, match="an expense of 2026 cannot be booked in 2025"):
        Ledger().handle(advance_granted(exercise=2026, ordered_on="2025-12-01"))


def test_events_of_a_closed_exercise_do_not_write_the_books() -> None:
    ledger = Ledger()
    ledger.close(2025)

    decision = ledger.handle(funding_granted())

    assert [type(state) for state in decision.states] == [Grant]


def test_only_the_first_activity_of_an_exercise_writes_the_books() -> None:
    ledger = Ledger()

    first = ledger.handle(funding_granted())
    second = ledger.handle(advance_granted())
    other = ledger.handle(funding_granted(dossier_id=OTHER_DOSSIER))
    next_exercise = ledger.handle(
        advance_granted(order_id="ORD-2", exercise=2026, ordered_on="2026-02-02")
    )
    again = ledger.handle(advance_granted(order_id="ORD-3", exercise=2026, ordered_on="2026-02-03"))

    writes = [any(isinstance(s, Books) for s in d.states) for d in (first, second, other)]
    assert writes == [True, False, False]
    assert any(isinstance(state, Books) for state in next_exercise.states)
    assert not any(isinstance(state, Books) for state in again.states)


@pytest.mark.parametrize("event", [funding_granted(), advance_granted()])
def test_every_decision_reads_the_books_so_that_a_closing_fences_it(
    event: FundingGranted | AdvanceGranted,
) -> None:
    named = set(states_of_posting(message_of(event), States({})))

    assert named == {StateRef(Books, CAF), StateRef(Grant, GRANT)}
    assert Books.shared

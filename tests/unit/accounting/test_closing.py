"""A closing is accepted once, or refused with every reason there is."""

import pytest

from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing
from shared.contracts.accounting import ClosingContinued, ClosingRefused
from shared.kernel.decision import NO_CHANGE, RequestRef
from tests.support.decide import events_of, only_event
from tests.support.samples import (
    CAF,
    OTHER_CAF,
    advance_granted,
    exercise_closed,
    funding_granted,
)
from tests.unit.accounting.ledger import Ledger


def refusals(refused: ClosingRefused) -> list[str]:
    return [reason.rule for reason in refused.reasons]


def test_accepting_marks_the_exercise_and_begins_with_the_grants() -> None:
    ledger = Ledger()

    decision = ledger.handle(exercise_closed(), "close-2025")

    begun, books = decision.states
    assert isinstance(begun, Closing)
    assert isinstance(books, Books)
    assert (begun.step, begun.after, begun.sequence) == ("grants", "", 0)
    assert books.exercise(2025).status == "closing"
    assert books.running is not None
    assert books.running.origin == RequestRef(request="close-2025", correlation="close-2025")
    assert events_of(decision) == (
        ClosingContinued(caf=CAF, exercise=2025, step="grants", after=""),
    )


@pytest.mark.parametrize("closed_on", ["2025-12-31", "2025-12-15", "2024-01-31"])
def test_an_exercise_is_not_closed_before_it_ends(closed_on: str) -> None:
    ledger = Ledger()

    decision = ledger.handle(exercise_closed(closed_on=closed_on))

    refused = only_event(decision, ClosingRefused)
    assert (refused.caf, refused.exercise) == (CAF, 2025)
    assert refusals(refused) == ["CLO-02"]
    assert decision.states == ()


def test_the_first_day_of_the_next_year_is_late_enough() -> None:
    decision = Ledger().handle(exercise_closed(closed_on="2026-01-01"))

    assert decision.states != ()


def test_a_message_says_what_was_found_and_what_is_expected() -> None:
    decision = Ledger().handle(exercise_closed(closed_on="2025-12-05"))

    assert only_event(decision, ClosingRefused).reasons[0].message == (
        "La clôture de l’exercice 2025 est datée du 05/12/2025 : elle doit être postérieure au "
        "31/12/2025."
    )


def test_an_earlier_exercise_with_a_grant_comes_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())

    refused = only_event(
        ledger.handle(exercise_closed(exercise=2026, closed_on="2027-01-15")), ClosingRefused
    )

    assert refusals(refused) == ["CLO-01"]
    assert "(2025)" in refused.reasons[0].message


def test_an_advance_proves_that_there_is_a_grant_in_the_year_before() -> None:
    ledger = Ledger()
    ledger.handle(advance_granted(exercise=2026, ordered_on="2026-03-10"))

    decision = ledger.handle(exercise_closed(exercise=2026, closed_on="2027-01-15"))

    assert refusals(only_event(decision, ClosingRefused)) == ["CLO-01"]


def test_an_earlier_exercise_with_entries_comes_first() -> None:
    ledger = Ledger()
    ledger.close(2025)
    ledger.handle(advance_granted(ordered_on="2025-12-20"))

    refused = only_event(
        ledger.handle(exercise_closed(exercise=2027, closed_on="2028-01-15")), ClosingRefused
    )

    assert refusals(refused) == ["CLO-01"]
    assert "(2026)" in refused.reasons[0].message


def test_an_earlier_exercise_with_a_commitment_to_reverse_comes_first() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted())
    ledger.close(2025)

    decision = ledger.handle(exercise_closed(exercise=2027, closed_on="2028-01-15"))

    assert refusals(only_event(decision, ClosingRefused)) == ["CLO-01"]


def test_an_exercise_without_any_commitment_leaves_the_next_one_inactive() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(part_n1="0.00"))
    ledger.close(2025)

    ledger.close(2027)
    assert [completed.exercise for completed in ledger.completed] == [2025, 2027]


def test_an_earlier_exercise_that_holds_nothing_does_not_have_to_be_closed() -> None:
    ledger = Ledger()

    ledger.close(2026)

    assert ledger.books().exercise(2026).status == "closed"
    assert ledger.books().is_open(2025)


def test_every_earlier_exercise_is_named() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(dossier_id="D-2026", school_year="2026-2027"))
    ledger.handle(funding_granted(dossier_id="D-2025"))

    decision = ledger.handle(exercise_closed(exercise=2027, closed_on="2028-01-15"))

    assert only_event(decision, ClosingRefused).reasons[0].message == (
        "L’exercice 2027 de la Caf 761 ne peut pas être clôturé : des exercices antérieurs "
        "restent ouverts et portent des écritures, des droits ou des engagements à contrepasser "
        "(2025, 2026). Ils doivent être clôturés d’abord."
    )


def test_a_caf_closes_one_exercise_at_a_time() -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed())

    refused = only_event(
        ledger.handle(exercise_closed(exercise=2026, closed_on="2027-01-15")), ClosingRefused
    )

    assert refusals(refused) == ["CLO-03"]
    assert "La clôture de l’exercice 2025 de la Caf 761 est en cours" in refused.reasons[0].message


def test_all_reasons_are_told_at_once() -> None:
    ledger = Ledger()
    ledger.handle(funding_granted(school_year="2026-2027"))
    ledger.handle(exercise_closed())

    decision = ledger.handle(exercise_closed(exercise=2027, closed_on="2027-12-31"))

    assert refusals(only_event(decision, ClosingRefused)) == ["CLO-01", "CLO-02", "CLO-03"]


def test_the_closing_of_one_caf_does_not_hold_up_another() -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed())

    decision = ledger.handle(exercise_closed(caf=OTHER_CAF))

    assert [type(event) for event in events_of(decision)] == [ClosingContinued]


def test_a_refused_closing_may_come_again() -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed(closed_on="2025-12-31"), "too-early")

    ledger.close(2025)

    assert [completed.exercise for completed in ledger.completed] == [2025]


@pytest.mark.parametrize("closed_on", ["2026-01-15", "2026-02-28", "2025-12-31"])
def test_a_further_closing_changes_nothing_while_it_runs_nor_afterwards(closed_on: str) -> None:
    ledger = Ledger()
    ledger.handle(exercise_closed())

    assert ledger.handle(exercise_closed(closed_on=closed_on)) == NO_CHANGE
    ledger.run()
    assert ledger.handle(exercise_closed(closed_on=closed_on)) == NO_CHANGE
    assert len(ledger.completed) == 1

"""Reversing an advance: taken back whole, its ceiling free again, or refused with every reason."""

from typing import Any

import pytest

from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant
from shared.contracts.funding import AdvanceGranted, AdvanceReversalRefused, AdvanceReversed
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, said_only
from tests.support.life import advance_reversal_ordered, result_account_filed
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    advance_order,
    agrement,
    convention,
)
from tests.unit.funding.builders import euros, story

GRANT = f"{DOSSIER}|2025-2026"


def advanced(**changes: Any) -> Story:
    """An advance of 700.00 on exercise 2025, of 5 November 2025, within 772.31."""
    told = story()
    told.when(agrement())
    told.when(convention())
    told.when(advance_order(**changes))
    return told


def rules(decision: Decision) -> list[str]:
    """Return the rules of a refused reversal, which must change nothing."""
    assert decision.states == ()
    return [reason.rule for reason in said_only(decision, AdvanceReversalRefused).reasons]


def test_an_advance_is_taken_back_whole() -> None:
    told = advanced()

    decision = told.when(advance_reversal_ordered())

    assert said_only(decision, AdvanceReversed) == AdvanceReversed(
        caf=CAF,
        dossier_id=DOSSIER,
        school_year="2025-2026",
        reversal_id="ANN-1",
        order_id="ORD-1",
        exercise=2025,
        amount=euros("700.00")[0],
        reversed_on=advance_reversal_ordered().ordered_on,
        motive="Montant saisi pour un autre dossier",
        gestionnaire=agrement().gestionnaire,
    )
    assert isinstance(decision.states[0], Grant)
    assert told.get(AcceptedOrder, "ORD-1").reversed_by == "ANN-1"
    assert told.get(AcceptedReversal, "ANN-1").content


def test_the_ceiling_of_its_exercise_is_free_again() -> None:
    told = advanced()
    told.when(advance_order(order_id="B", exercise=2026, amount="9.00", ordered_on="2026-02-01"))
    told.when(advance_reversal_ordered())

    grant = told.get(Grant, GRANT)
    assert (grant.advances_n, grant.advances_n1) == euros("0.00", "9.00")
    said_only(told.when(advance_order(order_id="C", amount="772.31")), AdvanceGranted)


def test_an_advance_of_the_second_exercise_is_taken_from_that_exercise() -> None:
    told = advanced()
    told.when(advance_order(order_id="B", exercise=2026, amount="9.00", ordered_on="2026-02-01"))

    told.when(advance_reversal_ordered(order_id="B", ordered_on="2026-02-01"))

    grant = told.get(Grant, GRANT)
    assert (grant.advances_n, grant.advances_n1) == euros("700.00", "0.00")


def test_the_order_that_was_reversed_stays_old_news() -> None:
    told = advanced()
    told.when(advance_reversal_ordered())

    assert told.when(advance_order()) == NO_CHANGE
    assert told.get(Grant, GRANT).advances_n == 0


def test_a_reversal_is_done_once_and_the_same_one_again_is_silent() -> None:
    told = advanced()
    told.when(advance_reversal_ordered())
    before = told.states

    assert told.when(advance_reversal_ordered()) == NO_CHANGE
    assert told.states == before


@pytest.mark.parametrize(
    "change", [{"motive": "Autre"}, {"caf": OTHER_CAF}, {"order_id": "ORD-2"}, {"ordered_by": "X"}]
)
def test_a_reversal_never_changes_and_that_reason_stands_alone(change: dict[str, Any]) -> None:
    told = advanced()
    told.when(advance_reversal_ordered())

    assert rules(told.when(advance_reversal_ordered(**change))) == ["TEC-01"]


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"caf": OTHER_CAF}, ["TEC-03"], "Caf 771"),
        ({"order_id": "ORD-9"}, ["ACO-05"], "ORD-9"),
        ({"ordered_on": "2025-11-04"}, ["ACO-06"], "du 05/11/2025"),
        ({"caf": OTHER_CAF, "ordered_on": "2025-11-04"}, ["TEC-03", "ACO-06"], "Caf 771"),
    ],
)
def test_reasons_are_told_together(change: dict[str, Any], expected: list[str], words: str) -> None:
    told = advanced()
    before = told.states

    decision = told.when(advance_reversal_ordered(**change))

    assert rules(decision) == expected
    assert words in said_only(decision, AdvanceReversalRefused).reasons[0].message
    assert told.states == before


def test_an_advance_may_be_reversed_on_its_own_day() -> None:
    decision = advanced().when(advance_reversal_ordered(ordered_on="2025-11-05"))

    assert said_only(decision, AdvanceReversed).exercise == 2025


def test_an_advance_is_reversed_by_one_reversal_only() -> None:
    told = advanced()
    told.when(advance_reversal_ordered())

    decision = told.when(advance_reversal_ordered(reversal_id="ANN-2"))

    assert rules(decision) == ["ACO-06"]
    assert said_only(decision, AdvanceReversalRefused).reasons[0].message == (
        "L'acompte ORD-1 est déjà annulé par ANN-1."
    )


def test_an_advance_of_another_dossier_is_unknown_here() -> None:
    told = advanced()
    told.when(agrement(dossier_id=OTHER_DOSSIER))

    foreign = advance_reversal_ordered(dossier_id=OTHER_DOSSIER, ordered_on="2025-11-01")

    assert rules(told.when(foreign)) == ["ACO-05"]
    assert told.get(Grant, GRANT).advances_n == 700


def test_nothing_is_reversed_once_the_year_is_settled() -> None:
    told = advanced()
    told.when(result_account_filed())

    decision = told.when(advance_reversal_ordered())

    assert rules(decision) == ["SOL-02"]
    assert "comptes du 15/09/2026" in said_only(decision, AdvanceReversalRefused).reasons[0].message


def test_without_a_grant_that_reason_stands_alone() -> None:
    told = advanced()
    told.when(agrement(dossier_id=OTHER_DOSSIER, school_year="2026-2027"))

    assert rules(told.when(advance_reversal_ordered(dossier_id="ELAN-0", caf="771"))) == ["COM-05"]
    deferred = advance_reversal_ordered(dossier_id=OTHER_DOSSIER, school_year="2026-2027")
    assert rules(told.when(deferred)) == ["COM-05"]


def test_a_refused_reversal_may_come_again_with_other_content() -> None:
    told = advanced()
    assert rules(told.when(advance_reversal_ordered(ordered_on="2025-11-04"))) == ["ACO-06"]

    assert said_only(told.when(advance_reversal_ordered()), AdvanceReversed).order_id == "ORD-1"


def test_a_refusal_is_about_the_grant_and_goes_to_the_caf_that_sent_it() -> None:
    decision = advanced().when(advance_reversal_ordered(caf=OTHER_CAF))

    refused = said_only(decision, AdvanceReversalRefused)
    assert (refused.caf, refused.reversal_id) == (OTHER_CAF, "ANN-1")
    assert (refused.dossier_id, refused.school_year) == (DOSSIER, "2025-2026")
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


def test_a_reversal_tells_its_checks_and_what_is_free_again() -> None:
    steps = advanced().when(advance_reversal_ordered()).steps

    assert [(step.rule, step.outcome) for step in steps] == [
        *((rule, "ok") for rule in ("TEC-03", "ACO-05", "ACO-06", "ACO-06", "SOL-02")),
        ("ACO-01", "computed"),
    ]
    assert steps[-1].amounts == {"amount": "700.00"}

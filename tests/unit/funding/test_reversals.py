"""Reversing an advance: taken back whole, its ceiling free again, or refused with every reason."""

from typing import Any

import pytest

from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant
from shared.contracts.funding import AdvanceGranted, AdvanceReversalRefused, AdvanceReversed
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
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
    scenario = story()
    scenario.when(agrement())
    scenario.when(convention())
    scenario.when(advance_order(**changes))
    return scenario


def rules(decision: Decision) -> list[str]:
    """Return the rules of a refused reversal, which must change nothing."""
    assert decision.states == ()
    return [reason.rule for reason in only_event(decision, AdvanceReversalRefused).reasons]


def test_an_advance_is_taken_back_whole() -> None:
    scenario = advanced()

    decision = scenario.when(advance_reversal_ordered())

    assert only_event(decision, AdvanceReversed) == AdvanceReversed(
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
    assert scenario.get(AcceptedOrder, "ORD-1").reversed_by == "ANN-1"
    assert scenario.get(AcceptedReversal, "ANN-1").content


def test_the_ceiling_of_its_exercise_is_free_again() -> None:
    scenario = advanced()
    scenario.when(
        advance_order(order_id="B", exercise=2026, amount="9.00", ordered_on="2026-02-01")
    )
    scenario.when(advance_reversal_ordered())

    grant = scenario.get(Grant, GRANT)
    assert (grant.advances_n, grant.advances_n1) == euros("0.00", "9.00")
    only_event(scenario.when(advance_order(order_id="C", amount="772.31")), AdvanceGranted)


def test_an_advance_of_the_second_exercise_is_taken_from_that_exercise() -> None:
    scenario = advanced()
    scenario.when(
        advance_order(order_id="B", exercise=2026, amount="9.00", ordered_on="2026-02-01")
    )

    scenario.when(advance_reversal_ordered(order_id="B", ordered_on="2026-02-01"))

    grant = scenario.get(Grant, GRANT)
    assert (grant.advances_n, grant.advances_n1) == euros("700.00", "0.00")


def test_the_order_that_was_reversed_stays_old_news() -> None:
    scenario = advanced()
    scenario.when(advance_reversal_ordered())

    assert scenario.when(advance_order()) == NO_CHANGE
    assert scenario.get(Grant, GRANT).advances_n == 0


def test_a_reversal_is_done_once_and_the_same_one_again_is_silent() -> None:
    scenario = advanced()
    scenario.when(advance_reversal_ordered())
    before = scenario.states

    assert scenario.when(advance_reversal_ordered()) == NO_CHANGE
    assert scenario.states == before


@pytest.mark.parametrize(
    "change", [{"motive": "Autre"}, {"caf": OTHER_CAF}, {"order_id": "ORD-2"}, {"ordered_by": "X"}]
)
def test_a_reversal_never_changes_and_that_reason_stands_alone(change: dict[str, Any]) -> None:
    scenario = advanced()
    scenario.when(advance_reversal_ordered())

    assert rules(scenario.when(advance_reversal_ordered(**change))) == ["TEC-01"]


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
    scenario = advanced()
    before = scenario.states

    decision = scenario.when(advance_reversal_ordered(**change))

    assert rules(decision) == expected
    assert words in only_event(decision, AdvanceReversalRefused).reasons[0].message
    assert scenario.states == before


def test_an_advance_may_be_reversed_on_its_own_day() -> None:
    decision = advanced().when(advance_reversal_ordered(ordered_on="2025-11-05"))

    assert only_event(decision, AdvanceReversed).exercise == 2025


def test_an_advance_is_reversed_by_one_reversal_only() -> None:
    scenario = advanced()
    scenario.when(advance_reversal_ordered())

    decision = scenario.when(advance_reversal_ordered(reversal_id="ANN-2"))

    assert rules(decision) == ["ACO-06"]
    assert only_event(decision, AdvanceReversalRefused).reasons[0].message == (
        "L'acompte ORD-1 est déjà annulé par ANN-1."
    )


def test_an_advance_of_another_dossier_is_unknown_here() -> None:
    scenario = advanced()
    scenario.when(agrement(dossier_id=OTHER_DOSSIER))

    foreign = advance_reversal_ordered(dossier_id=OTHER_DOSSIER, ordered_on="2025-11-01")

    assert rules(scenario.when(foreign)) == ["ACO-05"]
    assert scenario.get(Grant, GRANT).advances_n == 700


def test_nothing_is_reversed_once_the_year_is_settled() -> None:
    scenario = advanced()
    scenario.when(result_account_filed())

    decision = scenario.when(advance_reversal_ordered())

    assert rules(decision) == ["SOL-02"]
    assert (
        "comptes du 15/09/2026" in only_event(decision, AdvanceReversalRefused).reasons[0].message
    )


def test_without_a_grant_that_reason_stands_alone() -> None:
    scenario = advanced()
    scenario.when(agrement(dossier_id=OTHER_DOSSIER, school_year="2026-2027"))

    assert rules(scenario.when(advance_reversal_ordered(dossier_id="ELAN-0", caf="771"))) == [
        "COM-05"
    ]
    deferred = advance_reversal_ordered(dossier_id=OTHER_DOSSIER, school_year="2026-2027")
    assert rules(scenario.when(deferred)) == ["COM-05"]


def test_a_refused_reversal_may_come_again_with_other_content() -> None:
    scenario = advanced()
    assert rules(scenario.when(advance_reversal_ordered(ordered_on="2025-11-04"))) == ["ACO-06"]

    assert (
        only_event(scenario.when(advance_reversal_ordered()), AdvanceReversed).order_id == "ORD-1"
    )


def test_a_refusal_is_about_the_grant_and_goes_to_the_caf_that_sent_it() -> None:
    decision = advanced().when(advance_reversal_ordered(caf=OTHER_CAF))

    refused = only_event(decision, AdvanceReversalRefused)
    assert (refused.caf, refused.reversal_id) == (OTHER_CAF, "ANN-1")
    assert (refused.dossier_id, refused.school_year) == (DOSSIER, "2025-2026")
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


def test_a_reversal_tells_its_checks_and_what_is_free_again() -> None:
    steps = advanced().when(advance_reversal_ordered()).findings

    assert [(step.rule, step.outcome) for step in steps] == [
        *((rule, "ok") for rule in ("TEC-03", "ACO-05", "ACO-06", "ACO-06", "SOL-02")),
        ("ACO-01", "computed"),
    ]
    assert steps[-1].amounts == {"amount": "700.00"}

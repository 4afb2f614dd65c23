"""Cancelling a right that will never be settled: a balance in which nothing ran."""

from typing import Any

import pytest

from services.funding.domain.states import Grant
from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    AdvanceReversalRefused,
    BalanceRefused,
    CancellationRefused,
    FundingCancelled,
    FundingGranted,
)
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import (
    advance_reversal_ordered,
    control_concluded,
    envelope_allotted,
    funding_cancellation_ordered,
    result_account_filed,
)
from tests.support.samples import (
    CAF,
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    advance_order,
    agrement,
    bareme,
    convention,
)
from tests.unit.funding.builders import euros, project, story

GRANT = f"{DOSSIER}|2025-2026"


def granted(*advances: tuple[int, str]) -> Story:
    """A grant, its convention, and advances: exercise, amount in euros."""
    scenario = story()
    scenario.when(agrement())
    scenario.when(convention())
    for rank, (exercise, amount) in enumerate(advances, start=1):
        day = "2025-11-05" if exercise == 2025 else "2026-03-10"
        order = {"order_id": f"ORD-{rank}", "exercise": exercise, "ordered_on": day}
        scenario.when(advance_order(**order, amount=amount))
    return scenario


def rules(decision: Decision) -> list[str]:
    """Return the rules of a refused cancellation, which must change nothing."""
    assert decision.states == ()
    return [reason.rule for reason in only_event(decision, CancellationRefused).reasons]


@pytest.mark.parametrize(
    ("advances", "paid", "indus"),
    [
        ((), ("0.00", "0.00"), []),
        (((2025, "700.00"),), ("700.00", "0.00"), [(2025, "700.00")]),
        (((2026, "900.00"),), ("0.00", "900.00"), [(2026, "900.00")]),
        (
            ((2025, "700.00"), (2026, "900.00"), (2026, "0.50")),
            ("700.00", "900.50"),
            [(2025, "700.00"), (2026, "900.50")],
        ),
    ],
)
def test_what_was_advanced_is_to_be_recovered_exercise_by_exercise(
    advances: tuple[tuple[int, str], ...], paid: tuple[str, str], indus: list[tuple[int, str]]
) -> None:
    scenario = granted(*advances)

    event = only_event(scenario.when(funding_cancellation_ordered()), FundingCancelled)

    assert (event.advances_n, event.advances_n1) == euros(*paid)
    assert [(each.exercise, str(each.amount)) for each in event.indus] == indus


def test_a_cancellation_says_on_what_ground_and_since_when() -> None:
    scenario = granted()

    event = only_event(scenario.when(funding_cancellation_ordered()), FundingCancelled)

    assert (event.caf, event.dossier_id, event.school_year) == (CAF, DOSSIER, "2025-2026")
    assert (str(event.cancelled_on), event.gestionnaire) == ("2027-06-30", agrement().gestionnaire)
    assert event.legal_ground == "Convention d'objectifs et de financement, article 6"
    assert event.motive == "Comptes jamais produits malgré deux relances"
    assert scenario.get(Grant, GRANT).status == "cancelled"


def test_a_right_that_waits_can_be_cancelled_and_is_never_granted() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))
    order = funding_cancellation_ordered(school_year="2026-2027")

    event = only_event(scenario.when(order), FundingCancelled)

    assert (event.advances_n, event.advances_n1, event.indus) == (*euros("0.00", "0.00"), ())
    _, release, _ = scenario.says(bareme())
    assert scenario.when(release) == NO_CHANGE
    late = advance_order(school_year="2026-2027", exercise=2026, ordered_on="2026-11-05")
    (reason,) = only_event(scenario.when(late), AdvanceRefused).reasons
    assert (reason.rule, "est annulé" in reason.message) == ("COM-05", True)


def test_a_right_is_cancelled_once_and_the_same_order_again_is_silent() -> None:
    scenario = granted()
    scenario.when(funding_cancellation_ordered())
    before = scenario.states

    assert scenario.when(funding_cancellation_ordered()) == NO_CHANGE
    assert scenario.states == before


@pytest.mark.parametrize("change", [{"motive": " "}, {"caf": OTHER_CAF}, {"ordered_by": "X"}])
def test_a_cancellation_never_changes_and_that_reason_stands_alone(change: dict[str, Any]) -> None:
    scenario = granted()
    scenario.when(funding_cancellation_ordered())

    assert rules(scenario.when(funding_cancellation_ordered(**change))) == ["TEC-01"]


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"caf": OTHER_CAF}, ["TEC-03"], "Caf 771"),
        ({"legal_ground": " "}, ["AGR-03"], "manque : le fondement juridique."),
        ({"motive": ""}, ["AGR-03"], "manque : le motif."),
        ({"legal_ground": "", "motive": ""}, ["AGR-03"], "le fondement juridique, le motif."),
        ({"caf": OTHER_CAF, "motive": ""}, ["TEC-03", "AGR-03"], "Caf 771"),
    ],
)
def test_reasons_are_told_together(change: dict[str, Any], expected: list[str], words: str) -> None:
    scenario = granted()
    before = scenario.states

    decision = scenario.when(funding_cancellation_ordered(**change))

    assert rules(decision) == expected
    assert words in only_event(decision, CancellationRefused).reasons[0].message
    assert scenario.states == before


def test_what_is_settled_is_not_cancelled() -> None:
    scenario = granted()
    scenario.when(result_account_filed())

    decision = scenario.when(funding_cancellation_ordered(motive=""))

    assert rules(decision) == ["SOL-02", "AGR-03"]


def test_without_a_grant_that_reason_stands_alone() -> None:
    scenario = granted()

    for order in (
        funding_cancellation_ordered(dossier_id=OTHER_DOSSIER, motive="", caf=OTHER_CAF),
        funding_cancellation_ordered(school_year="2026-2027"),
    ):
        assert rules(scenario.when(order)) == ["COM-05"]


def test_a_refusal_is_about_the_grant_and_goes_to_the_caf_that_sent_it() -> None:
    decision = granted().when(funding_cancellation_ordered(caf=OTHER_CAF))

    refused = only_event(decision, CancellationRefused)
    assert (refused.caf, refused.dossier_id, refused.school_year) == (
        OTHER_CAF,
        DOSSIER,
        "2025-2026",
    )
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


@pytest.mark.parametrize(
    ("request_", "answer", "rule"),
    [
        (advance_order(order_id="LATE"), AdvanceRefused, "SOL-02"),
        (advance_reversal_ordered(), AdvanceReversalRefused, "SOL-02"),
        (result_account_filed(), BalanceRefused, "COM-05"),
        (control_concluded(), AdjustmentRefused, "COM-05"),
    ],
)
def test_nothing_more_is_decided_on_a_cancelled_year(
    request_: WireModel,
    answer: type[AdvanceRefused],
    rule: str,
) -> None:
    scenario = granted((2025, "50.00"))
    scenario.when(funding_cancellation_ordered())

    (reason,) = only_event(scenario.when(request_), answer).reasons

    assert reason.rule == rule
    assert "annulé" in reason.message


def test_a_cancellation_tells_its_checks_and_what_is_to_be_recovered() -> None:
    steps = granted((2026, "900.00")).when(funding_cancellation_ordered()).findings

    assert [(step.rule, step.outcome) for step in steps] == [
        *((rule, "ok") for rule in ("TEC-03", "SOL-02", "AGR-03")),
        ("SOL-02", "computed"),
        ("CPT-05", "computed"),
    ]
    assert steps[-2].amounts == {"advances_n": "0.00", "advances_n1": "900.00"}
    assert steps[-1].message == (
        "Indu de 900,00\u00a0€ sur 2026, sans compensation avec l'autre exercice."
    )


def test_a_right_that_waits_for_an_envelope_leaves_the_list_to_those_behind_it() -> None:
    scenario = story()
    scenario.when(envelope_allotted(amount="1000.00"))
    scenario.when(agrement())  # Needs 1103.30 in 2025.
    scenario.when(project("2000.00", dossier_id=OTHER_DOSSIER))  # Needs 260.00, behind it.

    cancelled, page = scenario.says(funding_cancellation_ordered())
    (granted,) = scenario.says(page)

    assert isinstance(cancelled, FundingCancelled)
    assert isinstance(granted, FundingGranted)
    assert granted.dossier_id == OTHER_DOSSIER

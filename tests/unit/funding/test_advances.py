"""Advances: granted whole within their ceiling, or refused with every reason."""

from typing import Any

import pytest

from services.funding.domain.states import AcceptedOrder, Grant
from shared.contracts.caf import AdvanceOrdered
from shared.contracts.funding import AdvanceGranted, AdvanceRefused
from shared.kernel.decision import NO_CHANGE, OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import result_account_filed
from tests.support.samples import (
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    advance_granted,
    advance_order,
    agrement,
    convention,
)
from tests.unit.funding.builders import euros, reasons, rules, story

GRANT = f"{DOSSIER}|2025-2026"


def signed() -> Story:
    """A grant with ceilings of 772.31 and 1158.46, its convention signed on 20 October 2025."""
    scenario = story()
    scenario.when(agrement())
    scenario.when(convention())
    return scenario


def second(**changes: object) -> AdvanceOrdered:
    """An advance on the exercise of part N+1."""
    return advance_order(
        **{"order_id": "ORD-2", "exercise": 2026, "ordered_on": "2026-03-10", **changes}
    )


def test_an_advance_within_the_ceiling_is_granted() -> None:
    scenario = signed()

    decision = scenario.when(advance_order())

    assert only_event(decision, AdvanceGranted) == advance_granted()
    assert isinstance(decision.states[0], Grant)
    assert scenario.find(AcceptedOrder, "ORD-1") in decision.states


@pytest.mark.parametrize(
    ("order", "advances"),
    [
        (advance_order(amount="772.31"), ("772.31", "0.00")),
        (second(amount="1158.46"), ("0.00", "1158.46")),
        (advance_order(ordered_on="2025-12-31"), ("700.00", "0.00")),
        (second(ordered_on="2026-01-01"), ("0.00", "700.00")),
        (second(ordered_on="2026-12-31"), ("0.00", "700.00")),
    ],
)
def test_an_advance_counts_on_its_own_exercise_up_to_the_ceiling(
    order: AdvanceOrdered, advances: tuple[str, str]
) -> None:
    scenario = signed()

    only_event(scenario.when(order), AdvanceGranted)

    grant = scenario.get(Grant, GRANT)
    assert (grant.advances_n, grant.advances_n1) == euros(*advances)


@pytest.mark.parametrize(
    ("order", "rule", "ceiling"),
    [
        (advance_order(amount="772.32"), "ACO-01", "772,31"),
        (second(amount="1158.47"), "ACO-03", "1\u202f158,46"),
    ],
)
def test_a_cent_beyond_the_ceiling_is_refused_whole(
    order: AdvanceOrdered, rule: str, ceiling: str
) -> None:
    scenario = signed()

    (reason,) = reasons(scenario.when(order))

    assert reason.rule == rule
    assert f"plafond est de {ceiling}\u00a0€" in reason.message
    assert scenario.get(Grant, GRANT).advances_n == 0


def test_advances_of_one_exercise_add_up_to_its_ceiling() -> None:
    scenario = signed()
    for name, amount in (("A", "400.00"), ("B", "372.00")):
        only_event(scenario.when(advance_order(order_id=name, amount=amount)), AdvanceGranted)

    (reason,) = reasons(scenario.when(advance_order(order_id="C", amount="0.32")))
    last = scenario.when(advance_order(order_id="D", amount="0.31"))

    assert reason.rule == "ACO-01"
    assert "772,32" in reason.message
    assert "772,00\u00a0€ déjà accordés" in reason.message
    assert isinstance(only_event(last, AdvanceGranted), AdvanceGranted)
    assert (scenario.get(Grant, GRANT).advances_n,) == euros("772.31")


def test_what_one_exercise_leaves_does_not_pass_to_the_other() -> None:
    scenario = signed()
    only_event(scenario.when(second(amount="1158.46")), AdvanceGranted)

    only_event(scenario.when(advance_order(amount="772.31")), AdvanceGranted)

    assert rules(scenario.when(second(order_id="ORD-3", amount="0.01"))) == ["ACO-03"]
    assert rules(scenario.when(advance_order(order_id="ORD-4", amount="0.01"))) == ["ACO-01"]


@pytest.mark.parametrize(
    "order",
    [
        advance_order(),
        advance_order(school_year="2024-2025"),
        advance_order(dossier_id=OTHER_DOSSIER),
        advance_order(caf=OTHER_CAF, amount="0.00", exercise=2031, ordered_on="2020-01-01"),
    ],
)
def test_without_a_grant_that_reason_stands_alone(order: AdvanceOrdered) -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))  # Deferred, and of another school year.

    (reason,) = reasons(scenario.when(order))

    assert reason.rule == "COM-05"
    assert "n'est pas accordé" in reason.message


def test_a_deferred_grant_is_no_grant() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))
    scenario.when(convention())

    (reason,) = reasons(scenario.when(advance_order(school_year="2026-2027", exercise=2026)))

    assert reason.rule == "COM-05"
    assert "différé" in reason.message


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (advance_order(caf=OTHER_CAF), "TEC-03"),
        (advance_order(ordered_on="2025-10-19"), "CNV-01"),
        (second(ordered_on="2025-12-31"), "ACO-02"),
        (second(ordered_on="2025-11-05", amount="1158.47"), "ACO-02"),
        (second(ordered_on="2027-01-01"), "ACO-04"),
        (advance_order(ordered_on="2026-01-01"), "ACO-04"),
        (advance_order(ordered_on="2026-01-01", amount="772.32"), "ACO-04"),
        (advance_order(exercise=2024), "ACO-04"),
        (advance_order(exercise=2027, ordered_on="2027-02-01"), "ACO-04"),
        (advance_order(amount="0.00"), "ACO-04"),
    ],
)
def test_each_reason_by_itself(order: AdvanceOrdered, rule: str) -> None:
    scenario = signed()
    before = scenario.states

    assert rules(scenario.when(order)) == [rule]
    assert scenario.states == before


def test_the_convention_counts_from_the_day_of_its_signature() -> None:
    scenario = signed()

    answer = scenario.when(advance_order(ordered_on="2025-10-20"))

    assert isinstance(only_event(answer, AdvanceGranted), AdvanceGranted)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (advance_order(ordered_on="2025-09-30", amount="772.32"), ["CNV-01", "CAL-05", "ACO-01"]),
        (second(ordered_on="2025-09-30"), ["CNV-01", "CAL-05", "ACO-02"]),
        (second(ordered_on="2025-09-30", amount="0.00"), ["CNV-01", "CAL-05", "ACO-02", "ACO-04"]),
        (advance_order(exercise=2027, amount="0.00"), ["ACO-04", "ACO-04"]),
        (advance_order(ordered_on="2024-10-01"), ["CNV-01", "CAL-05", "ACO-04"]),
        (second(ordered_on="2024-12-31"), ["CNV-01", "CAL-05", "ACO-02"]),
        (
            advance_order(caf=OTHER_CAF, ordered_on="2025-09-30", amount="772.32"),
            ["TEC-03", "CNV-01", "CAL-05", "ACO-01"],
        ),
    ],
)
def test_all_reasons_are_told_together(order: AdvanceOrdered, expected: list[str]) -> None:
    assert rules(signed().when(order)) == expected


def test_messages_say_what_was_observed_and_what_is_expected() -> None:
    scenario = story()
    scenario.when(agrement())
    order = second(ordered_on="2025-12-31", amount="0.00")

    assert [reason.message for reason in reasons(scenario.when(order))] == [
        (
            "Aucune convention signée n'est connue : elle doit l'être au plus tard le "
            "31/12/2025, jour de l'ordre d'acompte."
        ),
        (
            "L'acompte sur l'exercice 2026 est ordonné le 31/12/2025 : "
            "il ne peut l'être qu'à partir du 01/01/2026."
        ),
        "Le montant ordonné est de 0,00\u00a0€ : un montant supérieur à zéro est attendu.",
    ]


def test_the_two_mismatches_of_exercise_are_told_apart() -> None:
    scenario = signed()

    (foreign,) = reasons(scenario.when(advance_order(exercise=2027)))
    (late,) = reasons(scenario.when(advance_order(ordered_on="2026-02-01")))

    assert "2025 ou 2026 est attendu" in foreign.message
    assert "il doit être daté de 2025" in late.message


def test_a_refusal_names_the_order_and_goes_to_the_caf_that_sent_it() -> None:
    decision = signed().when(advance_order(caf=OTHER_CAF))

    refused = only_event(decision, AdvanceRefused)
    assert (refused.caf, refused.dossier_id, refused.school_year) == (
        OTHER_CAF,
        DOSSIER,
        "2025-2026",
    )
    assert (refused.order_id, refused.exercise) == ("ORD-1", 2025)
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


def test_an_accepted_order_sent_again_is_silent_even_at_the_ceiling() -> None:
    scenario = signed()
    scenario.when(advance_order(amount="772.31"))
    before = scenario.states

    assert scenario.when(advance_order(amount="772.31"), id="again") == NO_CHANGE
    assert scenario.states == before


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "0.00"},
        {"ordered_on": "2025-09-01"},
        {"exercise": 2026},
        {"caf": OTHER_CAF},
        {"ordered_by": "Ordonnateur"},
    ],
)
def test_an_accepted_order_never_changes_and_that_reason_stands_alone(
    change: dict[str, Any],
) -> None:
    scenario = signed()
    scenario.when(advance_order())

    assert rules(scenario.when(advance_order(**change), id="other")) == ["TEC-01"]


def test_an_order_id_belongs_to_one_dossier_only() -> None:
    scenario = signed()
    scenario.when(agrement(dossier_id=OTHER_DOSSIER))
    scenario.when(convention(dossier_id=OTHER_DOSSIER))
    scenario.when(advance_order())

    assert rules(scenario.when(advance_order(dossier_id=OTHER_DOSSIER))) == ["TEC-01"]
    assert scenario.get(Grant, f"{OTHER_DOSSIER}|2025-2026").advances_n == 0


def test_the_missing_grant_comes_before_the_known_order() -> None:
    scenario = signed()
    scenario.when(advance_order())

    assert rules(scenario.when(advance_order(dossier_id=OTHER_DOSSIER))) == ["COM-05"]


def test_a_refused_order_may_come_again_with_other_content() -> None:
    scenario = signed()
    assert rules(scenario.when(advance_order(amount="772.32"))) == ["ACO-01"]

    answer = scenario.when(advance_order(amount="772.31"))

    assert isinstance(only_event(answer, AdvanceGranted), AdvanceGranted)


def test_no_advance_is_paid_once_the_year_is_settled() -> None:
    scenario = signed()
    scenario.when(result_account_filed())

    (reason,) = reasons(scenario.when(second()))

    assert reason.rule == "SOL-02"
    assert "soldée sur les comptes du 15/09/2026" in reason.message


def test_an_order_tells_each_check_that_it_meets() -> None:
    scenario = signed()

    checked = ("TEC-03", "CNV-01", "CAL-05", "ACO-02", "ACO-04", "ACO-04", "ACO-01", "SOL-02")
    assert [(s.rule, s.outcome) for s in scenario.when(advance_order()).findings] == [
        (rule, "ok") for rule in checked
    ]
    refused = scenario.when(second(order_id="B", amount="1158.47")).findings
    assert [s.rule for s in refused if s.outcome == "breach"] == ["ACO-03"]
    assert [s.rule for s in refused if s.outcome == "ok"] == [*checked[:6], "SOL-02"]

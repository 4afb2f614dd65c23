"""A control: rappel, indu or nothing against the last decided amounts, by exercise."""

from typing import Any

import pytest

from services.funding.domain.states import Grant
from shared.contracts.caf import ControlConcluded
from shared.contracts.funding import AdjustmentDecided, AdjustmentRefused
from shared.kernel.decision import NO_CHANGE, Decision, OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import actual_collectif, control_concluded, result_account_filed
from tests.support.samples import (
    DOSSIER,
    OTHER_CAF,
    OTHER_DOSSIER,
    agrement,
    bareme,
    convention,
)
from tests.unit.funding.builders import BOTH, euros, project, story

GRANT = f"{DOSSIER}|2025-2026"
FAR = {"total_annual_cost": "1000000.00", "resources": []}


def closed(cost: str = "7000.00", done: tuple[str, ...] = (), **changes: Any) -> Story:
    """A granted collectif of 8 000 euros, settled on 15 September 2026 at this cost."""
    scenario = story()
    scenario.when(project("8000.00", **{"bonuses": BOTH, **changes}))
    scenario.when(convention())
    collectifs = [actual_collectif(actual_cost=cost, bonus_done=done)]
    scenario.when(result_account_filed(collectifs=collectifs, budget=FAR))
    return scenario


def control(cost: str = "7600.00", done: tuple[str, ...] = (), **changes: Any) -> ControlConcluded:
    """A control of that collectif, decided once the contradictory period is over."""
    collectifs = [actual_collectif(actual_cost=cost, bonus_done=done)]
    result = {
        "observations_sent_on": "2028-03-01",
        "answered_on": None,
        "decided_on": "2028-04-15",
        "collectifs": collectifs,
        "budget": FAR,
        "measures": ["Recalcul"],
    }
    return control_concluded(**{**result, **changes})


def adjusted(scenario: Story, concluded: ControlConcluded) -> AdjustmentDecided:
    """Return what a control leads to."""
    return only_event(scenario.when(concluded), AdjustmentDecided)


def by_origin(adjustment: AdjustmentDecided) -> list[tuple[int, str]]:
    """Return the differences by exercise, as text."""
    return [(each.exercise, str(each.amount)) for each in adjustment.by_origin]


def rule(decision: Decision) -> str:
    """Return the one rule of a refused control, which must change nothing."""
    assert decision.states == ()
    (reason,) = only_event(decision, AdjustmentRefused).reasons
    return reason.rule


@pytest.mark.parametrize(
    ("cost", "kind", "amount", "origins"),
    [
        ("7600.00", "rappel", "195.00", [(2025, "78.00"), (2026, "117.00")]),
        ("6400.00", "indu", "-195.00", [(2025, "-78.00"), (2026, "-117.00")]),
        ("7000.00", "none", "0.00", [(2025, "0.00"), (2026, "0.00")]),
    ],
)
def test_the_sign_of_the_total_names_what_a_control_leads_to(
    cost: str, kind: str, amount: str, origins: list[tuple[int, str]]
) -> None:
    adjustment = adjusted(closed(), control(cost))

    assert (adjustment.kind, str(adjustment.amount)) == (kind, amount)
    assert by_origin(adjustment) == origins
    assert (adjustment.control_id, str(adjustment.decided_on)) == ("CONTROLE-1", "2028-04-15")
    assert (adjustment.measures, adjustment.gestionnaire) == (
        ("Recalcul",),
        agrement().gestionnaire,
    )


def test_a_bonus_found_by_the_control_is_of_the_second_exercise() -> None:
    adjustment = adjusted(closed(done=("parents",)), control("7000.00", ("enfants",)))

    assert by_origin(adjustment) == [(2025, "0.00"), (2026, "24.00")]
    components = adjustment.components
    assert (components.part_n, components.part_n1) == euros("0.00", "0.00")
    assert (components.bonus_enfants, components.bonus_parents) == euros("329.00", "-305.00")


def test_the_decision_lists_the_measures_of_the_control() -> None:
    """They are published for the gestionnaire, in the order of the control [CTL-08]."""
    measures = ["Recalcul", "Plan de mise en conformité"]

    assert adjusted(closed(), control(measures=measures)).measures == tuple(measures)


def test_parts_that_compensate_each_other_are_both_told() -> None:
    adjustment = adjusted(closed(done=()), control("6000.00", ("enfants",)))

    # 6000.00: Ps 1950.00, 780.00 and 1170.00 + 329.00.
    assert by_origin(adjustment) == [(2025, "-130.00"), (2026, "134.00")]
    assert (adjustment.kind, str(adjustment.amount)) == ("rappel", "4.00")
    assert [str(value) for value in adjustment.components.model_dump().values()] == [
        *("-130.00", "-195.00", "329.00", "0.00")
    ]


def test_each_control_is_against_the_last_decided_amounts() -> None:
    scenario = closed()
    assert str(adjusted(scenario, control("7600.00")).amount) == "195.00"

    second = adjusted(scenario, control("7000.00", control_id="CONTROLE-2"))
    third = adjusted(scenario, control("7000.00", control_id="CONTROLE-3"))

    assert by_origin(second) == [(2025, "-78.00"), (2026, "-117.00")]
    assert third.kind == "none"


def test_the_controlled_budget_caps_what_is_due() -> None:
    budget = {"total_annual_cost": "2500.00", "resources": []}

    adjustment = adjusted(closed(), control("7000.00", budget=budget))

    # 80 % of 2500.00 is 2000.00: 800.00 and 1200.00 instead of 910.00 and 1365.00.
    assert by_origin(adjustment) == [(2025, "-110.00"), (2026, "-165.00")]


def test_a_published_bareme_prices_the_control_too() -> None:
    scenario = story()
    scenario.when(bareme())
    scenario.when(convention())
    scenario.when(project("8000.00", bonuses=BOTH, school_year="2026-2027"))
    year = {"school_year": "2026-2027"}
    scenario.when(result_account_filed(**year, filed_on="2027-09-15", budget=FAR))

    adjustment = adjusted(scenario, control("9000.00", ("enfants",), **year))

    # 9000.00 both times: Ps 2795.00; the bonus parents of 310.00 was not done.
    assert by_origin(adjustment) == [(2026, "0.00"), (2027, "-310.00")]


@pytest.mark.parametrize(
    ("sent", "answered", "decided", "stands"),
    [
        ("2028-03-01", None, "2028-03-30", False),
        ("2028-03-01", None, "2028-03-31", True),
        ("2028-02-01", None, "2028-03-01", False),  # 2028 has a 29 February.
        ("2028-02-01", None, "2028-03-02", True),
        ("2028-03-01", "2028-03-10", "2028-03-10", True),
        ("2028-03-01", "2028-03-11", "2028-03-10", False),
        ("2028-03-01", "2028-04-30", "2028-04-15", True),
    ],
)
def test_a_control_waits_for_the_answer_or_the_end_of_the_period(
    sent: str, answered: str | None, decided: str, *, stands: bool
) -> None:
    concluded = control(observations_sent_on=sent, answered_on=answered, decided_on=decided)

    decision = closed().when(concluded)

    if stands:
        only_event(decision, AdjustmentDecided)
    else:
        assert rule(decision) == "CTL-02"


def test_a_period_that_is_not_over_says_until_when() -> None:
    decision = closed().when(control(decided_on="2028-03-10"))

    (reason,) = only_event(decision, AdjustmentRefused).reasons
    assert reason.message == (
        "Le contrôle est décidé le 10/03/2028, sans réponse du partenaire à cette date : il ne "
        "peut l'être qu'à partir du 31/03/2028, 30 jours après l'envoi des observations le "
        "01/03/2028."
    )


@pytest.mark.parametrize(("decided", "stands"), [("2026-09-15", True), ("2026-09-14", False)])
def test_a_control_is_decided_on_the_day_of_the_accounts_or_after(
    decided: str, *, stands: bool
) -> None:
    concluded = control(
        observations_sent_on="2026-09-01", answered_on="2026-09-02", decided_on=decided
    )

    decision = closed().when(concluded)

    if stands:
        only_event(decision, AdjustmentDecided)
    else:
        assert rule(decision) == "CTL-04"


def test_only_the_first_reason_that_applies_is_told() -> None:
    every_fault: dict[str, Any] = {
        "caf": OTHER_CAF,
        "collectifs": [actual_collectif(collectif_id="C9")],
        "observations_sent_on": "2026-09-01",
        "decided_on": "2026-09-02",
    }
    scenario = closed()
    scenario.when(control(control_id="CONTROLE-0"))
    scenario.when(agrement(dossier_id=OTHER_DOSSIER))

    def after(**mended: Any) -> str:
        return rule(scenario.when(control(**(every_fault | {"control_id": "CONTROLE-0"} | mended))))

    assert after(dossier_id="ELAN-0") == "COM-05"
    assert after(dossier_id=OTHER_DOSSIER) == "SOL-02"
    assert after() == "TEC-01"
    del every_fault["caf"]
    assert after(control_id="CONTROLE-1", caf=OTHER_CAF) == "TEC-03"
    assert after(control_id="CONTROLE-1") == "COM-04"
    del every_fault["collectifs"]
    assert after(control_id="CONTROLE-1") == "CTL-04"
    every_fault["decided_on"] = "2026-09-15"
    assert after(control_id="CONTROLE-1") == "CTL-02"


def test_a_deferred_grant_is_no_grant() -> None:
    scenario = story()
    scenario.when(agrement(school_year="2026-2027"))

    decision = scenario.when(control(school_year="2026-2027"))

    assert rule(decision) == "COM-05"
    assert [(step.rule, step.outcome) for step in decision.findings] == [("COM-05", "breach")]
    assert "différé" in only_event(decision, AdjustmentRefused).reasons[0].message


def test_the_same_control_again_is_silent_and_never_changes() -> None:
    scenario = closed()
    scenario.when(control())
    before = scenario.states

    assert scenario.when(control()) == NO_CHANGE
    assert rule(scenario.when(control("7601.00"))) == "TEC-01"
    assert scenario.states == before


def test_a_control_id_belongs_to_one_dossier_only() -> None:
    scenario = closed()
    scenario.when(agrement(dossier_id=OTHER_DOSSIER))
    scenario.when(convention(dossier_id=OTHER_DOSSIER))
    scenario.when(result_account_filed(dossier_id=OTHER_DOSSIER))
    scenario.when(control())

    assert rule(scenario.when(control(dossier_id=OTHER_DOSSIER))) == "TEC-01"


def test_a_refused_control_may_come_again_with_other_content() -> None:
    scenario = closed()
    assert rule(scenario.when(control(decided_on="2028-03-10"))) == "CTL-02"

    assert adjusted(scenario, control()).kind == "rappel"


def test_a_refusal_is_about_the_grant_and_goes_to_the_caf_that_sent_it() -> None:
    decision = closed().when(control(caf=OTHER_CAF))

    refused = only_event(decision, AdjustmentRefused)
    assert (refused.caf, refused.dossier_id, refused.school_year, refused.control_id) == (
        OTHER_CAF,
        DOSSIER,
        "2025-2026",
        "CONTROLE-1",
    )
    (event,) = decision.events
    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Grant, GRANT)


@pytest.mark.parametrize(
    ("cost", "step", "words"),
    [
        ("7600.00", "CTL-04", "Rappel : 78,00\u00a0€ sur 2025, 117,00\u00a0€ sur 2026"),
        ("6400.00", "CTL-05", "Indu : -78,00\u00a0€ sur 2025"),
        ("7000.00", "CTL-06", "Aucun écart : 0,00\u00a0€ sur 2025"),
    ],
)
def test_a_control_tells_its_checks_the_price_and_the_difference(
    cost: str, step: str, words: str
) -> None:
    steps = closed().when(control(cost)).findings

    assert [(each.rule, each.outcome) for each in steps] == [
        *((rule, "ok") for rule in ("TEC-03", "COM-04", "SOL-03", "CTL-04", "CTL-02")),
        *((rule, "computed") for rule in ("PRX-07", "PRX-01", "COF-02", "ENV-01", step)),
    ]
    assert words in steps[-1].message
    assert steps[-1].amounts.keys() == {
        *("part_n", "part_n1", "bonus_enfants", "bonus_parents", "amount")
    }

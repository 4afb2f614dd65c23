"""Every evaluated rule is a step, satisfied ones too."""

from typing import Any

from services.eligibility.service import SERVICE
from shared.contracts.eligibility import EligibilityAssessed
from tests.support.decide import decide, only_event
from tests.support.samples import committee_decision, dossier_received
from tests.unit.eligibility.builders import Committee

REFUSED: dict[str, Any] = {"outcome": "refused", "collectifs": [], "bonuses": []}


def outcomes(committee: Committee, **changes: Any) -> list[tuple[str, str]]:
    decision = committee.when(committee_decision(**changes))
    return [(step.rule, step.outcome) for step in decision.findings]


ENDING = [("TEC-03", "ok"), ("COM-10", "ok"), ("COM-10", "ok"), ("RET-04", "ok")]


def test_each_finding_of_an_assessment_is_a_step_and_a_collectif_s_says_whose() -> None:
    decision = decide(SERVICE, dossier_received(collectifs__0__children=4))

    steps = {step.rule: step for step in decision.findings}
    assert steps["ELI-05"].outcome == "ok"
    assert steps["PLU-01"].outcome == "not_applicable"
    assert steps["ELI-23"].outcome == "breach"
    assert steps["ELI-23"].message == (
        "C1 : Le collectif réunit 4 enfants : il doit en réunir de 8 à 12 enfants."
    )
    assessed = only_event(decision, EligibilityAssessed)
    (collectif,) = assessed.collectifs
    assert len(decision.findings) == len(assessed.findings) + len(collectif.findings)


def test_a_grant_tells_every_rule_that_it_passed() -> None:
    assert outcomes(Committee()) == [
        *ENDING,
        ("COM-09", "ok"),
        ("CAL-05", "ok"),
        ("COM-01", "ok"),
        ("COM-04", "ok"),
        ("DER-06", "ok"),
        ("BON-06", "ok"),
        ("BON-01", "ok"),
        ("PLU-02", "ok"),
    ]


def test_the_period_is_judged_by_the_rule_that_binds() -> None:
    period = {"from": "2024-01-01", "to": "2027-12-31"}
    centre = {"gestionnaire__kind": "centre_social", "gestionnaire__centre_social_agrement": period}

    steps = outcomes(Committee(**centre), bonuses=[])

    assert steps[-3:] == [
        ("BON-06", "not_applicable"),
        ("BON-01", "not_applicable"),
        ("PLU-01", "ok"),
    ]


def test_a_refusal_is_judged_by_its_own_rules() -> None:
    assert outcomes(Committee(), **REFUSED, motive="Hors priorités") == [
        *ENDING,
        ("COM-09", "ok"),
        ("CAL-05", "ok"),
        ("COM-01", "ok"),
        ("COM-07", "ok"),
    ]
    assert outcomes(Committee(), **REFUSED, motive=None)[-1] == ("COM-07", "breach")
    assert outcomes(Committee(), outcome="adjourned") == [
        *ENDING,
        ("COM-09", "ok"),
        ("CAL-05", "ok"),
        ("COM-01", "ok"),
    ]


def test_a_reason_that_ends_the_check_ends_the_steps() -> None:
    committee = Committee()
    committee.decides()

    assert outcomes(committee, **REFUSED, motive="Autre") == [
        ("TEC-03", "ok"),
        ("COM-10", "breach"),
    ]


def test_a_dossier_that_is_not_assessed_or_assessed_otherwise_tells_why() -> None:
    unknown = decide(SERVICE, committee_decision())
    assert [(s.rule, s.outcome) for s in unknown.findings] == [("COM-09", "breach")]

    again = Committee().when(dossier_received(previous_clas=True))
    assert [(s.rule, s.outcome) for s in again.findings] == [("TEC-01", "breach")]

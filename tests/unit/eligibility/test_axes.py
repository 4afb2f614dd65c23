"""The fourteen objectives of the four axes."""

import pytest

from tests.unit.eligibility.builders import assessed, finding, rules

OBJECTIVES = (
    *("AXE-E1", "AXE-E2", "AXE-E3", "AXE-E4", "AXE-E5"),
    *("AXE-P1", "AXE-P2", "AXE-P3", "AXE-P4", "AXE-P5"),
    *("AXE-C1", "AXE-C2", "AXE-C3", "AXE-T1"),
)


def test_each_of_the_fourteen_objectives_is_a_finding() -> None:
    result = [one.rule for one in assessed().findings if one.rule.startswith("AXE-")]

    assert result == list(OBJECTIVES)


@pytest.mark.parametrize("rule", OBJECTIVES)
def test_a_blank_or_absent_action_breaks_that_objective_only(rule: str) -> None:
    answered = dict.fromkeys(OBJECTIVES, "Action prévue")
    absent = {name: text for name, text in answered.items() if name != rule}

    for objectives in (answered | {rule: " "}, absent):
        assessment = assessed(project__objectives=objectives)

        assert rules(assessment.findings, "breach") == [rule]
        assert assessment.verdict == "ineligible"


@pytest.mark.parametrize("partners", [[], [" "]])
def test_the_territory_takes_a_named_partner_too(partners: list[str]) -> None:
    assert finding("AXE-T1", project__partners=partners).outcome == "breach"
    assert finding("AXE-T1").outcome == "ok"


def test_an_objective_that_nobody_asks_for_changes_nothing() -> None:
    objectives = dict.fromkeys(OBJECTIVES, "Action prévue") | {"AXE-Z9": "Autre"}

    assert assessed(project__objectives=objectives).findings == assessed().findings

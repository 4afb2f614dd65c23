"""The transitional year 2021-2022 [DER-08], and the years before any rule set [VER-01]."""

from typing import Any

import pytest

from shared.contracts.eligibility import AgrementGranted
from tests.support.samples import collectif
from tests.unit.eligibility.builders import (
    Committee,
    assessed,
    collectif_assessed,
    collectif_finding,
    finding,
    rules,
)

UNTRAINED = {
    "name": "Camille Durand",
    "diploma_level": 3,
    "equivalent_experience": False,
    "professional_experience": True,
}
IN_2021: dict[str, Any] = {
    "school_year": "2021-2022",
    "starts_on": "2021-11-08",
    "ends_on": "2022-06-15",
}
LACKING: dict[str, Any] = {"children": 4, "weeks": 20, "intervenants": 1}


def test_a_commitment_turns_the_breaches_of_2021_into_derogations() -> None:
    derogations = collectif_assessed(**IN_2021, **LACKING, transition_commitment=True)

    assert derogations.verdict == "derogation"
    assert rules(derogations.findings, "derogation") == ["ELI-23", "ELI-27", "ENC-01"]
    assert rules(derogations.findings, "breach") == []


@pytest.mark.parametrize(
    "year",
    [
        {**IN_2021, "transition_commitment": False},
        {"school_year": "2022-2023", "transition_commitment": True},
        {"school_year": "2025-2026", "transition_commitment": True},
    ],
)
def test_without_a_commitment_or_in_another_year_they_stay_breaches(year: dict[str, Any]) -> None:
    assessment = collectif_assessed(**year, **LACKING)

    assert assessment.verdict == "ineligible"
    assert rules(assessment.findings, "breach") == ["ELI-23", "ELI-27", "ENC-01"]
    assert rules(assessment.findings, "derogation") == []


def test_the_coordinator_may_be_lifted_too_at_project_level() -> None:
    changes = {
        "school_year": "2021-2022",
        "transition_commitment": True,
        "project__coordinator": UNTRAINED,
    }

    assert finding("ENC-04", **changes).outcome == "derogation"
    assert "DER-08" in finding("ENC-04", **changes).message
    assert assessed(**changes).verdict == "derogation"


@pytest.mark.parametrize(
    ("rule", "change"),
    [("ELI-06", {"grades": ["GS"]}), ("ELI-23L", {"single_place": False})],
)
def test_no_other_breach_is_lifted(rule: str, change: dict[str, Any]) -> None:
    finding = collectif_finding(rule, **IN_2021, **change, transition_commitment=True)

    assert finding.outcome == "breach"


def test_more_weeks_than_the_period_holds_are_lifted_by_nothing() -> None:
    assessment = collectif_assessed(**IN_2021, weeks=60, transition_commitment=True)

    assert assessment.verdict == "ineligible"
    assert rules(assessment.findings, "breach") == ["ELI-27"]


def test_what_is_in_order_needs_no_derogation() -> None:
    assert collectif_assessed(**IN_2021, transition_commitment=True).verdict == "eligible"


def test_the_committee_grants_the_derogations_of_project_and_collectif() -> None:
    committee = Committee(
        school_year="2021-2022",
        transition_commitment=True,
        project__coordinator=UNTRAINED,
        collectifs=[collectif(children=7, starts_on="2021-11-08", ends_on="2022-06-15")],
    )
    needed = [
        {"collectif_id": None, "rule": "ENC-04"},
        {"collectif_id": "C1", "rule": "ELI-23"},
    ]

    (rejected,) = committee.decides(derogations_granted=needed[1:])
    (granted,) = committee.decides(derogations_granted=needed)

    assert [reason.rule for reason in rejected.reasons] == ["DER-06"]  # type: ignore[attr-defined]
    assert isinstance(granted, AgrementGranted)
    assert granted.derogations == ("ENC-04",)
    assert granted.collectifs[0].derogations == ("ELI-23",)


def test_before_2021_nothing_can_be_judged() -> None:
    assessment = assessed(
        school_year="2020-2021",
        multi_year={"until": "2023-2024"},
        project__activities=[],
        collectifs=[collectif(), collectif(collectif_id="C2", children=3)],
    )

    assert assessment.verdict == "ineligible"
    assert [finding.rule for finding in assessment.findings] == ["VER-01"]
    assert assessment.findings[0].outcome == "breach"
    assert [(one.verdict, one.findings) for one in assessment.collectifs] == [
        ("ineligible", ()),
        ("ineligible", ()),
    ]
    assert assessment.multi_year_allowed_until == "2020-2021"
    assert assessment.rules_version == "Aucun référentiel avant 2021-2022"


def test_from_2021_the_rule_set_is_named_and_every_check_runs() -> None:
    first, second, later = (
        assessed(school_year=year) for year in ("2021-2022", "2022-2023", "2040-2041")
    )

    assert first.rules_version != second.rules_version == later.rules_version
    assert [len(one.findings) for one in (first, second, later)] == [38, 38, 38]
    assert "VER-01" not in [finding.rule for finding in first.findings]

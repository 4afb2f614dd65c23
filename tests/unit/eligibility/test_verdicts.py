"""Verdicts of collectifs and of the project; nothing stops at the first breach."""

from typing import Any

import pytest

from tests.support.samples import collectif
from tests.unit.eligibility.builders import assessed, rules

ELIGIBLE: dict[str, Any] = {}
DEROGATION: dict[str, Any] = {
    "sessions_per_week": 1,
    "minutes_per_session": 120,
    "premises_constraint": True,
}
INELIGIBLE: dict[str, Any] = {"children": 13}


def test_a_plain_dossier_is_eligible() -> None:
    assessment = assessed()

    assert assessment.verdict == "eligible"
    assert {finding.outcome for finding in assessment.findings} == {"ok", "not_applicable"}
    (only,) = assessment.collectifs
    assert only.verdict == "eligible"
    assert {finding.outcome for finding in only.findings} == {"ok"}


@pytest.mark.parametrize(
    ("kinds", "verdicts", "verdict"),
    [
        ([ELIGIBLE, ELIGIBLE], ["eligible", "eligible"], "eligible"),
        ([ELIGIBLE, INELIGIBLE], ["eligible", "ineligible"], "eligible"),
        ([ELIGIBLE, DEROGATION], ["eligible", "derogation"], "derogation"),
        ([INELIGIBLE, DEROGATION], ["ineligible", "derogation"], "derogation"),
        ([INELIGIBLE, INELIGIBLE], ["ineligible", "ineligible"], "ineligible"),
        ([DEROGATION | INELIGIBLE], ["ineligible"], "ineligible"),
        ([DEROGATION | INELIGIBLE, ELIGIBLE], ["ineligible", "eligible"], "eligible"),
    ],
)
def test_the_project_follows_its_remaining_collectifs(
    kinds: list[dict[str, Any]], verdicts: list[str], verdict: str
) -> None:
    collectifs = [
        collectif(collectif_id=f"C{rank}", **kind) for rank, kind in enumerate(kinds, start=1)
    ]

    assessment = assessed(collectifs=collectifs, bonus_requests=[])

    assert [one.verdict for one in assessment.collectifs] == verdicts
    assert assessment.verdict == verdict


def test_a_breach_of_the_project_leaves_its_collectifs_as_they_are() -> None:
    assessment = assessed(project__diagnosis="")

    assert assessment.verdict == "ineligible"
    assert [one.verdict for one in assessment.collectifs] == ["eligible"]


def test_reviews_block_nothing() -> None:
    assessment = assessed(
        project__fee_per_child_year="99.00",
        project__priorities=[],
        collectifs__0__place_type="scolaire",
        collectifs__0__home_share="0.60",
        collectifs__0__starts_on="2025-09-08",
        collectifs__0__forecast_cost="100.00",
    )

    assert assessment.verdict == "eligible"
    assert rules(assessment.findings, "review") == ["ELI-12b", "ELI-17", "PRX-08"]
    assert rules(assessment.collectifs[0].findings, "review") == ["CAL-03", "ELI-30", "ELI-36"]


def test_all_checks_run_and_each_gives_one_finding() -> None:
    assessment = assessed(
        project__activities=[],
        project__schools=[],
        collectifs__0__children=13,
        collectifs__0__weeks=1,
        collectifs__0__intervenants=0,
    )

    assert rules(assessment.findings, "breach") == ["ELI-05", "ELI-18", "ELI-31"]
    assert rules(assessment.collectifs[0].findings, "breach") == ["ELI-23", "ELI-27", "ENC-01"]
    project = [finding.rule for finding in assessment.findings]
    assert sorted(project) == sorted(set(project))
    assert [finding.rule for finding in assessment.collectifs[0].findings] == [
        *("ELI-06", "ELI-23", "ELI-22", "ELI-23L", "ELI-07", "ELI-27"),
        *("ENC-01", "ELI-26", "ELI-36", "ELI-28", "ELI-30", "CAL-03"),
    ]


def test_the_largest_dossier_gives_an_event_that_fits_the_wire() -> None:
    worst = {
        "children": 13,
        "grades": ["PS", "MS", "GS"],
        "whole_year": False,
        "single_place": False,
        "outside_school_time": False,
        "weeks": 1,
        "intervenants": 0,
        "home_share": "0.999999",
        "collective_events_per_month": 0,
        "place_type": "autre",
        "starts_on": "2025-09-01",
    }
    collectifs = [collectif(collectif_id=f"C{rank:0>99}", **worst) for rank in range(200)]

    assessment = assessed(collectifs=collectifs, bonus_requests=[])

    assert len(assessment.model_dump_json().encode()) < 900_000

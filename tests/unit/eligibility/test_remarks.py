"""What the committee did not say: told with the agrement, never guessed."""

from typing import Any

import pytest

from shared.contracts.eligibility import AgrementGranted
from tests.unit.eligibility.builders import Committee

SILENT: dict[str, Any] = {"criteria": None, "members_present": ["Caf 76"]}
COMPLETE: dict[str, Any] = {
    "criteria": {"diagnosis": True, "charter": True, "collective_character": True},
    "members_present": ["Caf 76", "Éducation nationale (DSDEN)"],
}
RURAL: dict[str, Any] = {
    "project__rural": True,
    "collectifs__0__sessions_per_week": 1,
    "collectifs__0__minutes_per_session": 120,
}


def remarks(committee: Committee, **changes: Any) -> list[str]:
    """Return the rules of the remarks on a decision that grants."""
    (granted,) = committee.decides(**changes)
    assert isinstance(granted, AgrementGranted), granted
    return [remark.rule for remark in granted.remarks]


def test_what_was_not_said_is_told() -> None:
    assert remarks(Committee(), **SILENT) == ["COM-08", "AXE-15"]


def test_a_complete_decision_has_no_remark() -> None:
    assert remarks(Committee(), **COMPLETE) == []


@pytest.mark.parametrize(
    ("criteria", "missing"),
    [
        ({}, "des critères du comité : diagnostic local, charte, caractère collectif"),
        (
            {"diagnosis": "Trois écoles", "charter": False},
            "de ce critère du comité : caractère collectif",
        ),
        (
            {"diagnosis": " ", "charter": True},
            "des critères du comité : diagnostic local, caractère collectif",
        ),
    ],
)
def test_the_criteria_that_are_missing_are_named(criteria: dict[str, Any], missing: str) -> None:
    (granted,) = Committee().decides(**COMPLETE | {"criteria": criteria})

    assert isinstance(granted, AgrementGranted)
    assert [remark.message for remark in granted.remarks] == [f"La décision ne dit rien {missing}."]


@pytest.mark.parametrize(
    "member",
    [
        "EDUCATION NATIONALE",
        "L'éducation Nationale",
        "Éducation\u00a0nationale",
        "Éducation  nationale",
        "EN",
        "EN 76",
        "Mme Martin (EN)",
        "E.N.",
        "Dsden",
        "M. le DASEN",
        "Inspection académique",
    ],
)
def test_a_member_is_recognised_however_it_is_written(member: str) -> None:
    assert remarks(Committee(), **COMPLETE | {"members_present": [member]}) == []


def test_a_word_in_small_letters_is_no_ministry() -> None:
    members = {"members_present": ["Mme Durand, élue en charge des écoles"]}

    assert remarks(Committee(), **COMPLETE | members) == ["AXE-15"]


def test_a_derogation_by_rule_is_told_for_the_collectifs_granted() -> None:
    assert remarks(Committee(**RURAL), **COMPLETE) == ["DER-04"]


def test_two_sessions_in_the_country_need_no_derogation() -> None:
    assert remarks(Committee(project__rural=True), **COMPLETE) == []


@pytest.mark.parametrize(
    ("signed_at", "rules"),
    [
        ("2025-10-02T20:00:00+02:00", []),
        # 23:30 in London is the next day in Paris.
        ("2025-10-02T23:30:00+01:00", ["CAL-05"]),
        (None, []),
    ],
)
def test_a_decision_before_the_last_signature_is_told(
    signed_at: str | None, rules: list[str]
) -> None:
    assert remarks(Committee(signed_at=signed_at), **COMPLETE) == rules


def test_the_justification_of_the_cap_goes_on_to_funding() -> None:
    (granted,) = Committee().decides(cap_justification="Quartier prioritaire")

    assert isinstance(granted, AgrementGranted)
    assert granted.cap_justification == "Quartier prioritaire"

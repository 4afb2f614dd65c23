"""The checks of one collectif, on both sides of each threshold."""

from typing import Any

import pytest

from tests.unit.eligibility.builders import collectif_finding


@pytest.mark.parametrize(
    ("grades", "outcome"),
    [
        (["CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e", "2nde", "1re", "Tle"], "ok"),
        (["GS"], "breach"),
        (["MS", "CP"], "breach"),
        (["PS", "CP"], "breach"),
    ],
)
def test_grades_go_from_cp_to_terminale(grades: list[str], outcome: str) -> None:
    assert collectif_finding("ELI-06", grades=grades).outcome == outcome


def test_the_grades_out_of_bounds_are_named_once() -> None:
    result = collectif_finding("ELI-06", grades=["GS", "CP", "GS"])

    assert result.message == "Le Clas commence au CP : GS n'en relève pas."
    assert result.observed == "GS, CP"


@pytest.mark.parametrize(
    ("children", "rural", "handicap", "outcome"),
    [
        (7, False, False, "breach"),
        (8, False, False, "ok"),
        (12, False, False, "ok"),
        (13, False, False, "breach"),
        (4, True, False, "breach"),
        (5, True, False, "ok"),
        (13, True, False, "breach"),
        (4, False, True, "breach"),
        (5, False, True, "ok"),
        (13, False, True, "breach"),
    ],
)
def test_a_collectif_has_8_to_12_children_and_fewer_by_derogation(
    children: int, *, rural: bool, handicap: bool, outcome: str
) -> None:
    result = collectif_finding(
        "ELI-23",
        children=children,
        project__rural=rural,
        disabled_child_with_reinforced_attention=handicap,
    )

    assert result.outcome == outcome
    assert result.observed == f"{children} enfants"


@pytest.mark.parametrize(
    ("rural", "handicap", "named", "silent"),
    [
        (True, False, "DER-01", "DER-02"),
        (False, True, "DER-02", "DER-01"),
        (True, True, "DER-01", "DER-02"),
    ],
)
def test_the_finding_names_the_rule_that_lowered_the_minimum(
    *, rural: bool, handicap: bool, named: str, silent: str
) -> None:
    for children in (4, 5):
        result = collectif_finding(
            "ELI-23",
            children=children,
            project__rural=rural,
            disabled_child_with_reinforced_attention=handicap,
        )

        assert result.expected.startswith(f"de 5 à 12 enfants (minimum abaissé par {named})")
        assert silent not in result.expected


def test_no_rule_is_named_where_none_lowered_the_minimum() -> None:
    result = collectif_finding("ELI-23", children=7)

    assert result.message == "Le collectif réunit 7 enfants : il doit en réunir de 8 à 12 enfants."
    assert "DER-" not in result.expected


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("ELI-22", {"whole_year": False}),
        ("ELI-23L", {"single_place": False}),
        ("ELI-23L", {"accessible_to_parents": False}),
        ("ELI-07", {"outside_school_time": False}),
    ],
)
def test_what_a_collectif_must_be_is_a_breach_when_it_is_not(
    rule: str, change: dict[str, Any]
) -> None:
    assert collectif_finding(rule).outcome == "ok"
    assert collectif_finding(rule, **change).outcome == "breach"


@pytest.mark.parametrize(
    ("intervenants", "children", "rural", "outcome"),
    [
        (2, 8, False, "ok"),
        (1, 8, False, "breach"),
        (1, 7, True, "ok"),
        (0, 7, True, "breach"),
        (1, 8, True, "breach"),
        (2, 8, True, "ok"),
    ],
)
def test_two_intervenants_supervise_and_one_a_small_rural_collectif(
    intervenants: int, children: int, *, rural: bool, outcome: str
) -> None:
    result = collectif_finding(
        "ENC-01", intervenants=intervenants, children=children, project__rural=rural
    )

    assert result.outcome == outcome
    assert ("DER-03" in result.expected) == (rural and children == 7)


def test_a_handicap_in_town_still_takes_two_intervenants() -> None:
    result = collectif_finding(
        "ENC-01", intervenants=1, children=5, disabled_child_with_reinforced_attention=True
    )

    assert result.outcome == "breach"


@pytest.mark.parametrize(
    ("share", "wholly", "mostly"),
    [
        ("0.00", "ok", "ok"),
        ("0.50", "ok", "ok"),
        ("0.500001", "ok", "review"),
        ("0.99", "ok", "review"),
        ("1", "breach", "review"),
    ],
)
def test_homes_are_a_part_and_a_lesser_one(share: str, wholly: str, mostly: str) -> None:
    assert collectif_finding("ELI-26", home_share=share).outcome == wholly
    assert collectif_finding("ELI-36", home_share=share).outcome == mostly


def test_a_share_is_read_as_a_percentage() -> None:
    assert collectif_finding("ELI-36", home_share="0.125").observed == "12,5\u00a0% à domicile"
    assert collectif_finding("ELI-36", home_share="0.10").observed == "10\u00a0% à domicile"


@pytest.mark.parametrize(
    ("share", "events", "outcome"),
    [("0", 0, "ok"), ("0.01", 0, "breach"), ("0.01", 1, "ok"), ("1", 1, "ok")],
)
def test_homes_call_for_a_collective_event_each_month(
    share: str, events: int, outcome: str
) -> None:
    result = collectif_finding("ELI-28", home_share=share, collective_events_per_month=events)

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        ("associatif", "ok"),
        ("communal", "ok"),
        ("scolaire", "review"),
        ("autre", "review"),
    ],
)
def test_premises_of_a_school_or_elsewhere_are_looked_at(place: str, outcome: str) -> None:
    assert collectif_finding("ELI-30", place_type=place).outcome == outcome


@pytest.mark.parametrize(("share", "outcome"), [("0.25", "ok"), ("0.00", "review")])
def test_a_collectif_at_home_has_a_share_at_home(share: str, outcome: str) -> None:
    """Else ELI-28, which asks for collective events, would be evaded."""
    result = collectif_finding("ELI-30", place_type="domicile", home_share=share)

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("starts", "ends", "outcome"),
    [
        ("2025-09-01", "2026-08-31", "ok"),
        ("2025-08-31", "2026-06-15", "breach"),
        ("2025-11-03", "2026-09-01", "breach"),
        ("2026-06-15", "2026-06-15", "breach"),
        ("2026-06-15", "2025-11-03", "breach"),
        ("2031-11-03", "2032-06-15", "breach"),
    ],
)
def test_a_collectif_meets_within_its_school_year(starts: str, ends: str, outcome: str) -> None:
    assert collectif_finding("ELI-22", starts_on=starts, ends_on=ends).outcome == outcome

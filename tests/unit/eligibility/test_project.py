"""The project's own checks, on both sides of each threshold."""

from typing import Any

import pytest

from shared.examples.dossier import coordinator
from tests.unit.eligibility.builders import finding

COORDINATOR = coordinator()


@pytest.mark.parametrize(
    ("activities", "outcome"),
    [
        (["aide_aux_devoirs"], "breach"),
        (["aide_aux_devoirs", "methodologie"], "breach"),
        (["aide_aux_devoirs", " "], "breach"),
        ([], "breach"),
        (["aide_aux_devoirs", "jardinage"], "ok"),
        (["culturelle"], "ok"),
    ],
)
def test_homework_help_and_method_are_not_enough(activities: list[str], outcome: str) -> None:
    assert finding("ELI-05", project__activities=activities).outcome == outcome


@pytest.mark.parametrize(
    ("activities", "outcome"),
    [
        (["methodologie", "ludique"], "ok"),
        (["aide_aux_devoirs", "artistique"], "ok"),
        (["methodologie", "culturelle"], "ok"),
        (["methodologie", "sportive"], "ok"),
        (["methodologie", "jardinage"], "breach"),
        (["culturelle"], "breach"),
        (["methodologie"], "breach"),
    ],
)
def test_a_project_joins_method_and_detour(activities: list[str], outcome: str) -> None:
    assert finding("ELI-31", project__activities=activities).outcome == outcome


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("ELI-08", {"project__need_identified_with_schools": False}),
        ("ELI-09", {"project__parents_agreement": False}),
        ("ELI-11", {"project__charter__laicite": False}),
        ("ELI-12", {"project__charter__gratuite": False}),
        ("ELI-13", {"project__charter__egalite_des_droits": False}),
        ("ELI-14", {"project__charter__developpement_des_personnalites": False}),
        ("ELI-15", {"project__diagnosis": "  "}),
        ("ELI-18", {"project__schools": []}),
        ("ELI-18", {"project__schools": [{"name": " "}]}),
        ("ENC-03", {"project__coordinator": None}),
        ("ENC-03", {"project__coordinator": {**COORDINATOR, "name": " "}}),
    ],
)
def test_what_a_project_must_have_is_a_breach_when_it_lacks(
    rule: str, change: dict[str, Any]
) -> None:
    assert finding(rule).outcome == "ok"

    lacking = finding(rule, **change)

    assert lacking.outcome == "breach"
    assert lacking.message != finding(rule).message


@pytest.mark.parametrize(
    ("fee", "ceiling", "outcome", "expected"),
    [
        ("30.00", None, "ok", "30,00\u00a0€"),
        ("30.01", None, "review", "30,00\u00a0€"),
        ("20.00", "20.00", "ok", "20,00\u00a0€"),
        ("20.01", "20.00", "review", "20,00\u00a0€"),
        ("0.00", "0.00", "ok", "0,00\u00a0€"),
        ("0.01", "0.00", "review", "0,00\u00a0€"),
    ],
)
def test_a_fee_above_the_ceiling_of_the_campaign_or_the_default_is_looked_at(
    fee: str, ceiling: str | None, outcome: str, expected: str
) -> None:
    result = finding(
        "ELI-12b", project__fee_per_child_year=fee, campaign__symbolic_fee_ceiling=ceiling
    )

    assert result.outcome == outcome
    assert result.expected.startswith(f"au plus {expected}")


@pytest.mark.parametrize(
    ("campaign", "cited", "outcome"),
    [
        (["ctg", "ecole"], ["ecole"], "ok"),
        (["ctg", "ecole"], ["autre"], "review"),
        (["ctg", "ecole"], [], "review"),
        (["ctg", " "], [" "], "review"),
        ([], ["ctg"], "not_applicable"),
        ([" "], [" "], "not_applicable"),
    ],
)
def test_a_project_cites_one_of_the_priorities_when_there_are_any(
    campaign: list[str], cited: list[str], outcome: str
) -> None:
    result = finding("ELI-17", campaign__priorities=campaign, project__priorities=cited)

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("campaign", "outcome", "end"),
    [
        (["ctg", "ecole"], "ok", "L'appel à projets ne nomme pas : xyz."),
        (["ecole"], "review", "L'appel à projets ne nomme pas : ctg, xyz."),
        (["ctg", "xyz"], "ok", "Conforme."),
        ([], "not_applicable", "l'appel à projets ne fixe pas de priorité."),
    ],
)
def test_priorities_that_the_campaign_does_not_name_are_stated(
    campaign: list[str], outcome: str, end: str
) -> None:
    result = finding("ELI-17", campaign__priorities=campaign, project__priorities=["ctg", "xyz"])

    assert result.outcome == outcome
    assert result.message.endswith(end)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"diploma_level": 5}, "ok"),
        ({"diploma_level": 4}, "breach"),
        ({"diploma_level": 4, "equivalent_experience": True}, "ok"),
        ({"diploma_level": 8, "professional_experience": False}, "breach"),
        ({"equivalent_experience": True, "professional_experience": False}, "breach"),
    ],
)
def test_a_coordinator_has_bac_plus_2_or_the_like_and_experience(
    change: dict[str, Any], outcome: str
) -> None:
    assert finding("ENC-04", project__coordinator={**COORDINATOR, **change}).outcome == outcome


def test_nobody_is_judged_where_nobody_coordinates() -> None:
    assert finding("ENC-04", project__coordinator=None).outcome == "not_applicable"


def test_a_finding_tells_what_was_seen_what_was_asked_and_where_it_stands() -> None:
    result = finding("ELI-05", project__activities=["aide_aux_devoirs"])

    assert result.observed == "aide_aux_devoirs"
    assert result.expected.startswith("une activité autre que aide_aux_devoirs, methodologie")
    assert "référentiel national" in result.expected
    assert result.message.startswith("Le projet se limite à l'aide aux devoirs")


def test_a_long_text_is_shown_in_part() -> None:
    result = finding("ELI-15", project__diagnosis="Besoins " * 1_000)

    assert len(result.observed) == 200
    assert result.observed.endswith("Besoins…")

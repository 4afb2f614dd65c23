"""Bonuses requested, other dossiers of the territory, cofinancing and cost per child."""

from typing import Any

import pytest

from services.eligibility.domain.states import SharedTerritory
from services.eligibility.service import SERVICE
from shared.contracts.eligibility import EligibilityAssessed
from tests.support.decide import Story, only_event
from tests.support.samples import (
    DOSSIER,
    OTHER_DOSSIER,
    OTHER_SIRET,
    SIRET,
    collectif,
    dossier_received,
)
from tests.unit.eligibility.builders import assessed, finding, only


def request(description: str, kind: str = "enfants") -> dict[str, Any]:
    return {"kind": kind, "collectifs": ["C1"], "description": description}


def test_a_project_said_to_be_distinct_is_reviewed_and_not_blocked() -> None:
    others = [
        {"dossier_id": OTHER_DOSSIER, "motive": "Un second site, dans une autre école"},
        {"dossier_id": "ELAN-2023-761-000009", "motive": " "},
    ]

    assessment = assessed(distinct_from=others)

    review = only("REC-11", assessment.findings)
    assert (review.outcome, assessment.verdict) == ("review", "eligible")
    assert review.message == (
        "Le gestionnaire déclare ce projet distinct de celui d'autres dossiers :"
        f" {OTHER_DOSSIER}, ELAN-2023-761-000009. C'est à vérifier."
    )
    assert review.observed == (
        f"{OTHER_DOSSIER} : Un second site, dans une autre école ; ELAN-2023-761-000009 : (vide)"
    )


def test_a_project_that_names_no_other_has_no_such_finding() -> None:
    assert "REC-11" not in {each.rule for each in assessed().findings}


@pytest.mark.parametrize(
    ("requests", "outcome"),
    [
        ([request("Projet d'écriture")], "ok"),
        ([request("Projet d'écriture"), request(" ", kind="parents")], "review"),
        ([request(" ")], "review"),
        ([], "not_applicable"),
    ],
)
def test_each_bonus_request_describes_its_project(
    requests: list[dict[str, Any]], outcome: str
) -> None:
    assert finding("BON-06", bonus_requests=requests).outcome == outcome


def test_a_bonus_without_its_project_is_named() -> None:
    result = finding("BON-06", bonus_requests=[request("Oui"), request(" ", kind="parents")])

    assert result.observed == "2 demandes, dont 1 sans projet décrit"
    assert result.message.endswith("réputée non faite : parents.")


@pytest.mark.parametrize(
    ("resources", "outcome"),
    [
        ([("Commune", False, "0.01")], "ok"),
        ([("Commune", False, "0.00")], "breach"),
        ([("Fonds locaux", True, "5000.00")], "breach"),
        ([("Fonds locaux", True, "5000.00"), ("Commune", False, "1.00")], "ok"),
        ([], "breach"),
    ],
)
def test_somebody_outside_the_branche_famille_pays_too(
    resources: list[tuple[str, bool, str]], outcome: str
) -> None:
    budget = [
        {"funder": funder, "branche_famille": ours, "amount": amount}
        for funder, ours, amount in resources
    ]

    assert finding("COF-01", budget__resources=budget).outcome == outcome


@pytest.mark.parametrize(
    ("cost", "children", "outcome"),
    [
        ("1500.00", 10, "ok"),
        ("1499.99", 10, "review"),
        ("25000.00", 10, "ok"),
        ("25000.01", 10, "review"),
    ],
)
def test_a_cost_per_child_out_of_bounds_is_looked_at(
    cost: str, children: int, outcome: str
) -> None:
    result = finding(
        "PRX-08",
        collectifs__0__forecast_cost=cost,
        collectifs__0__children=children,
        budget__total_annual_cost="30000.00",
    )

    assert result.outcome == outcome


@pytest.mark.parametrize(("annual", "outcome"), [("9000.00", "ok"), ("8999.99", "review")])
def test_the_collectifs_cost_no_more_than_the_whole_project(annual: str, outcome: str) -> None:
    result = finding(
        "PRX-08", collectifs__0__forecast_cost="9000.00", budget__total_annual_cost=annual
    )

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("amounts", "outcome"),
    [(["9000.00"], "ok"), (["5000.00", "4000.01"], "review"), ([], "ok")],
)
def test_resources_do_not_pass_the_cost(amounts: list[str], outcome: str) -> None:
    resources = [{"funder": "X", "branche_famille": False, "amount": each} for each in amounts]

    result = finding("COF-05", budget__total_annual_cost="9000.00", budget__resources=resources)

    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("caf", "communes", "outcome"),
    [
        ("761", ["76540", "76351"], "ok"),
        ("761", ["76540", "27229"], "review"),
        ("761", ["27229"], "review"),
        ("974", ["97415"], "ok"),
        ("974", ["97302"], "review"),
        ("202", ["2B033"], "not_applicable"),
        ("011", ["01004"], "ok"),
    ],
)
def test_a_project_lies_in_the_department_of_its_caf(
    caf: str, communes: list[str], outcome: str
) -> None:
    assert finding("ELI-40", caf=caf, project__communes=communes).outcome == outcome


@pytest.mark.parametrize(
    ("requested", "outcome", "observed"),
    [
        (["C1"], "ok", "des collectifs du dossier"),
        (["C1", "C9"], "review", "C9"),
        ([], "review", "bonus enfants sans collectif"),
    ],
)
def test_a_bonus_is_asked_for_collectifs_of_the_dossier(
    requested: list[str], outcome: str, observed: str
) -> None:
    requests = [{"kind": "enfants", "collectifs": requested, "description": "Écriture"}]

    result = finding("BON-18", bonus_requests=requests)

    assert (result.outcome, result.observed) == (outcome, observed)


def test_without_a_bonus_none_is_looked_at() -> None:
    assert finding("BON-18", bonus_requests=[]).outcome == "not_applicable"


def test_the_cost_per_child_is_that_of_all_collectifs_together() -> None:
    two = [
        collectif(children=8, forecast_cost="1000.00"),
        collectif(collectif_id="C2", children=12, forecast_cost="9000.00"),
    ]

    result = finding("PRX-08", collectifs=two, budget__total_annual_cost="10000.00")

    assert result.outcome == "ok"
    assert result.observed == "500,00\u00a0€ par enfant (10\u202f000,00\u00a0€ pour 20 enfants)"


def ground_after(**changes: Any) -> tuple[str, str, Story]:
    """Return the outcomes of COM-14 for the sample dossier, then for another one."""
    story = Story(SERVICE)
    first = only_event(story.when(dossier_received()), EligibilityAssessed)
    other = dossier_received(**({"dossier_id": OTHER_DOSSIER} | changes))
    second = only_event(story.when(other), EligibilityAssessed)
    return only("COM-14", first.findings).outcome, only("COM-14", second.findings).outcome, story


def test_the_second_dossier_on_the_same_ground_is_looked_at() -> None:
    first, second, story = ground_after()

    assert (first, second) == ("ok", "review")
    ground = story.get(SharedTerritory, f"{SIRET}|elementaire|2025-2026|76540")
    assert ground.dossiers == (DOSSIER, OTHER_DOSSIER)


def test_the_other_dossier_is_named() -> None:
    story = Story(SERVICE)
    story.when(dossier_received())

    (assessment,) = story.says(dossier_received(dossier_id=OTHER_DOSSIER))

    assert isinstance(assessment, EligibilityAssessed)
    assert only("COM-14", assessment.findings).observed == DOSSIER


@pytest.mark.parametrize(
    "change",
    [
        {"gestionnaire__siret": OTHER_SIRET},
        {"project__school_level": "college"},
        {"project__communes": ["76351"]},
        {"school_year": "2026-2027"},
    ],
)
def test_another_gestionnaire_level_commune_or_year_is_another_ground(
    change: dict[str, Any],
) -> None:
    assert ground_after(**change)[:2] == ("ok", "ok")


@pytest.mark.parametrize("communes", [["76351", "76540"], ["76540", "76540"]])
def test_one_common_commune_is_enough(communes: list[str]) -> None:
    assert ground_after(project__communes=communes)[1] == "review"


def test_a_commune_is_the_same_in_small_letters() -> None:
    story = Story(SERVICE)
    story.when(dossier_received(project__communes=["ROUEN"]))

    (assessment,) = story.says(
        dossier_received(dossier_id=OTHER_DOSSIER, project__communes=["Rouen"])
    )

    assert isinstance(assessment, EligibilityAssessed)
    assert only("COM-14", assessment.findings).outcome == "review"


def test_no_ground_is_shared_where_no_commune_is_named() -> None:
    story = Story(SERVICE)
    for dossier_id in (DOSSIER, OTHER_DOSSIER):
        (assessment,) = story.says(dossier_received(dossier_id=dossier_id, project__communes=[" "]))
        assert isinstance(assessment, EligibilityAssessed)
        assert only("COM-14", assessment.findings).outcome == "not_applicable"

    assert not [state for state in story.states if isinstance(state, SharedTerritory)]

"""A received dossier is assessed once."""

from services.eligibility.domain.states import Dossier, SharedTerritory
from services.eligibility.service import SERVICE
from shared.contracts.common import RequestRefused
from shared.contracts.eligibility import EligibilityAssessed
from shared.kernel.decision import NO_CHANGE
from tests.support.decide import Story, decide, only_event
from tests.support.samples import DOSSIER, collectif, dossier_received


def test_a_dossier_is_assessed_and_what_the_committee_needs_is_kept() -> None:
    decision = decide(SERVICE, dossier_received())

    assessment = only_event(decision, EligibilityAssessed)
    dossier, ground = decision.states
    assert isinstance(dossier, Dossier)
    assert isinstance(ground, SharedTerritory)
    assert dossier.assessment == assessment
    assert (assessment.caf, assessment.dossier_id, assessment.school_year) == (
        "761",
        DOSSIER,
        "2025-2026",
    )
    assert dossier.committee == ("CAF", "EN", "DDETS")
    assert dossier.adjourned is None
    assert dossier.decision is None


def test_the_same_content_again_is_old_news() -> None:
    story = Story(SERVICE)
    story.when(dossier_received())

    assert story.when(dossier_received(), id="another id") is NO_CHANGE


def test_the_order_of_a_list_is_not_content() -> None:
    story = Story(SERVICE)
    story.when(dossier_received(project__activities=["methodologie", "ludique"]))

    again = story.when(dossier_received(project__activities=["ludique", "methodologie"]))

    assert again is NO_CHANGE


def test_other_content_is_refused_and_changes_nothing() -> None:
    story = Story(SERVICE)
    story.when(dossier_received())
    before = story.states

    (refused,) = story.says(dossier_received(revision=2, project__diagnosis=""), id="e2")

    assert isinstance(refused, RequestRefused)
    assert refused.event_id == "e2"
    assert refused.event_type == "fr.caf.clas.DossierReceived.v1"
    assert refused.caf == "761"
    assert [reason.rule for reason in refused.reasons] == ["TEC-01"]
    assert story.states == before


def test_each_commune_of_a_project_is_a_ground_of_its_own() -> None:
    story = Story(SERVICE)

    story.when(dossier_received(project__communes=["76540", "76351", "76540"]))

    grounds = [state for state in story.states if isinstance(state, SharedTerritory)]
    assert sorted(ground.commune for ground in grounds) == ["76351", "76540"]
    assert all(ground.dossiers == (DOSSIER,) for ground in grounds)


def test_bonuses_without_their_project_are_not_kept_as_asked_for() -> None:
    story = Story(SERVICE)

    story.when(
        dossier_received(
            collectifs=[collectif(), collectif(collectif_id="C2")],
            bonus_requests=[
                {"kind": "parents", "collectifs": ["C1"], "description": "Ateliers"},
                {"kind": "enfants", "collectifs": ["C1"], "description": "Théâtre"},
                {"kind": "enfants", "collectifs": ["C2"], "description": " "},
            ],
        )
    )

    planned = story.get(Dossier, DOSSIER).collectifs
    assert [(one.collectif_id, one.bonuses) for one in planned] == [
        ("C1", ("enfants", "parents")),
        ("C2", ()),
    ]

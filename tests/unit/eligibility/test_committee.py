"""The committee's decision: what it gives, and each reason why it cannot stand."""

from decimal import Decimal
from typing import Any

import pytest

from services.eligibility.domain.states import Dossier
from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
)
from shared.kernel.decision import NO_CHANGE
from tests.support.decide import decide, only_event
from tests.support.samples import DOSSIER, OTHER_CAF, collectif, committee_decision
from tests.unit.eligibility.builders import Committee

REFUSED: dict[str, Any] = {
    "outcome": "refused",
    "motive": "Offre suffisante dans le quartier",
    "collectifs": [],
    "bonuses": [],
}
ADJOURNED: dict[str, Any] = {**REFUSED, "outcome": "adjourned", "motive": None}
PREMISES: dict[str, Any] = {
    "sessions_per_week": 1,
    "minutes_per_session": 120,
    "premises_constraint": True,
}
THREE = [
    collectif(),
    collectif(collectif_id="C2", **PREMISES),
    collectif(collectif_id="C3", children=13),
]
NO_BONUS: dict[str, Any] = {"bonuses": []}


def reasons(answers: tuple[WireModel, ...]) -> list[str]:
    """Return the rules of a rejection, which must be the only answer."""
    (answer,) = answers
    assert isinstance(answer, CommitteeDecisionRejected), answer
    return [reason.rule for reason in answer.reasons]


def message(answers: tuple[WireModel, ...]) -> str:
    (answer,) = answers
    assert isinstance(answer, CommitteeDecisionRejected), answer
    (reason,) = answer.reasons
    return reason.message


def derogation(collectif_id: str | None, rule: str = "ELI-27") -> dict[str, Any]:
    return {"collectif_id": collectif_id, "rule": rule}


# What a decision gives.


def test_a_grant_carries_all_that_funding_needs() -> None:
    committee = Committee()

    (granted,) = committee.decides()

    assert isinstance(granted, AgrementGranted)
    assert (granted.caf, granted.dossier_id, granted.school_year) == ("761", DOSSIER, "2025-2026")
    assert granted.decided_on.isoformat() == "2025-10-02"
    assert granted.gestionnaire.name == "Les Amis de l'école"
    assert granted.project.communes == ("76540",)
    assert granted.budget.total_annual_cost == Decimal("9000.00")
    (only,) = granted.collectifs
    assert (only.collectif_id, only.children) == ("C1", 10)
    assert only.forecast_cost == Decimal("9000.00")
    assert only.bonuses == ("enfants", "parents")
    assert only.derogations == ()
    assert granted.derogations == ()
    assert committee.dossier.decision is not None
    assert committee.dossier.decision.decided.outcome == "granted"


def test_the_committee_may_grant_less_than_was_asked_for() -> None:
    committee = Committee(
        collectifs=[collectif(), collectif(collectif_id="C2", forecast_cost="4000.00")],
        multi_year={"until": "2027-2028"},
        bonus_requests=[{"kind": "enfants", "collectifs": ["C1", "C2"], "description": "Théâtre"}],
    )

    (granted,) = committee.decides(collectifs=["C2"], bonuses=[], multi_year_until="2026-2027")

    assert isinstance(granted, AgrementGranted)
    assert [(one.collectif_id, one.bonuses) for one in granted.collectifs] == [("C2", ())]
    assert granted.collectifs[0].forecast_cost == Decimal("4000.00")
    assert granted.multi_year_until == "2026-2027"


def test_without_a_last_year_a_grant_is_for_the_dossiers_own() -> None:
    (granted,) = Committee(multi_year={"until": "2027-2028"}).decides(multi_year_until=None)

    assert isinstance(granted, AgrementGranted)
    assert granted.multi_year_until == "2025-2026"


def test_a_refusal_gives_its_motive() -> None:
    committee = Committee()

    (refused,) = committee.decides(**REFUSED)

    assert isinstance(refused, AgrementRefused)
    assert refused.motive == "Offre suffisante dans le quartier"
    assert committee.dossier.decision is not None


def test_an_ineligible_project_may_be_refused() -> None:
    (answer,) = Committee(project__diagnosis="").decides(**REFUSED)

    assert isinstance(answer, AgrementRefused)


def test_an_adjournment_closes_nothing() -> None:
    committee = Committee()

    first = committee.decides(**ADJOURNED)
    again = committee.decides(**ADJOURNED)
    (granted,) = committee.decides()

    assert first == again == (CommitteeAdjourned(caf="761", dossier_id=DOSSIER),)
    assert isinstance(granted, AgrementGranted)
    assert committee.dossier.adjourned is not None
    assert committee.dossier.adjourned.decided.outcome == "adjourned"


def test_an_adjournment_is_not_held_to_the_terms_of_a_grant() -> None:
    answers = Committee(project__diagnosis="").decides(**ADJOURNED)

    assert answers == (CommitteeAdjourned(caf="761", dossier_id=DOSSIER),)


@pytest.mark.parametrize("outcome", [{}, REFUSED, ADJOURNED])
def test_members_outside_the_campaigns_committee_are_kept_and_flagged(
    outcome: dict[str, Any],
) -> None:
    committee = Committee()

    committee.decides(**outcome, members_present=["CAF", "Mairie", "EN", " "])

    record = committee.dossier.decision or committee.dossier.adjourned
    assert record is not None
    assert record.outsiders == ("Mairie",)
    assert record.decided.members_present == ("CAF", "Mairie", "EN", "")


def test_nobody_is_an_outsider_where_the_campaign_names_no_committee() -> None:
    committee = Committee(campaign__committee=[])

    committee.decides()

    assert committee.dossier.decision is not None
    assert committee.dossier.decision.outsiders == ()


def test_the_criteria_are_kept() -> None:
    committee = Committee()

    committee.decides(criteria={"diagnosis": "Quartier prioritaire", "charter": True})

    assert committee.dossier.decision is not None
    criteria = committee.dossier.decision.decided.criteria
    assert criteria is not None
    assert (criteria.diagnosis, criteria.charter) == ("Quartier prioritaire", True)


# Again, and otherwise.


@pytest.mark.parametrize("outcome", [{}, REFUSED])
def test_the_same_decision_again_is_old_news(outcome: dict[str, Any]) -> None:
    committee = Committee()
    committee.decides(**outcome)

    assert committee.when(committee_decision(**outcome), id="another id") is NO_CHANGE


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ({}, REFUSED, "accordé"),
        ({}, ADJOURNED, "accordé"),
        ({}, {"bonuses": []}, "accordé"),
        (REFUSED, {}, "refusé"),
        (REFUSED, {**REFUSED, "motive": "Autre motif"}, "refusé"),
        (REFUSED, {"members_present": [], "collectifs": []}, "refusé"),
    ],
)
def test_another_decision_on_a_decided_dossier_is_rejected_for_that_alone(
    first: dict[str, Any], second: dict[str, Any], outcome: str
) -> None:
    committee = Committee()
    committee.decides(**first)
    decided = committee.dossier.decision

    answers = committee.decides(**second)

    assert reasons(answers) == ["COM-10"]
    assert f"a été {outcome} par décision du 02/10/2025" in message(answers)
    assert committee.dossier.decision == decided


def test_a_rejected_decision_may_come_again_and_is_judged_anew() -> None:
    committee = Committee()

    assert reasons(committee.decides(members_present=[])) == ["COM-01"]
    assert reasons(committee.decides(members_present=[])) == ["COM-01"]
    assert committee.dossier.decision is None
    (granted,) = committee.decides()
    assert isinstance(granted, AgrementGranted)


def test_a_rejection_has_a_sequence_of_its_own_and_leaves_the_dossier_as_it_was() -> None:
    committee = Committee()
    before = committee.dossier

    decision = committee.when(committee_decision(members_present=[]))

    assert decision.states == (before,)


def test_a_dossier_that_was_not_assessed_is_rejected_for_that_alone() -> None:
    decision = decide(SERVICE, committee_decision(members_present=[], collectifs=[]))

    rejected = only_event(decision, CommitteeDecisionRejected)
    assert [reason.rule for reason in rejected.reasons] == ["COM-09"]
    assert decision.states == ()


@pytest.mark.parametrize("first", [None, {}])
def test_the_dossier_of_another_caf_is_none_of_its_business(first: dict[str, Any] | None) -> None:
    committee = Committee()
    if first is not None:
        committee.decides(**first)
    before = committee.dossier

    (answer,) = answers = committee.decides(caf=OTHER_CAF, members_present=[])

    assert reasons(answers) == ["TEC-03"]
    assert isinstance(answer, CommitteeDecisionRejected)
    assert answer.caf == OTHER_CAF
    assert committee.dossier == before


# Reasons.


@pytest.mark.parametrize("outcome", [{}, REFUSED, ADJOURNED])
@pytest.mark.parametrize("members", [[], [" "]])
def test_somebody_must_be_present_whatever_the_outcome(
    outcome: dict[str, Any], members: list[str]
) -> None:
    assert reasons(Committee().decides(**outcome, members_present=members)) == ["COM-01"]


@pytest.mark.parametrize("outcome", [{}, REFUSED, ADJOURNED])
def test_a_decision_follows_the_deposit_whatever_the_outcome(outcome: dict[str, Any]) -> None:
    """CAL-05: the dossier was deposited on 10 July 2025."""
    early = Committee().decides(**outcome, decided_on="2025-07-09")

    assert reasons(early) == ["CAL-05"]
    assert message(early) == (
        "La décision est datée du 09/07/2025, avant le dépôt du dossier, le 10/07/2025."
    )
    (answer,) = Committee().decides(**outcome, decided_on="2025-07-10")
    assert not isinstance(answer, CommitteeDecisionRejected)


@pytest.mark.parametrize("motive", [None, " "])
def test_a_refusal_needs_a_motive(motive: str | None) -> None:
    assert reasons(Committee().decides(**(REFUSED | {"motive": motive}))) == ["COM-07"]


def test_an_ineligible_project_cannot_be_granted() -> None:
    answers = Committee(project__activities=["aide_aux_devoirs"]).decides()

    assert reasons(answers) == ["COM-04"]
    assert message(answers) == "L'agrément ne peut pas être accordé : le projet est inéligible."


def test_a_grant_names_a_collectif() -> None:
    answers = Committee().decides(collectifs=[], bonuses=[])

    assert reasons(answers) == ["COM-04"]
    assert "aucun collectif n'est retenu" in message(answers)


def test_ineligible_and_unknown_collectifs_are_named_in_one_reason() -> None:
    answers = Committee(collectifs=THREE).decides(collectifs=["C9", "C1", "C3"])

    assert reasons(answers) == ["COM-04"]
    assert message(answers) == (
        "L'agrément ne peut pas être accordé :"
        " le collectif C9 est inconnu, le collectif C3 est inéligible."
    )


def test_the_eligible_collectifs_may_be_granted_without_the_others() -> None:
    (granted,) = Committee(collectifs=THREE).decides()

    assert isinstance(granted, AgrementGranted)
    assert [one.collectif_id for one in granted.collectifs] == ["C1"]


@pytest.mark.parametrize(
    ("collectifs", "granted"),
    [
        pytest.param(["C1", "C2"], [], id="one is missing"),
        pytest.param(["C1", "C2"], [derogation("C1")], id="for the wrong collectif"),
        pytest.param(["C1", "C2"], [derogation("C2", "ENC-01")], id="of the wrong rule"),
        pytest.param(["C1", "C2"], [derogation(None)], id="at the wrong level"),
        pytest.param(["C1", "C2"], [derogation("C2"), derogation("C1")], id="one more than needed"),
        pytest.param(["C1"], [derogation("C2")], id="for a collectif that is not granted"),
        pytest.param(["C1"], [derogation("C9")], id="for an unknown collectif"),
    ],
)
def test_derogations_are_exactly_those_that_are_needed(
    collectifs: list[str], granted: list[dict[str, Any]]
) -> None:
    answers = Committee(collectifs=THREE).decides(
        collectifs=collectifs, derogations_granted=granted
    )

    assert reasons(answers) == ["DER-06"]


def test_missing_and_needless_derogations_are_named() -> None:
    answers = Committee(collectifs=THREE).decides(
        collectifs=["C1", "C2"], derogations_granted=[derogation(None, "ENC-04")]
    )

    assert message(answers).endswith(
        "il manque ELI-27 pour le collectif C2, ENC-04 est sans objet pour le projet."
    )


def test_a_needed_derogation_stands_on_the_agrement() -> None:
    committee = Committee(collectifs=THREE)

    (granted,) = committee.decides(
        collectifs=["C2", "C1"], derogations_granted=[derogation("C2")], **NO_BONUS
    )

    assert isinstance(granted, AgrementGranted)
    assert [(one.collectif_id, one.derogations) for one in granted.collectifs] == [
        ("C1", ()),
        ("C2", ("ELI-27",)),
    ]


@pytest.mark.parametrize(
    "bonuses",
    [
        pytest.param([{"collectif_id": "C2", "kind": "enfants"}], id="not asked for"),
        pytest.param([{"collectif_id": "C1", "kind": "parents"}], id="asked for without project"),
        pytest.param([{"collectif_id": "C4", "kind": "enfants"}], id="collectif not granted"),
        pytest.param([{"collectif_id": "C9", "kind": "enfants"}], id="collectif unknown"),
    ],
)
def test_a_bonus_was_asked_for_with_its_project_for_a_granted_collectif(
    bonuses: list[dict[str, Any]],
) -> None:
    committee = Committee(
        collectifs=[
            collectif(),
            collectif(collectif_id="C2"),
            collectif(collectif_id="C4"),
        ],
        bonus_requests=[
            {"kind": "enfants", "collectifs": ["C1", "C4"], "description": "Théâtre"},
            {"kind": "parents", "collectifs": ["C1"], "description": " "},
        ],
    )

    answers = committee.decides(collectifs=["C1", "C2"], bonuses=bonuses)

    assert reasons(answers) == ["BON-06"]
    assert f"{bonuses[0]['kind']} pour {bonuses[0]['collectif_id']}" in message(answers)


def test_no_bonus_exists_before_2021() -> None:
    assert reasons(Committee(school_year="2020-2021").decides()) == ["COM-04", "BON-01"]
    assert reasons(Committee(school_year="2020-2021").decides(bonuses=[])) == ["COM-04"]


def test_a_bonus_exists_in_2021() -> None:
    (granted,) = Committee(school_year="2021-2022").decides()

    assert isinstance(granted, AgrementGranted)


@pytest.mark.parametrize(
    ("until", "rejected"),
    [
        ("2024-2025", True),
        ("2025-2026", False),
        ("2027-2028", False),
        ("2028-2029", True),
    ],
)
def test_the_agrement_ends_within_what_is_allowed(until: str, *, rejected: bool) -> None:
    answers = Committee(multi_year={"until": "2029-2030"}).decides(multi_year_until=until)

    if rejected:
        assert reasons(answers) == ["PLU-04"]
        assert message(answers).endswith("doit aller de 2025-2026 à 2027-2028.")
    else:
        assert isinstance(answers[0], AgrementGranted)


def test_all_reasons_are_listed_together_in_a_stable_order() -> None:
    committee = Committee(collectifs=THREE, school_year="2026-2027")

    answers = committee.decides(
        members_present=[],
        collectifs=["C2", "C3"],
        bonuses=[{"collectif_id": "C2", "kind": "parents"}],
        multi_year_until="2030-2031",
    )

    assert reasons(answers) == ["COM-01", "COM-04", "DER-06", "BON-06", "PLU-02"]


def test_the_largest_decision_is_rejected_with_a_text_that_fits() -> None:
    names = [f"X{rank:0>99}" for rank in range(200)]

    answers = Committee().decides(
        collectifs=names,
        bonuses=[{"collectif_id": n, "kind": k} for n in names for k in ("enfants", "parents")],
        derogations_granted=[derogation(name) for name in names],
    )

    assert reasons(answers) == ["COM-04", "DER-06", "BON-06"]


def test_a_dossier_survives_storage_whole() -> None:
    committee = Committee(collectifs=THREE)
    committee.decides(**ADJOURNED)
    committee.decides()

    stored = committee.dossier.model_dump_json()

    assert Dossier.model_validate_json(stored) == committee.dossier

"""An agrement already covers the project for the school year [REC-11, D-REC-11b]."""

from typing import Any

import pytest

from services.submission.domain.states import Agrement, GestionnaireAgrements
from services.submission.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.eligibility import AgrementAmended, AgrementRegistered
from shared.contracts.submission import DossierReceived, DossierRejected
from shared.kernel.calendar import previous
from shared.kernel.decision import Decision, State, StateRef
from tests.support.decide import Story, decide, load_states, message_of, only_event
from tests.support.life import agrement_imported, amendment_decided
from tests.support.samples import OTHER_SIRET, SIRET, agrement, campaign, dossier, interim_report
from tests.unit.submission.builders import campaign_open, dossier_state, rules

OLD, OLDER = "ELAN-2023-761-000009", "ELAN-2022-761-000009"
NAMES_OLD = {"dossier_id": OLD, "motive": "Un second site, dans une autre école"}


def granted(first: str, last: str, **changes: object) -> Story:
    """The campaign is open, the report on 2024-2025 there, and an agrement was granted."""
    story = campaign_open()
    story.when(interim_report())
    values = {"dossier_id": OLD, "school_year": first, "multi_year_until": last} | changes
    story.when(agrement(**values))
    return story


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-2024", "2025-2026"),
        ("2024-2025", "2026-2027"),
        ("2025-2026", "2025-2026"),
        ("2025-2026", "2027-2028"),
    ],
)
def test_a_dossier_for_a_covered_year_is_rejected(first: str, last: str) -> None:
    story = granted(first, last)

    rejected = only_event(story.when(dossier(renews=OLD)), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("REC-11", f"{OLD} : {first} à {last}")
    assert ground.message == (
        f"L'agrément du dossier {OLD}, accordé de {first} à {last}, couvre déjà l'année scolaire"
        " 2025-2026 : il n'y a pas lieu de déposer un nouveau projet."
    )


@pytest.mark.parametrize(
    ("first", "last"), [("2022-2023", "2024-2025"), ("2026-2027", "2028-2029")]
)
def test_an_agrement_that_ended_or_starts_later_does_not_cover(first: str, last: str) -> None:
    only_event(granted(first, last).when(dossier(renews=OLD)), DossierReceived)


def test_a_project_that_an_earlier_agrement_covers_is_rejected_without_being_named() -> None:
    story = granted("2023-2024", "2025-2026")

    rejected = only_event(story.when(dossier()), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("REC-11", f"{OLD} : 2023-2024 à 2025-2026")
    assert ground.message == (
        f"L'agrément du dossier {OLD}, accordé de 2023-2024 à 2025-2026, couvre déjà l'année"
        " scolaire 2025-2026 : il n'y a pas lieu de déposer un nouveau projet, sauf s'il est"
        " distinct : la révision suivante le dit alors, avec son motif."
    )


@pytest.mark.parametrize(
    ("agreed", "filed"),
    [
        ({}, {"gestionnaire__siret": OTHER_SIRET}),
        ({"caf": "771"}, {}),
        ({}, {"project__school_level": "college", "collectifs__0__grades": ["6e"]}),
        ({}, {"project__communes": ["76351"]}),
        ({"project__communes": ["76351", "76057"]}, {}),
        ({"school_year": "2025-2026"}, {}),
        ({"multi_year_until": "2024-2025"}, {}),
        ({"school_year": "2026-2027", "multi_year_until": "2027-2028"}, {}),
        ({}, {"distinct_from": [NAMES_OLD]}),
    ],
    ids=[
        *("siret", "caf", "level", "communes", "its communes", "same first year", "ended"),
        *("later", "distinct"),
    ],
)
def test_another_gestionnaire_level_commune_or_period_is_another_project(
    agreed: dict[str, object], filed: dict[str, object]
) -> None:
    story = granted("2023-2024", "2025-2026", **agreed)

    only_event(story.when(dossier(**filed)), DossierReceived)


def test_one_commune_in_common_is_enough() -> None:
    story = granted("2023-2024", "2025-2026", project__communes=["76351", "76540"])

    assert rules(story.says(dossier(project__communes=["76540", "76057"]))) == ["REC-11"]


@pytest.mark.parametrize("renews", ["UNKNOWN", OLD])
@pytest.mark.parametrize("owner", [{"caf": "771"}, {"gestionnaire__siret": OTHER_SIRET}])
def test_the_renewed_dossier_counts_for_its_own_caf_and_siret_only(
    renews: str, owner: dict[str, str]
) -> None:
    story = granted("2023-2024", "2025-2026", **owner)

    only_event(story.when(dossier(renews=renews)), DossierReceived)


def test_the_renewed_dossier_counts_whatever_its_level_commune_and_first_year() -> None:
    elsewhere = {"project__communes": ["76351"], "project__school_level": "lycee"}
    story = granted("2025-2026", "2025-2026", **elsewhere)

    assert rules(story.says(dossier(renews=OLD))) == ["REC-11"]


def test_every_agrement_that_covers_the_project_is_named() -> None:
    story = granted("2023-2024", "2025-2026")
    story.when(agrement(dossier_id=OLDER, school_year="2022-2023", multi_year_until="2025-2026"))

    (ground,) = only_event(story.when(dossier(distinct_from=[])), DossierRejected).grounds
    other = only_event(story.when(dossier(revision=2, distinct_from=[NAMES_OLD])), DossierRejected)

    assert ground.observed == f"{OLDER} : 2022-2023 à 2025-2026 ; {OLD} : 2023-2024 à 2025-2026"
    assert other.grounds[0].observed == f"{OLDER} : 2022-2023 à 2025-2026"


def test_a_dossier_is_not_covered_by_an_agrement_of_its_own() -> None:
    story = granted("2023-2024", "2025-2026")

    only_event(story.when(dossier(dossier_id=OLD)), DossierReceived)


def test_a_rejected_project_comes_again_with_the_reason_why_it_is_another_one() -> None:
    story = granted("2023-2024", "2025-2026")
    assert rules(story.says(dossier())) == ["REC-11"]

    received = only_event(
        story.when(dossier(revision=2, distinct_from=[NAMES_OLD])), DossierReceived
    )

    assert [each.dossier_id for each in received.distinct_from] == [OLD]


def test_an_agrement_that_comes_while_the_dossier_waits_rejects_it_once_it_is_freed() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))
    story.when(agrement(dossier_id=OLD, school_year="2024-2025", multi_year_until="2025-2026"))

    _, rejected = story.says(interim_report())

    assert rules((rejected,)) == ["REC-11"]
    assert dossier_state(story).status == "rejected"
    assert dossier_state(story).held is None


def test_a_ground_that_needs_no_campaign_wins_over_waiting_for_one() -> None:
    story = Story(SERVICE)
    story.when(agrement(dossier_id=OLD, school_year="2024-2025", multi_year_until="2025-2026"))

    assert rules(story.says(dossier())) == ["REC-11"]


def test_an_agrement_and_a_dossier_that_it_covers_do_not_miss_each_other() -> None:
    """The deposit reads the document that the agrement writes, a shared state: one conflicts."""
    key, stored = f"761|{SIRET}", campaign_open().states

    deposit = decide(SERVICE, dossier(), stored)
    grant = decide(SERVICE, agrement(dossier_id=OLD), stored)

    assert GestionnaireAgrements.shared
    assert StateRef(GestionnaireAgrements, key) in _read(dossier(), stored)
    assert _written(grant) == {StateRef(Agrement, OLD), StateRef(GestionnaireAgrements, key)}
    assert StateRef(GestionnaireAgrements, key) not in _written(deposit)


def _read(data: WireModel, stored: tuple[State, ...]) -> set[StateRef[Any]]:
    reads = SERVICE.by_event[type(data)].required_states
    states = {StateRef(type(state), state.key): state for state in stored}
    return set(load_states(reads, message_of(data), states).stored)


def _written(decision: Decision) -> set[StateRef[Any]]:
    return {StateRef(type(state), state.key) for state in decision.states}


def test_an_agrement_that_comes_later_takes_nothing_back() -> None:
    story = campaign_open()
    only_event(story.when(dossier(renews=OLD)), DossierReceived)

    later = story.when(agrement(dossier_id=OLD))

    assert later.events == ()
    assert story.says(dossier(renews=OLD)) == ()
    assert rules(story.says(dossier(renews=OLD, dossier_id="D2"))) == ["REC-11"]


def imported(**changes: object) -> AgrementRegistered:
    """The event of eligibility for an imported agrement of 2024 to 2027."""
    return AgrementRegistered(**dict(agrement_imported(dossier_id=OLD, **changes)))


def amended(first: str, **changes: Any) -> AgrementAmended:
    """The event of eligibility for an agrement withdrawn from a school year on."""
    decided = amendment_decided(dossier_id=OLD, from_school_year=first, **changes)
    return AgrementAmended(**dict(decided), multi_year_until=None)


def judged_for(year: str, *before: WireModel) -> type[WireModel]:
    """Return what becomes of a dossier for this year that renews the old one, after these."""
    story = Story(SERVICE)
    story.when(campaign(school_year=year))
    story.when(interim_report(school_year=previous(year)))
    for event in before:
        assert story.says(event) == ()
    (events,) = story.says(dossier(school_year=year, renews=OLD))
    return type(events)


def test_an_imported_agrement_covers_its_years_too() -> None:
    assert judged_for("2024-2025", imported()) is DossierRejected
    assert judged_for("2026-2027", imported()) is DossierRejected
    assert judged_for("2027-2028", imported()) is DossierReceived


def test_however_many_agrements_cover_a_project_it_is_rejected_and_ten_are_named() -> None:
    story = Story(SERVICE)
    story.when(campaign())
    for number in range(90):
        first = agrement_imported(dossier_id=f"OLD-2024-761-{number:06}")
        story.when(AgrementRegistered(**dict(first)), id=f"import {number}")

    rejected = only_event(story.when(dossier()), DossierRejected)

    (ground,) = rejected.grounds
    assert ground.rule == "REC-11"
    assert ground.observed.startswith("OLD-2024-761-000000 : 2024-2025 à 2026-2027 ; OLD-")
    assert ground.observed.endswith("OLD-2024-761-000009 : 2024-2025 à 2026-2027 et 80 autres")
    assert "OLD-2024-761-000009" in ground.message
    assert "OLD-2024-761-000010" not in ground.message


@pytest.mark.parametrize("order", [1, -1])
def test_a_withdrawn_agrement_covers_the_years_before_only_in_any_order(order: int) -> None:
    amendments = (imported(), amended("2025-2026"))[::order]

    assert judged_for("2024-2025", *amendments) is DossierRejected
    assert judged_for("2025-2026", *amendments) is DossierReceived
    assert judged_for("2026-2027", *amendments) is DossierReceived


def test_the_year_in_which_the_action_stopped_stays_covered() -> None:
    stopped = (imported(), amended("2025-2026", ended_on="2025-12-19"))

    assert judged_for("2025-2026", *stopped) is DossierRejected
    assert judged_for("2026-2027", *stopped) is DossierReceived


def test_an_agrement_withdrawn_from_its_first_year_covers_nothing() -> None:
    assert judged_for("2024-2025", imported(), amended("2024-2025")) is DossierReceived


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_withdrawals_the_earlier_year_counts(order: int) -> None:
    ends = (amended("2026-2027"), amended("2025-2026", amendment_id="AVN-2"))[::order]

    assert judged_for("2025-2026", imported(), *ends) is DossierReceived
    assert judged_for("2024-2025", imported(), *ends) is DossierRejected


def test_a_reduced_agrement_still_covers_its_years() -> None:
    reduced = amended("2024-2025", effect="reduced", collectifs=["C1"])

    assert judged_for("2025-2026", imported(), reduced) is DossierRejected


def test_the_ground_names_what_is_left_of_a_withdrawn_agrement() -> None:
    story = granted("2024-2025", "2027-2028")
    story.when(amended("2026-2027"))

    (ground,) = only_event(story.when(dossier(renews=OLD)), DossierRejected).grounds

    assert ground.observed == f"{OLD} : 2024-2025 à 2025-2026"

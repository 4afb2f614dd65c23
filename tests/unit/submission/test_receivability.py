"""Every row of the table of checks, and which of them wins."""

import pytest

from services.submission.service import SERVICE
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
)
from tests.support.decide import Story, only_event
from tests.support.samples import DOSSIER, agrement, campaign, collectif, dossier
from tests.unit.submission.builders import campaign_open, dossier_state, rules


def test_a_dossier_that_passes_every_check_is_handed_over_whole() -> None:
    story = campaign_open()

    received = only_event(story.when(dossier()), DossierReceived)

    terms = received.model_dump(mode="json")
    assert terms.pop("deposited_on") == "2025-07-10"
    assert terms.pop("campaign") == {
        "multi_year_until": "2027-2028",
        "symbolic_fee_ceiling": "30.00",
        "priorities": ["ctg", "ecole"],
        "committee": ["CAF", "EN", "DDETS"],
    }
    assert terms == dossier().model_dump(mode="json")
    assert dossier_state(story).status == "received"
    assert dossier_state(story).held is None


def test_the_terms_of_a_campaign_may_be_left_open() -> None:
    story = Story(SERVICE)
    story.when(campaign(multi_year_until=None, symbolic_fee_ceiling=None, priorities=[]))

    received = only_event(story.when(dossier()), DossierReceived)

    assert received.campaign.multi_year_until is None
    assert received.campaign.symbolic_fee_ceiling is None
    assert received.campaign.priorities == ()


@pytest.mark.parametrize("other", [{"caf": "771"}, {"school_year": "2026-2027"}])
def test_the_campaign_of_another_caf_or_year_does_not_count(other: dict[str, str]) -> None:
    story = Story(SERVICE)
    story.when(campaign(**other))

    assert only_event(story.when(dossier()), DossierHeld).waits_for == "campaign"


# Intake refuses "elan" and "" today; dossiers that release 0.3.0 stored may have them.
@pytest.mark.parametrize("channel", ["courrier", "elan", ""])
def test_any_channel_but_elan_is_rejected(channel: str) -> None:
    rejected = only_event(campaign_open().when(dossier(channel=channel)), DossierRejected)

    (ground,) = rejected.grounds
    assert ground.rule == "REC-02"
    assert ground.observed == (channel or "(vide)")
    assert f"« {channel or '(vide)'} »" in ground.message


@pytest.mark.parametrize(
    ("form", "version", "observed"),
    [
        ("clas-local", "2025", "clas-local, version 2025"),
        ("clas-national", "2024", "clas-national, version 2024"),
        ("clas-local", "2024", "clas-local, version 2024"),
    ],
)
def test_another_form_or_version_is_one_ground(form: str, version: str, observed: str) -> None:
    filed = dossier(form__id=form, form__version=version)

    rejected = only_event(campaign_open().when(filed), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("REC-04", observed)
    assert "formulaire national clas-national, version 2025" in ground.message


def test_without_a_campaign_the_form_is_judged_and_its_version_is_not() -> None:
    version = Story(SERVICE).when(dossier(form__version="1999"))
    form = Story(SERVICE).when(dossier(form__id="clas-local"))

    only_event(version, DossierHeld)
    (ground,) = only_event(form, DossierRejected).grounds
    assert ground.rule == "REC-04"
    assert ground.message == (
        "Le formulaire rempli est : clas-local, version 2025 ; la campagne demande le formulaire"
        " national clas-national, dans la version de la campagne."
    )


def test_an_unsigned_dossier_is_rejected_without_judging_the_window() -> None:
    story = campaign_open()

    assert rules(story.says(dossier(signed_at=None))) == ["REC-08"]
    assert dossier_state(story).deposited_on is None


def test_the_deposit_in_elan_is_not_the_deposit_date() -> None:
    late = dossier(deposited_at="2025-12-01T10:00:00+01:00")

    received = only_event(campaign_open().when(late), DossierReceived)

    assert received.deposited_on.isoformat() == "2025-07-10"


def test_all_grounds_of_rejection_are_listed_and_only_those() -> None:
    story = campaign_open()
    story.when(agrement(dossier_id="OLD", school_year="2024-2025", multi_year_until="2025-2026"))
    filed = dossier(
        channel="courriel",
        form__version="2024",
        signed_at="2025-09-02T10:00:00+02:00",
        renews="OLD",
        previous_clas=True,
        project__descriptions__parents="",
        collectifs=[collectif(grades=["6e"])],
    )

    assert rules(story.says(filed)) == ["REC-02", "REC-04", "REC-07", "REC-11"]
    assert dossier_state(story).status == "rejected"


@pytest.mark.parametrize(
    ("part", "rule", "words"),
    [
        ("children", "REC-14", "avec les enfants"),
        ("parents", "REC-15", "avec et pour les parents"),
        ("schools", "REC-16", "établissements scolaires"),
        ("local_resources", "REC-17", "ressources locales"),
    ],
)
def test_a_blank_description_asks_for_complements(part: str, rule: str, words: str) -> None:
    story = campaign_open()
    filed = dossier(**{f"project__descriptions__{part}": " \n "})

    requested = only_event(story.when(filed), ComplementsRequested)

    (ground,) = requested.grounds
    assert (ground.rule, ground.observed) == (rule, "(vide)")
    assert words in ground.message
    assert (requested.caf, requested.dossier_id, requested.revision) == ("761", DOSSIER, 1)
    assert dossier_state(story).status == "complements_requested"


def test_everything_to_complete_is_asked_at_once_and_wins_over_holding() -> None:
    story = campaign_open()
    blank = {"children": "", "parents": "", "schools": "", "local_resources": ""}
    filed = dossier(
        project__descriptions=blank, previous_clas=True, collectifs=[collectif(grades=["Tle"])]
    )

    assert rules(story.says(filed)) == ["REC-14", "REC-15", "REC-16", "REC-17", "REC-19"]
    assert dossier_state(story).held is None


@pytest.mark.parametrize(
    ("level", "grades"),
    [
        ("elementaire", ["CP", "CE1", "CE2", "CM1", "CM2"]),
        ("college", ["6e", "5e", "4e", "3e"]),
        ("lycee", ["2nde", "1re", "Tle"]),
        ("elementaire", ["PS", "MS", "GS", "CP"]),
        ("college", ["GS"]),
        ("lycee", []),
    ],
)
def test_grades_of_the_level_and_nursery_grades_pass(level: str, grades: list[str]) -> None:
    filed = dossier(project__school_level=level, collectifs__0__grades=grades)

    only_event(campaign_open().when(filed), DossierReceived)


@pytest.mark.parametrize(
    ("level", "grade"),
    [
        *(("elementaire", "6e"), ("elementaire", "Tle"), ("college", "CM2")),
        *(("college", "2nde"), ("lycee", "3e"), ("lycee", "CP")),
    ],
)
def test_a_grade_of_another_level_is_to_be_split_off(level: str, grade: str) -> None:
    filed = dossier(project__school_level=level, collectifs__0__grades=[grade])

    assert rules(campaign_open().says(filed)) == ["REC-19"]


def test_mixed_levels_name_the_grades_and_the_collectifs_once() -> None:
    filed = dossier(
        collectifs=[
            collectif(collectif_id="C1", grades=["CM2"]),
            collectif(collectif_id="C2", grades=["CM2", "6e", "5e", "GS"]),
            collectif(collectif_id="C3", grades=["6e"]),
        ],
        bonus_requests=[],
    )

    requested = only_event(campaign_open().when(filed), ComplementsRequested)

    (ground,) = requested.grounds
    assert ground.observed == "6e, 5e (C2, C3)"
    assert "niveau élémentaire" in ground.message


def test_grounds_stay_short_however_much_is_wrong() -> None:
    many = [collectif(collectif_id=f"{n:03}{'x' * 97}", grades=["6e"]) for n in range(200)]
    crowded = dossier(collectifs=many, bonus_requests=[])
    wordy = dossier(channel="é" * 10_000, form__id="f" * 10_000, form__version="v" * 10_000)

    requested = only_event(campaign_open().when(crowded), ComplementsRequested)
    rejected = only_event(campaign_open().when(wordy), DossierRejected)

    assert requested.grounds[0].observed.endswith(f"009{'x' * 97} et 190 autres)")
    assert rejected.grounds[0].observed == "é" * 200 + "…"
    assert [ground.rule for ground in rejected.grounds] == ["REC-02", "REC-04"]

"""A dossier that was rejected comes again, and nobody antedates [TEC-01, D-REC-07b]."""

import json

import pytest

from services.submission.domain.states import Dossier
from services.submission.service import SERVICE
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import DossierReceived, DossierRejected
from tests.support.decide import Story, only_event
from tests.support.samples import DOSSIER, OTHER_SIRET, SIRET, dossier
from tests.unit.submission.builders import (
    campaign_open,
    dossier_state,
    incomplete,
    rules,
    to_complete,
)


def test_an_unsigned_complement_kills_nothing_and_the_earlier_signature_counts() -> None:
    story = to_complete()
    story.when(dossier(revision=2, signed_at=None))

    late = dossier(revision=3, signed_at="2025-11-03T10:00:00+01:00")

    received = only_event(story.when(late), DossierReceived)
    assert received.deposited_on.isoformat() == "2025-07-10"


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"signed_at": None}, "REC-08"), ({"channel": "courrier"}, "REC-02")],
)
def test_a_rejected_dossier_comes_again_as_its_next_revision_and_is_judged_anew(
    change: dict[str, str | None], rule: str
) -> None:
    story = campaign_open()
    assert rules(story.says(dossier(**change))) == [rule]

    received = only_event(story.when(dossier(revision=2)), DossierReceived)

    assert received.revision == 2
    assert story.says(dossier(**change)) == ()
    assert [each.rejected for each in dossier_state(story).revisions] == [True, False]


@pytest.mark.parametrize(
    ("signed_at", "observed", "expected"),
    [
        ("2025-07-09T23:00:00+02:00", "9 juillet 2025", "au plus tôt le 10 juillet 2025"),
        (
            "2025-07-10T09:29:59+02:00",
            "10 juillet 2025, 09:29:59",
            "au plus tôt le 10 juillet 2025, 09:30:00",
        ),
    ],
)
@pytest.mark.parametrize(
    "first", [incomplete(), dossier(channel="courrier"), dossier(previous_clas=True)]
)
def test_nobody_antedates(
    first: DossierSubmitted, signed_at: str, observed: str, expected: str
) -> None:
    story = campaign_open()
    story.when(first)
    before = story.states

    refused = story.when(dossier(revision=2, signed_at=signed_at))

    (ground,) = only_event(refused, DossierRejected).grounds
    assert (ground.rule, ground.observed) == ("TEC-01", observed)
    assert "une date de validation ne recule pas" in ground.message
    assert [each.expected for each in refused.findings if each.outcome == "breach"] == [expected]
    assert story.states == before, "it is not remembered"
    assert rules(story.says(dossier(revision=2, signed_at=signed_at))) == ["TEC-01"]


def test_of_several_earlier_signatures_the_latest_counts() -> None:
    story = to_complete()
    story.when(incomplete(revision=2, signed_at="2025-07-20T09:30:00+02:00"))

    between = dossier(revision=3, signed_at="2025-07-15T09:30:00+02:00")

    assert rules(story.says(between)) == ["TEC-01"]


def test_a_signature_of_the_same_instant_in_another_notation_is_not_antedated() -> None:
    story = to_complete()

    only_event(story.when(dossier(revision=2, signed_at="2025-07-10T07:30:00Z")), DossierReceived)


@pytest.mark.parametrize(
    ("status", "deposited_on", "signed_at", "answer"),
    [
        ("complements_requested", "2025-07-10", "2025-11-03T10:00:00+01:00", "received"),
        ("complements_requested", "2025-07-10", "2025-07-09T10:00:00+02:00", "TEC-01"),
        ("rejected", "2025-09-02", "2025-07-10T10:00:00+02:00", "TEC-01"),
        ("rejected", "2025-07-10", "2025-11-03T10:00:00+01:00", "REC-07"),
        ("rejected", "2025-07-10", "2025-07-11T10:00:00+02:00", "received"),
        ("rejected", None, "2025-07-11T10:00:00+02:00", "received"),
    ],
)
def test_of_a_dossier_that_release_0_3_0_stored_the_day_of_deposit_is_the_first_signature(
    status: str, deposited_on: str | None, signed_at: str, answer: str
) -> None:
    document = {
        "dossier_id": DOSSIER,
        "caf": "761",
        "school_year": "2025-2026",
        "siret": SIRET,
        "status": status,
        "deposited_on": deposited_on,
        "revisions": [{"revision": 1, "fingerprint": "as 0.3.0 stored it"}],
    }
    stored = Dossier.model_validate_json(json.dumps(document))
    story = Story(SERVICE, stored, *campaign_open().states)

    (event,) = story.says(dossier(revision=2, signed_at=signed_at))

    became = "received" if isinstance(event, DossierReceived) else rules((event,))[0]
    assert became == answer


@pytest.mark.parametrize(
    "first",
    [dossier(previous_clas=True), dossier(channel="courrier"), dossier(school_year="2026-2027")],
    ids=["held for a report", "rejected", "held for its campaign"],
)
@pytest.mark.parametrize(
    "change",
    [{"caf": "771"}, {"school_year": "2024-2025"}, {"gestionnaire__siret": OTHER_SIRET}],
)
def test_caf_school_year_and_siret_stay_while_it_is_held_and_after_a_rejection_too(
    first: DossierSubmitted, change: dict[str, str]
) -> None:
    story = campaign_open()
    story.when(first)
    before = story.states

    moved = {"school_year": first.school_year} | change

    assert rules(story.says(dossier(revision=2, **moved))) == ["TEC-01"]
    assert story.states == before

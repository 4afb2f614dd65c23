"""The window of deposit, to the second, on the clocks of Paris [REC-07, D-REC-07]."""

from datetime import date

import pytest

from services.submission.service import SERVICE
from shared.contracts.submission import DossierReceived, DossierRejected
from tests.support.decide import Story, only_event
from tests.support.samples import campaign, dossier
from tests.unit.submission.builders import campaign_open, dossier_state, rules


@pytest.mark.parametrize(
    ("signed_at", "day"),
    [
        ("2025-06-12T22:00:00Z", "2025-06-13"),
        ("2025-06-13T00:00:00+02:00", "2025-06-13"),
        ("2025-08-31T21:59:59Z", "2025-08-31"),
        ("2025-08-31T21:59:59.999999Z", "2025-08-31"),
        ("2025-08-31T23:59:59+02:00", "2025-08-31"),
        ("2025-09-01T07:59:59+10:00", "2025-08-31"),
    ],
)
def test_both_days_of_the_window_are_included_in_summer_time(signed_at: str, day: str) -> None:
    received = only_event(campaign_open().when(dossier(signed_at=signed_at)), DossierReceived)

    assert received.deposited_on.isoformat() == day


@pytest.mark.parametrize(
    "signed_at",
    [
        "2025-06-12T21:59:59Z",
        "2025-06-12T23:59:59.999999+02:00",
        "2025-08-31T22:00:00Z",
        "2025-09-01T00:00:00+02:00",
        "2025-08-31T12:00:00-10:00",
        "2024-07-10T09:30:00+02:00",
    ],
)
def test_a_second_too_early_or_too_late_is_rejected(signed_at: str) -> None:
    assert rules(campaign_open().says(dossier(signed_at=signed_at))) == ["REC-07"]


@pytest.mark.parametrize(
    ("signed_at", "in_time"),
    [
        ("2025-01-14T22:59:59Z", False),
        ("2025-01-14T23:00:00Z", True),
        ("2025-02-10T22:59:59Z", True),
        ("2025-02-10T23:00:00Z", False),
    ],
)
def test_in_winter_midnight_in_paris_is_23_utc(signed_at: str, in_time: bool) -> None:
    story = Story(SERVICE)
    story.when(campaign(opens_on="2025-01-15", closes_on="2025-02-10"))

    (answer,) = story.says(dossier(signed_at=signed_at))

    assert isinstance(answer, DossierReceived if in_time else DossierRejected)


def test_a_window_across_the_change_of_the_clocks_has_one_border_of_each_kind() -> None:
    story = Story(SERVICE)
    story.when(campaign(opens_on="2025-10-26", closes_on="2025-10-26"))

    first, second = (
        story.says(dossier(dossier_id="D1", signed_at="2025-10-25T22:00:00Z")),
        story.says(dossier(dossier_id="D2", signed_at="2025-10-26T22:59:59Z")),
    )
    before, past = (
        story.says(dossier(dossier_id="D3", signed_at="2025-10-25T21:59:59Z")),
        story.says(dossier(dossier_id="D4", signed_at="2025-10-26T23:00:00Z")),
    )

    assert [type(events[0]) for events in (first, second)] == [DossierReceived, DossierReceived]
    assert [rules(before), rules(past)] == [["REC-07"], ["REC-07"]]


def test_the_rejection_says_when_and_what_the_window_was() -> None:
    rejected = only_event(
        campaign_open().when(dossier(signed_at="2025-08-31T22:00:00Z")), DossierRejected
    )

    (ground,) = rejected.grounds
    assert ground.observed == "2025-09-01T00:00:00+02:00"
    assert "le 01/09/2025 à 00:00:00 (heure de Paris)" in ground.message
    assert "du 13/06/2025 au 31/08/2025 inclus" in ground.message


def test_a_dossier_out_of_time_has_no_day_of_deposit_and_cannot_be_antedated() -> None:
    story = campaign_open()
    late = "2025-09-02T10:00:00+02:00"
    assert rules(story.says(dossier(signed_at=late))) == ["REC-07"]

    assert dossier_state(story).deposited_on is None
    assert rules(story.says(dossier(revision=2))) == ["TEC-01"]
    assert rules(story.says(dossier(revision=2, signed_at=late))) == ["REC-07"]


def test_a_dossier_signed_before_the_window_comes_again_with_a_signature_within() -> None:
    story = campaign_open()
    assert rules(story.says(dossier(signed_at="2025-06-01T10:00:00+02:00"))) == ["REC-07"]

    received = only_event(story.when(dossier(revision=2)), DossierReceived)

    assert received.deposited_on == date(2025, 7, 10)


def test_of_the_signatures_in_the_window_the_earliest_is_the_deposit() -> None:
    story = campaign_open()
    story.when(dossier(signed_at="2025-06-20T10:00:00+02:00", project__descriptions__parents=""))
    story.when(dossier(revision=2, project__descriptions__schools=""))

    completed = dossier(revision=3, signed_at="2025-12-01T10:00:00+01:00")

    received = only_event(story.when(completed), DossierReceived)
    assert received.deposited_on == date(2025, 6, 20)


def test_the_signature_of_a_rejected_revision_is_no_deposit() -> None:
    story = campaign_open()
    assert rules(story.says(dossier(channel="courrier"))) == ["REC-02"]

    late = dossier(revision=2, signed_at="2025-09-02T10:00:00+02:00")

    assert rules(story.says(late)) == ["REC-07"]

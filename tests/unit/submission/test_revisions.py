"""Which revision may follow which, and what is remembered of them [TEC-01, TEC-02]."""

import pytest

from services.submission.domain.states import Dossier
from services.submission.service import SERVICE
from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import (
    ComplementsRequested,
    DossierReceived,
    DossierRejected,
)
from shared.kernel.decision import OutgoingEvent, StateRef
from tests.support.decide import Story, only_event
from tests.support.samples import (
    DOSSIER,
    OTHER_SIRET,
    agrement,
    campaign,
    dossier,
)
from tests.unit.submission.builders import (
    campaign_open,
    dossier_state,
    incomplete,
    rules,
    to_complete,
)


def test_complements_may_come_after_the_window_and_the_deposit_date_stays() -> None:
    story = to_complete()
    completed = dossier(revision=2, signed_at="2025-09-20T10:00:00+02:00")

    received = only_event(story.when(completed), DossierReceived)

    assert received.revision == 2
    assert received.deposited_on.isoformat() == "2025-07-10"
    assert received.signed_at is not None
    assert received.signed_at.isoformat() == "2025-09-20T10:00:00+02:00"
    assert received.project.descriptions.parents == "Cafés des parents"


def test_complements_may_be_asked_again_and_again() -> None:
    story = to_complete()

    again = story.says(dossier(revision=2, project__descriptions__schools=""))
    last = story.when(dossier(revision=3))

    assert rules(again) == ["REC-16"]
    assert only_event(last, DossierReceived).deposited_on.isoformat() == "2025-07-10"


def test_revisions_may_skip_numbers_and_need_not_start_at_one() -> None:
    story = campaign_open()

    only_event(story.when(incomplete(revision=3)), ComplementsRequested)
    received = only_event(story.when(dossier(revision=7)), DossierReceived)

    assert received.revision == 7


def test_the_signature_is_judged_on_each_revision() -> None:
    story = to_complete()

    assert rules(story.says(dossier(revision=2, signed_at=None))) == ["REC-08"]
    assert dossier_state(story).status == "rejected"


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"channel": "courrier"}, "REC-02"), ({"form__version": "2024"}, "REC-04")],
)
def test_channel_and_form_are_judged_on_each_revision(change: dict[str, str], rule: str) -> None:
    assert rules(to_complete().says(dossier(revision=2, **change))) == [rule]


def test_an_agrement_granted_meanwhile_rejects_the_complements() -> None:
    story = to_complete()
    story.when(agrement(dossier_id="OLD"))

    assert rules(story.says(dossier(revision=2, renews="OLD"))) == ["REC-11"]


def test_a_next_revision_is_judged_under_the_campaign_that_counts_by_then() -> None:
    story = to_complete()
    story.when(campaign(closes_on="2025-06-30"), id="z")

    assert rules(story.says(dossier(revision=2))) == ["REC-07"]


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (dossier(), "received"),
        (incomplete(), "complements_requested"),
        (dossier(previous_clas=True), "held"),
        (dossier(channel="courrier"), "rejected"),
    ],
)
def test_the_same_revision_again_is_silent_whatever_became_of_it(
    first: DossierSubmitted, status: str
) -> None:
    story = campaign_open()
    story.when(first)
    before = story.states

    again = story.when(first, id="another event")

    assert (again.states, again.events) == ((), ())
    assert story.states == before
    assert dossier_state(story).status == status


def test_every_judged_revision_is_remembered() -> None:
    story = to_complete()
    story.when(dossier(revision=2, project__descriptions__schools=""))
    story.when(dossier(revision=3))

    assert story.says(incomplete()) == ()
    assert story.says(dossier(revision=2, project__descriptions__schools="")) == ()
    assert story.says(dossier(revision=3)) == ()


def test_the_order_of_a_list_is_not_other_content() -> None:
    story = campaign_open()
    story.when(dossier(project__activities=["methodologie", "culturelle", "ludique"]))

    assert story.says(dossier(project__activities=["ludique", "methodologie", "culturelle"])) == ()


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (dossier(), dossier(project__title="Autre titre")),
        (incomplete(), dossier()),
        (dossier(previous_clas=True), dossier()),
        (dossier(channel="courrier"), dossier()),
        (dossier(), dossier(caf="771")),
        (dossier(), dossier(gestionnaire__siret=OTHER_SIRET)),
    ],
)
def test_a_revision_seen_with_other_content_is_refused(
    first: DossierSubmitted, other: DossierSubmitted
) -> None:
    story = campaign_open()
    story.when(first)
    before = story.states

    refused = story.when(other)

    rejected = only_event(refused, DossierRejected)
    assert (rejected.caf, rejected.revision) == (other.caf, 1)
    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("TEC-01", "révision 1")
    assert "autre contenu" in ground.message
    assert refused.states == ()
    assert story.states == before


def test_an_earlier_revision_seen_with_other_content_is_refused() -> None:
    story = to_complete()
    story.when(dossier(revision=2, project__descriptions__schools=""))

    assert rules(story.says(dossier())) == ["TEC-01"]
    only_event(story.when(dossier(revision=3)), DossierReceived)


def test_a_lower_revision_never_seen_is_refused() -> None:
    story = campaign_open()
    story.when(incomplete(revision=4))

    rejected = only_event(story.when(dossier(revision=2)), DossierRejected)

    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("TEC-01", "révision 2")
    assert "après la révision 4" in ground.message
    assert dossier_state(story).status == "complements_requested"


def test_a_revision_between_two_that_were_judged_is_refused() -> None:
    story = to_complete()
    story.when(incomplete(revision=4))

    assert rules(story.says(dossier(revision=2))) == ["TEC-01"]


def test_a_lower_revision_of_a_closed_dossier_is_refused_as_lower_only() -> None:
    story = campaign_open()
    story.when(dossier(revision=4))

    assert rules(story.says(dossier(revision=2))) == ["TEC-01"]


def test_nothing_follows_a_received_dossier() -> None:
    story = campaign_open()
    story.when(dossier())
    before = story.states

    refused = story.when(dossier(revision=2, signed_at=None))

    rejected = only_event(refused, DossierRejected)
    (ground,) = rejected.grounds
    assert (ground.rule, ground.observed) == ("TEC-02", "révision 2, dossier reçu")
    assert rejected.revision == 2
    assert story.states == before


def test_a_refused_revision_is_not_remembered_and_refused_each_time() -> None:
    story = campaign_open()
    story.when(dossier())

    assert rules(story.says(dossier(revision=2))) == ["TEC-02"]
    assert rules(story.says(dossier(revision=2))) == ["TEC-02"]
    assert rules(story.says(dossier(revision=2, channel="courrier"))) == ["TEC-02"]
    assert [r.revision for r in dossier_state(story).revisions] == [1]


@pytest.mark.parametrize(
    ("change", "observed"),
    [
        ({"caf": "771"}, "Caf 771 au lieu de 761"),
        ({"school_year": "2026-2027"}, "année scolaire 2026-2027 au lieu de 2025-2026"),
        ({"gestionnaire__siret": OTHER_SIRET}, "SIRET 77380118874019 au lieu de 76573991749305"),
        (
            {"caf": "771", "school_year": "2026-2027"},
            "Caf 771 au lieu de 761, année scolaire 2026-2027 au lieu de 2025-2026",
        ),
    ],
)
def test_caf_school_year_and_siret_stay(change: dict[str, str], observed: str) -> None:
    story = to_complete()
    story.when(campaign(caf="771"))
    story.when(campaign(school_year="2026-2027"))
    before = story.states

    moved = story.when(dossier(revision=2, **change))

    rejected = only_event(moved, DossierRejected)
    assert rejected.caf == change.get("caf", "761")
    assert [(g.rule, g.observed) for g in rejected.grounds] == [("TEC-01", observed)]
    assert story.states == before
    only_event(story.when(dossier(revision=2)), DossierReceived)


def test_a_closed_dossier_that_moves_has_both_grounds() -> None:
    story = campaign_open()
    story.when(dossier())

    assert rules(story.says(dossier(revision=2, caf="771"))) == ["TEC-02", "TEC-01"]


def test_a_refusal_carries_the_version_of_the_dossier_without_writing_it() -> None:
    story = campaign_open()
    story.when(dossier())

    (event,) = story.when(dossier(revision=2)).events

    assert isinstance(event, OutgoingEvent)
    assert event.about == StateRef(Dossier, DOSSIER)
    assert event.origin is None


def test_another_dossier_with_the_same_content_is_another_request() -> None:
    story = Story(SERVICE)
    story.when(campaign())
    story.when(dossier())

    only_event(story.when(dossier(dossier_id="ELAN-2025-761-000002")), DossierReceived)

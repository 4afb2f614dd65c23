"""A dossier that waits for an interim report may be revised."""

import pytest

from shared.contracts.elan import DossierSubmitted
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
)
from shared.kernel.decision import OutgoingEvent
from tests.support.decide import only_event
from tests.support.samples import DOSSIER, dossier, interim_report
from tests.unit.submission.builders import campaign_open, dossier_state, incomplete, rules, waiting


def test_a_held_dossier_may_be_revised_and_wait_on() -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True), id="r1")

    held = only_event(story.when(dossier(revision=2, previous_clas=True), id="r2"), DossierHeld)

    assert held.revision == 2
    assert waiting(story) == (DOSSIER,)
    (_, late) = story.when(interim_report()).events
    assert isinstance(late, OutgoingEvent)
    assert isinstance(late.data, DossierReceived)
    assert late.data.revision == 2
    assert late.origin is not None
    assert late.origin.request == "r2"


@pytest.mark.parametrize(
    ("revised", "answer", "status"),
    [
        (dossier(revision=2), DossierReceived, "received"),
        (incomplete(revision=2), ComplementsRequested, "complements_requested"),
        (dossier(revision=2, channel="courrier"), DossierRejected, "rejected"),
        (dossier(revision=2, signed_at=None), DossierRejected, "rejected"),
    ],
)
def test_a_held_dossier_that_is_revised_otherwise_waits_no_more(
    revised: DossierSubmitted, answer: type, status: str
) -> None:
    story = campaign_open()
    story.when(dossier(previous_clas=True))

    (events,) = story.says(revised)

    assert type(events) is answer
    assert dossier_state(story).status == status
    assert dossier_state(story).held is None
    assert waiting(story) == ()
    assert len(story.says(interim_report())) == 1, "the report frees nobody"
    assert dossier_state(story).status == status


def test_a_held_dossier_out_of_order_or_moved_waits_on() -> None:
    story = campaign_open()
    story.when(dossier(revision=2, previous_clas=True))

    assert rules(story.says(dossier())) == ["TEC-01"]
    assert rules(story.says(dossier(revision=3, caf="771"))) == ["TEC-01"]
    assert waiting(story) == (DOSSIER,)
    assert dossier_state(story).status == "held"

"""A Caf asks for complements to a received dossier: its next revision is judged [COM-09]."""

from datetime import date

import pytest

from services.submission.service import SERVICE
from shared.contracts.base import content_hash
from shared.contracts.common import Ground, Reason, RequestRefused
from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import DossierReopened, WithdrawalJudged
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierWithdrawn,
    WithdrawalForwarded,
    WithdrawalRefused,
)
from shared.kernel.decision import OutgoingEvent, RequestRef
from tests.support.decide import Story, events_of, only_event
from tests.support.life import withdrawal_requested
from tests.support.samples import DOSSIER, agrement, dossier, interim_report
from tests.unit.submission.builders import campaign_open, dossier_state, rules, waiting

ASKED = Ground(rule="ELI-22", message="La date de fin précède le début.", observed="")
REOPENED = DossierReopened(
    caf="761", dossier_id=DOSSIER, grounds=(ASKED,), due_on=date(2025, 9, 30)
)
WITHDRAWAL = RequestRef(request="withdrawal of ELAN", correlation="its thread")
DECIDED = Reason(rule="RET-03", message="Le comité s'est prononcé le 02/10/2025.")


def judged(*reasons: Reason) -> WithdrawalJudged:
    """What eligibility says of the sample withdrawal."""
    content = content_hash(withdrawal_requested())
    return WithdrawalJudged(caf="761", dossier_id=DOSSIER, content=content, reasons=reasons)


def received(**changes: object) -> Story:
    story = campaign_open()
    only_event(story.when(dossier(**changes)), DossierReceived)
    return story


def reopened() -> Story:
    story = received()
    story.when(REOPENED)
    return story


def test_a_received_dossier_that_is_reopened_asks_for_complements() -> None:
    story = received(revision=3)

    decision = story.when(REOPENED)

    request = ComplementsRequested(
        caf="761",
        dossier_id=DOSSIER,
        revision=3,
        grounds=(ASKED,),
        due_on=date(2025, 9, 30),
    )
    assert decision.events == (request,)
    assert [(each.rule, each.outcome) for each in decision.findings] == [("ELI-22", "review")]
    assert dossier_state(story).status == "complements_requested"


def test_its_next_revision_is_received_with_the_day_of_its_deposit() -> None:
    story = reopened()

    late = dossier(revision=2, signed_at="2025-09-28T10:00:00+02:00")

    again = only_event(story.when(late), DossierReceived)
    assert (again.revision, again.deposited_on) == (2, date(2025, 7, 10))
    assert rules(story.says(late.with_changes(revision=3))) == ["TEC-02"]


def test_its_next_revision_is_judged_on_every_ground() -> None:
    assert rules(reopened().says(dossier(revision=2, channel="courrier"))) == ["REC-02"]
    assert rules(reopened().says(dossier(revision=2, project__descriptions__parents=""))) == [
        "REC-15"
    ]


def test_it_may_be_reopened_again_once_its_revision_is_received() -> None:
    story = reopened()
    story.when(dossier(revision=2))

    request = only_event(story.when(REOPENED), ComplementsRequested)

    assert request.revision == 2


@pytest.mark.parametrize("times", [1, 2])
def test_a_dossier_that_waits_for_complements_is_reopened_once(times: int) -> None:
    story = reopened()

    for _ in range(times):
        assert story.when(REOPENED).states == ()
    assert story.says(REOPENED) == ()


def test_a_dossier_withdrawn_meanwhile_stays_closed_and_the_caf_is_answered() -> None:
    story = received()
    story.when(withdrawal_requested())
    story.when(judged())
    before = story.states

    refused = only_event(story.when(REOPENED, id="reopening"), RequestRefused)

    assert (refused.event_id, refused.caf) == ("reopening", "761")
    assert [(each.rule, each.message) for each in refused.reasons] == [
        (
            "RET-04",
            f"Le dossier {DOSSIER} a été retiré par son gestionnaire : il ne se complète plus.",
        )
    ]
    assert story.states == before


def test_the_withdrawal_of_a_reopened_dossier_goes_to_eligibility_which_has_it() -> None:
    story = reopened()

    only_event(story.when(withdrawal_requested(), origin=WITHDRAWAL), WithdrawalForwarded)
    assert dossier_state(story).status == "complements_requested"
    (withdrawn,) = story.when(judged()).events

    assert isinstance(withdrawn, OutgoingEvent)
    assert isinstance(withdrawn.data, DossierWithdrawn)
    assert withdrawn.origin == WITHDRAWAL
    assert rules(story.says(dossier(revision=2))) == ["TEC-02"]


@pytest.mark.parametrize(
    "revision",
    [
        dossier(revision=2),
        dossier(revision=2, channel="courrier"),
        dossier(revision=2, previous_clas=True),
        dossier(revision=2, project__descriptions__parents=""),
    ],
    ids=["received", "rejected", "held", "to complete"],
)
@pytest.mark.parametrize("reasons", [(), (DECIDED,)])
def test_a_withdrawal_is_answered_whatever_becomes_of_the_dossier_meanwhile(
    revision: DossierSubmitted, reasons: tuple[Reason, ...]
) -> None:
    story = received()
    story.when(withdrawal_requested(), origin=WITHDRAWAL)
    story.when(REOPENED)
    story.when(revision)

    (event,) = story.when(judged(*reasons)).events

    assert isinstance(event, OutgoingEvent)
    assert type(event.data) is (WithdrawalRefused if reasons else DossierWithdrawn)
    assert event.origin == WITHDRAWAL
    assert (dossier_state(story).status == "withdrawn") is not bool(reasons)
    assert bool(waiting(story)) is (dossier_state(story).status == "held")


def test_a_reopened_dossier_may_wait_for_a_report_and_be_withdrawn_then() -> None:
    story = reopened()
    story.when(agrement(dossier_id="OLD", school_year="2024-2025", multi_year_until="2024-2025"))
    only_event(story.when(dossier(revision=2)), DossierHeld)

    only_event(story.when(withdrawal_requested()), WithdrawalForwarded)
    story.when(judged())

    assert waiting(story) == ()
    assert len(story.says(interim_report())) == 1, "the report frees nobody"


def test_a_rejected_revision_of_a_reopened_dossier_can_be_withdrawn() -> None:
    story = reopened()
    story.when(dossier(revision=2, channel="courrier"))

    only_event(story.when(withdrawal_requested()), WithdrawalForwarded)


def test_a_pending_withdrawal_outlives_the_wait_for_a_report() -> None:
    story = reopened()
    story.when(dossier(revision=2, previous_clas=True))
    story.when(withdrawal_requested(), origin=WITHDRAWAL)

    freed = events_of(story.when(interim_report()))[1]
    (withdrawn,) = story.says(judged())

    assert isinstance(freed, DossierReceived)
    assert isinstance(withdrawn, DossierWithdrawn)


def test_a_reopening_of_an_unknown_dossier_changes_nothing() -> None:
    assert Story(SERVICE).says(REOPENED) == ()

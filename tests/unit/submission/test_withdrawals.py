"""A gestionnaire withdraws a dossier [RET-01, RET-02, RET-03]."""

from datetime import date
from typing import Any

import pytest

from services.submission.domain.states import Dossier, InterimReport
from services.submission.service import SERVICE
from shared.contracts.base import WireModel, content_hash
from shared.contracts.common import Reason
from shared.contracts.eligibility import WithdrawalJudged
from shared.contracts.submission import (
    DossierReceived,
    DossierWithdrawn,
    WithdrawalForwarded,
    WithdrawalRefused,
)
from shared.kernel.decision import Decision, Finding, OutgoingEvent, RequestRef, StateRef
from tests.support.decide import Story, only_event
from tests.support.life import withdrawal_requested
from tests.support.samples import DOSSIER, OTHER_CAF, OTHER_DOSSIER, dossier, interim_report
from tests.unit.submission.builders import campaign_open, dossier_state, rules, waiting

TOO_LATE = Reason(rule="RET-03", message="Le comité s'est prononcé le 02/10/2025.")


def withdrawal_judged(*reasons: Reason, **changes: Any) -> WithdrawalJudged:
    """The judgement of eligibility on the sample request with some fields replaced."""
    content = content_hash(withdrawal_requested(**changes))
    return WithdrawalJudged(caf="761", dossier_id=DOSSIER, content=content, reasons=reasons)


def refusal(events: tuple[WireModel, ...]) -> Reason:
    """Return the one reason of a refusal, which must be the only answer."""
    (event,) = events
    assert isinstance(event, WithdrawalRefused), event
    (reason,) = event.reasons
    return reason


def outcomes(decision: Decision) -> list[tuple[str, str]]:
    return [(finding.rule, finding.outcome) for finding in decision.findings]


def received() -> Story:
    story = campaign_open()
    only_event(story.when(dossier()), DossierReceived)
    return story


def held() -> Story:
    story = campaign_open()
    story.when(dossier(previous_clas=True))
    assert waiting(story) == (DOSSIER,)
    return story


def test_a_dossier_that_never_came_cannot_be_withdrawn() -> None:
    decision = Story(SERVICE).when(withdrawal_requested())

    reason = refusal((only_event(decision, WithdrawalRefused),))
    assert reason == Reason(
        rule="RET-01",
        message=f"Le dossier {DOSSIER} n'a jamais été déposé : il n'y a rien à retirer.",
    )
    assert outcomes(decision) == [("RET-01", "breach")]


def test_another_caf_withdraws_nothing() -> None:
    decision = received().when(withdrawal_requested(caf=OTHER_CAF))

    reason = Reason(
        rule="TEC-03", message=f"Le dossier {DOSSIER} n'est pas un dossier de la Caf 771."
    )
    refused = WithdrawalRefused(caf=OTHER_CAF, dossier_id=DOSSIER, reasons=(reason,))
    assert decision.events == (OutgoingEvent(refused, about=StateRef(Dossier, DOSSIER)),)
    assert outcomes(decision) == [("TEC-03", "breach")]


def test_another_caf_is_refused_whether_or_not_the_interim_report_is_found() -> None:
    story = held()
    story.states = tuple(s for s in story.states if not isinstance(s, InterimReport))

    reason = refusal(story.says(withdrawal_requested(caf=OTHER_CAF)))

    assert reason.rule == "TEC-03"
    with pytest.raises(AssertionError, match="no report lists it"):
        story.when(withdrawal_requested())


def test_a_rejected_dossier_is_closed() -> None:
    story = campaign_open()
    story.when(dossier(channel="courrier"))

    reason = refusal(story.says(withdrawal_requested()))

    assert reason == Reason(
        rule="RET-02",
        message=f"Le dossier {DOSSIER} a été rejeté à sa révision 1 :"
        " il n'y a plus rien à retirer.",
    )


def test_a_dossier_to_be_completed_is_withdrawn_at_once() -> None:
    story = campaign_open()
    story.when(dossier(project__descriptions__parents=""))

    decision = story.when(withdrawal_requested())

    assert only_event(decision, DossierWithdrawn) == DossierWithdrawn(
        caf="761",
        dossier_id=DOSSIER,
        withdrawn_on=date(2025, 9, 15),
        motive="Départ de la coordinatrice",
    )
    assert dossier_state(story).status == "withdrawn"
    assert outcomes(decision) == [
        ("TEC-03", "ok"),
        ("RET-02", "ok"),
        ("TEC-01", "ok"),
    ]


def test_a_held_dossier_leaves_the_waiting_list_and_is_never_received() -> None:
    story = held()

    decision = story.when(withdrawal_requested(motive=None))

    assert only_event(decision, DossierWithdrawn).motive is None
    assert len(decision.findings) == 3
    assert waiting(story) == ()
    assert dossier_state(story).held is None
    assert not [e for e in story.says(interim_report()) if isinstance(e, DossierReceived)]


def test_withdrawal_and_report_write_the_same_documents() -> None:
    """Whichever replica commits second starts again: none can miss the other."""
    withdrawn = held().when(withdrawal_requested()).states
    freed = held().when(interim_report()).states

    written = [{StateRef(type(s), s.key) for s in states} for states in (withdrawn, freed)]
    assert written[0] == written[1]
    assert {ref.model for ref in written[0]} == {Dossier, InterimReport}


def test_a_received_dossier_asks_eligibility_first() -> None:
    story = received()

    decision = story.when(withdrawal_requested())

    forwarded = only_event(decision, WithdrawalForwarded)
    assert {finding.outcome for finding in decision.findings} == {"ok"}
    assert len(decision.findings) == 3
    assert forwarded.content == content_hash(withdrawal_requested())
    assert (forwarded.caf, forwarded.dossier_id) == ("761", DOSSIER)
    assert dossier_state(story).status == "received"


def test_eligibility_lets_it_go_and_the_answer_belongs_to_the_request() -> None:
    story = received()
    origin = RequestRef(request="w1", correlation="c1")
    story.when(withdrawal_requested(), origin=origin)

    decision = story.when(withdrawal_judged())

    withdrawn = DossierWithdrawn(
        caf="761",
        dossier_id=DOSSIER,
        withdrawn_on=date(2025, 9, 15),
        motive="Départ de la coordinatrice",
    )
    assert decision.events == (OutgoingEvent(withdrawn, origin=origin),)
    assert dossier_state(story).status == "withdrawn"
    assert decision.findings == (Finding("RET-03", "ok", "Le comité ne s'était pas prononcé."),)


def test_the_committee_was_first_and_the_request_may_come_again() -> None:
    story = received()
    origin = RequestRef(request="w1", correlation="c1")
    story.when(withdrawal_requested(), origin=origin)

    decision = story.when(withdrawal_judged(TOO_LATE))

    refused = WithdrawalRefused(caf="761", dossier_id=DOSSIER, reasons=(TOO_LATE,))
    assert decision.events == (OutgoingEvent(refused, origin=origin),)
    assert [finding.message for finding in decision.findings] == [
        "Le comité s'est prononcé le 02/10/2025."
    ]
    assert dossier_state(story).status == "received"
    only_event(story.when(withdrawal_requested()), WithdrawalForwarded)


@pytest.mark.parametrize("judgement", [withdrawal_judged(), withdrawal_judged(TOO_LATE)])
def test_a_word_of_eligibility_that_nobody_waits_for_changes_nothing(
    judgement: WithdrawalJudged,
) -> None:
    done = received()
    done.when(withdrawal_requested())
    done.when(withdrawal_judged())

    assert Story(SERVICE).says(judgement) == ()
    assert received().says(judgement) == ()
    assert done.when(judgement).states == ()


def test_a_word_about_another_request_changes_nothing() -> None:
    story = received()
    story.when(withdrawal_requested())

    assert story.when(withdrawal_judged(motive="Un autre motif")).states == ()
    assert dossier_state(story).status == "received"


@pytest.mark.parametrize("concluded", [False, True])
def test_the_same_request_again_is_silent_another_one_is_refused(concluded: bool) -> None:
    story = received()
    story.when(withdrawal_requested())
    if concluded:
        story.when(withdrawal_judged())

    assert story.says(withdrawal_requested()) == ()
    reason = refusal(story.says(withdrawal_requested(motive="Un autre motif")))
    state = "déjà retiré" if concluded else "déjà en cours de retrait"
    assert reason == Reason(
        rule="TEC-01",
        message=f"Le dossier {DOSSIER} est {state}, à la demande du 15/09/2025 :"
        " aucune autre ne peut la remplacer.",
    )


def test_a_dossier_withdrawn_at_once_is_withdrawn_once() -> None:
    story = held()
    story.when(withdrawal_requested())

    assert story.says(withdrawal_requested()) == ()
    assert refusal(story.says(withdrawal_requested(motive=None))).rule == "TEC-01"


def test_nothing_follows_a_withdrawn_dossier() -> None:
    story = campaign_open()
    story.when(dossier(project__descriptions__parents=""))
    story.when(withdrawal_requested())

    assert rules(story.says(dossier(revision=2))) == ["TEC-02"]
    assert story.says(dossier(project__descriptions__parents="")) == ()
    only_event(story.when(dossier(dossier_id=OTHER_DOSSIER)), DossierReceived)

"""A dossier may be withdrawn until the committee has decided [RET-03, RET-04]."""

from datetime import date
from typing import Any

import pytest

from services.eligibility.domain.states import Dossier, EarlyWithdrawal, SharedTerritory
from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.caf import AskedComplement, ComplementsOrdered
from shared.contracts.eligibility import (
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    DossierReopened,
    EligibilityAssessed,
    WithdrawalJudged,
)
from shared.contracts.submission import WithdrawalForwarded
from shared.kernel.decision import StateRef
from tests.support.decide import Story, only_event
from tests.support.samples import (
    DOSSIER,
    OTHER_DOSSIER,
    SIRET,
    committee_decision,
    dossier_received,
)
from tests.unit.eligibility.builders import Committee, rules

GROUND = f"{SIRET}|elementaire|2025-2026|76540"
FORWARDED = WithdrawalForwarded(caf="761", dossier_id=DOSSIER, content="abc")
LET_GO = WithdrawalJudged(caf="761", dossier_id=DOSSIER, content="abc", reasons=())
REFUSED: dict[str, Any] = {
    "outcome": "refused",
    "motive": "Offre suffisante",
    "collectifs": [],
    "bonuses": [],
}


def rejection(events: tuple[WireModel, ...]) -> str:
    (event,) = events
    assert isinstance(event, CommitteeDecisionRejected), event
    (reason,) = event.reasons
    return f"{reason.rule} {reason.message}"


def test_a_dossier_that_nobody_decided_on_is_let_go() -> None:
    committee = Committee()

    decision = committee.when(FORWARDED)

    assert only_event(decision, WithdrawalJudged) == LET_GO
    assert committee.dossier.withdrawn
    assert [(step.rule, step.outcome) for step in decision.findings] == [("RET-03", "ok")]


def test_a_dossier_withdrawn_while_it_was_reopened_stays_so_when_its_revision_arrives() -> None:
    committee = Committee()
    complement = AskedComplement(rule=None, message="Préciser les horaires.")
    order = ComplementsOrdered(
        caf="761", dossier_id=DOSSIER, asked=(complement,), due_on=date(2025, 9, 30)
    )
    only_event(committee.when(order), DossierReopened)
    committee.when(FORWARDED)

    only_event(committee.when(dossier_received(revision=2)), EligibilityAssessed)

    assert committee.dossier.withdrawn
    assert committee.get(SharedTerritory, GROUND).dossiers == ()
    assert rejection(committee.says(committee_decision())).startswith("RET-04")


def test_an_adjourned_dossier_is_let_go_too() -> None:
    committee = Committee()
    only_event(committee.when(committee_decision(outcome="adjourned")), CommitteeAdjourned)

    assert committee.says(FORWARDED) == (LET_GO,)


@pytest.mark.parametrize(("outcome", "expected"), [({}, "accordé"), (REFUSED, "refusé")])
def test_once_the_committee_has_decided_it_is_too_late(
    outcome: dict[str, Any], expected: str
) -> None:
    committee = Committee()
    committee.decides(**outcome)

    decision = committee.when(FORWARDED)

    judgement = only_event(decision, WithdrawalJudged)

    (reason,) = judgement.reasons
    assert reason.rule == "RET-03"
    assert f"a été {expected} par décision du 02/10/2025" in reason.message
    assert judgement.content == "abc"
    assert [step.message for step in decision.findings] == [reason.message]
    assert not committee.dossier.withdrawn


def test_a_withdrawn_dossier_frees_its_ground() -> None:
    committee = Committee()
    committee.when(dossier_received(dossier_id=OTHER_DOSSIER))
    assert committee.get(SharedTerritory, GROUND).dossiers == (DOSSIER, OTHER_DOSSIER)

    committee.when(FORWARDED)

    assert committee.get(SharedTerritory, GROUND).dossiers == (OTHER_DOSSIER,)
    committee.when(WithdrawalForwarded(caf="761", dossier_id=OTHER_DOSSIER, content="abc"))
    third = only_event(committee.when(dossier_received(dossier_id="D3")), EligibilityAssessed)
    assert "COM-14" in rules(third.findings, "ok")


@pytest.mark.parametrize("outcome", [{}, REFUSED, {"outcome": "adjourned"}])
def test_nothing_is_decided_on_a_withdrawn_dossier(outcome: dict[str, Any]) -> None:
    committee = Committee()
    committee.when(FORWARDED)

    text = rejection(committee.decides(**outcome))

    assert text.startswith(f"RET-04 Le dossier {DOSSIER} a été retiré par son gestionnaire")
    assert committee.dossier.decision is None


def test_withdrawal_and_committee_write_one_document() -> None:
    """Whichever replica commits second starts again, and sees the other."""
    withdrawn = Committee().when(FORWARDED).states
    for outcome in ({}, REFUSED):
        decided = Committee().when(committee_decision(**outcome)).states
        assert StateRef(Dossier, DOSSIER) in {StateRef(type(s), s.key) for s in decided}
    assert StateRef(Dossier, DOSSIER) in {StateRef(type(s), s.key) for s in withdrawn}
    late = Committee()
    late.decides()
    assert [type(s) for s in late.when(FORWARDED).states] == [Dossier]


def test_a_withdrawal_may_come_before_the_dossier_that_it_is_about() -> None:
    story = Story(SERVICE)

    assert story.says(FORWARDED) == (LET_GO,)
    only_event(story.when(dossier_received()), EligibilityAssessed)

    assert story.get(Dossier, DOSSIER).withdrawn
    assert story.find(SharedTerritory, GROUND) is None
    assert rejection(story.says(committee_decision())).startswith("RET-04")
    assert story.says(FORWARDED) == (LET_GO,)


def test_what_an_early_withdrawal_leaves_is_fenced() -> None:
    assert EarlyWithdrawal.shared
    committee = Committee()
    committee.when(FORWARDED)
    assert committee.find(EarlyWithdrawal, DOSSIER) is None


def test_a_refusal_that_was_said_stays_said() -> None:
    committee = Committee()
    assert isinstance(committee.decides(**REFUSED)[0], AgrementRefused)
    committee.when(FORWARDED)

    assert committee.decides(**REFUSED) == ()

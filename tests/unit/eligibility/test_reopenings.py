"""Complements that a Caf asks for: the dossier takes one more revision before the committee."""

from typing import Any

import pytest

from services.eligibility.service import SERVICE
from shared.contracts.caf import ComplementsOrdered
from shared.contracts.common import RequestRefused
from shared.contracts.eligibility import (
    AgrementGranted,
    CommitteeDecisionRejected,
    DossierReopened,
    EligibilityAssessed,
)
from shared.contracts.submission import WithdrawalForwarded
from shared.kernel.decision import NO_CHANGE
from tests.support.building import build
from tests.support.decide import Story, events_of
from tests.support.samples import CAF, DOSSIER, OTHER_CAF, dossier_received
from tests.unit.eligibility.builders import Committee

CORRECT = {"rule": "ELI-22", "message": "Corriger la date de fin du collectif C1"}
WITHDRAWAL = WithdrawalForwarded(caf=CAF, dossier_id=DOSSIER, content="motif")


def ordered(**changes: Any) -> ComplementsOrdered:
    """The Caf asks for one date to be corrected."""
    content = {"caf": CAF, "dossier_id": DOSSIER, "asked": [CORRECT], "due_on": "2025-10-15"}
    return build(ComplementsOrdered, content, changes)


def refusal(story: Story, order: ComplementsOrdered) -> list[str]:
    """Return the rules of a refused order."""
    (refused,) = story.says(order)
    assert isinstance(refused, RequestRefused), refused
    return [reason.rule for reason in refused.reasons]


def mended(**changes: Any) -> Any:
    """The next revision, received."""
    return dossier_received(revision=2, signed_at="2025-10-10T09:00:00+02:00", **changes)


def test_an_ineligible_dossier_is_judged_anew_once_its_complements_came() -> None:
    story = Committee(collectifs__0__ends_on="2031-06-12")
    assert [event.reasons[0].rule for event in story.decides()] == ["COM-04"]  # type: ignore[attr-defined]

    (reopened,) = story.says(ordered())
    (meanwhile,) = story.decides(decided_on="2025-10-20")
    (assessed,) = story.says(mended())
    (granted,) = story.decides(decided_on="2025-10-20")

    assert isinstance(reopened, DossierReopened)
    assert [(ground.rule, ground.message) for ground in reopened.grounds] == [
        ("ELI-22", "Corriger la date de fin du collectif C1")
    ]
    assert isinstance(meanwhile, CommitteeDecisionRejected)
    assert [reason.rule for reason in meanwhile.reasons] == ["COM-09"]
    assert isinstance(assessed, EligibilityAssessed)
    assert assessed.verdict == "eligible"
    assert isinstance(granted, AgrementGranted)


def test_complements_may_come_late_which_the_agrement_tells() -> None:
    story = Committee()
    story.when(ordered(due_on="2025-10-09"))
    story.when(mended())

    (granted,) = story.decides(decided_on="2025-10-20")

    assert isinstance(granted, AgrementGranted)
    assert "COM-09" in [remark.rule for remark in granted.remarks]


def test_the_same_order_again_changes_nothing_before_and_after_its_complements() -> None:
    story = Committee()
    story.when(ordered())

    assert story.when(ordered()) is NO_CHANGE
    story.when(mended())
    assert story.when(ordered()) is NO_CHANGE
    assert isinstance(story.decides(decided_on="2025-10-20")[0], AgrementGranted)
    assert story.when(ordered()) is NO_CHANGE


def test_another_order_waits_for_the_complements_of_the_first() -> None:
    story = Committee()
    story.when(ordered())

    assert refusal(story, ordered(due_on="2025-11-15")) == ["TEC-01"]
    story.when(mended())
    assert isinstance(story.says(ordered(due_on="2025-11-15"))[0], DossierReopened)


@pytest.mark.parametrize("first", [[], [ordered(due_on="2025-11-15")]])
def test_a_withdrawn_dossier_is_not_completed(first: list[ComplementsOrdered]) -> None:
    story = Committee()
    for order in first:
        story.when(order)
    story.when(WITHDRAWAL)

    assert refusal(story, ordered()) == ["RET-04"]


def test_a_decided_dossier_an_unknown_one_and_that_of_another_caf_are_not_completed() -> None:
    story = Committee()

    assert refusal(story, ordered(caf=OTHER_CAF)) == ["TEC-03"]
    story.decides()
    assert refusal(story, ordered()) == ["COM-10"]
    assert refusal(Story(SERVICE), ordered()) == ["COM-09"]


def test_a_complement_without_a_rule_is_the_examination_of_the_caf() -> None:
    without_rule = [{"rule": None, "message": "Joindre le planning"}]

    (reopened,) = events_of(Committee().when(ordered(asked=without_rule)))

    assert isinstance(reopened, DossierReopened)
    assert [ground.rule for ground in reopened.grounds] == ["COM-09"]

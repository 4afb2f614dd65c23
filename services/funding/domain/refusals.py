"""How funding refuses a request about a school year."""

from collections.abc import Iterable

from services.funding.domain.states import Grant, grant_key
from shared.contracts.common import Reason
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    AdvanceReversalRefused,
    BalanceRefused,
    CancellationRefused,
    FundingRefused,
)
from shared.kernel.decision import Decision, OutgoingEvent, StateRef
from shared.kernel.rules import Step, violated

Refusal = (
    AdjustmentRefused
    | AdvanceRefused
    | AdvanceReversalRefused
    | BalanceRefused
    | CancellationRefused
    | FundingRefused
)


def refused(refusal: Refusal, steps: tuple[Step, ...] = ()) -> Decision:
    """Return the decision that refuses and changes no state.

    Without `steps`, the reasons become the steps: they ended the evaluation.
    """
    about = StateRef(Grant, grant_key(refusal.dossier_id, refusal.school_year))
    return Decision(
        events=(OutgoingEvent(refusal, about=about),), steps=steps or violations(refusal.reasons)
    )


def violations(reasons: Iterable[Reason]) -> tuple[Step, ...]:
    """Return the steps of reasons that ended an evaluation."""
    return tuple(violated(reason) for reason in reasons)

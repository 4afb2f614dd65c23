"""How funding refuses a request about a school year."""

from services.funding.domain.states import Grant, grant_key
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    AdvanceReversalRefused,
    BalanceRefused,
    CancellationRefused,
    FundingRefused,
)
from shared.kernel.decision import Decision, Finding, OutgoingEvent, StateRef

Refusal = (
    AdjustmentRefused
    | AdvanceRefused
    | AdvanceReversalRefused
    | BalanceRefused
    | CancellationRefused
    | FundingRefused
)


def refused(refusal: Refusal, findings: tuple[Finding, ...]) -> Decision:
    """Return the decision that refuses and changes no state."""
    about = StateRef(Grant, grant_key(refusal.dossier_id, refusal.school_year))
    return Decision(events=(OutgoingEvent(refusal, about=about),), findings=findings)

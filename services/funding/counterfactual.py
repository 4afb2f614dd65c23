"""Changes by which a refused or waiting request is accepted."""

from collections.abc import Callable, Iterator
from typing import Any

from services.funding.counterfactual_grants import (
    candidate_changes_of_renewal,
    candidate_changes_of_waiting,
)
from services.funding.counterfactual_payments import (
    candidate_changes_of_accounts,
    candidate_changes_of_advance,
    candidate_changes_of_control,
)
from shared.contracts.base import WireModel
from shared.contracts.caf import AdvanceOrdered, ControlConcluded
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    BalanceRefused,
    FundingDeferred,
    FundingRefused,
)
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Counterfactual

REFUSALS = (FundingDeferred, FundingRefused, AdvanceRefused, BalanceRefused, AdjustmentRefused)
CandidateChanges = Callable[[StoredDecision, Any], Iterator[Change]]
CANDIDATE_CHANGES: dict[type[WireModel], tuple[CandidateChanges, ...]] = {
    AgrementGranted: (candidate_changes_of_waiting,),
    AnnualRenewalFiled: (candidate_changes_of_renewal, candidate_changes_of_waiting),
    AdvanceOrdered: (candidate_changes_of_advance,),
    ResultAccountFiled: (candidate_changes_of_accounts,),
    ControlConcluded: (candidate_changes_of_control,),
}


def counterfactuals(decision: StoredDecision) -> Iterator[Counterfactual]:
    """Yield candidate changes and goal for each refusal.

    A cut of the 80 % cap has none: nobody is told to declare another cost or another resource.
    """
    for event in decision.events:
        if isinstance(event, REFUSALS):
            goal = decision.answered_without(REFUSALS)
            yield Counterfactual(list(_candidate_changes(decision)), goal)


def _candidate_changes(decision: StoredDecision) -> Iterator[Change]:
    data = decision.event.data
    for candidate_changes in CANDIDATE_CHANGES.get(type(data), ()):
        yield from candidate_changes(decision, data)

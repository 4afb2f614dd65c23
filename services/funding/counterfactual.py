"""Changes by which a refused or waiting request is accepted, or a grant is not capped."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from services.funding.counterfactual_grants import (
    candidate_changes_of_cap,
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
from shared.contracts.common import Budget
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import (
    AdjustmentRefused,
    AdvanceRefused,
    BalanceRefused,
    BalanceSettled,
    FundingDeferred,
    FundingGranted,
    FundingRefused,
)
from shared.counterfactual.decision import StoredDecision
from shared.counterfactual.search import Change, Counterfactual, Goal, Trial

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
    """Yield candidate changes and goal for each refusal, and for each cut of the 80 % cap.

    A cut that no budget of the message explains, as in an amendment, has none.
    """
    budget: Budget | None = getattr(decision.event.data, "budget", None)
    for event in decision.events:
        if isinstance(event, REFUSALS):
            goal = decision.answered_without(REFUSALS)
            yield Counterfactual(list(_candidate_changes(decision)), goal)
        elif isinstance(event, FundingGranted | BalanceSettled) and event.cap80.excess and budget:
            share = Decimal(decision.parameters["ceilings"]["branche_famille"])
            changes = list(candidate_changes_of_cap(event.cap80, budget, share))
            yield Counterfactual(changes, _uncapped(decision))


def _candidate_changes(decision: StoredDecision) -> Iterator[Change]:
    data = decision.event.data
    for candidate_changes in CANDIDATE_CHANGES.get(type(data), ()):
        yield from candidate_changes(decision, data)


def _uncapped(decision: StoredDecision) -> Goal:
    """Return the goal of an amount that the cap does not cut."""

    def goal(trial: Trial) -> bool:
        events = decision.rerun(trial)
        priced = [event for event in events if isinstance(event, FundingGranted | BalanceSettled)]
        return bool(priced) and not any(event.cap80.excess for event in priced)

    return goal

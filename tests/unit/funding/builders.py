"""Agrements by what prices them, and short ways to read the events of funding."""

from decimal import Decimal

from services.funding.service import SERVICE
from shared.contracts.common import Reason
from shared.contracts.eligibility import AgrementGranted
from shared.contracts.funding import AdvanceRefused, FundingGranted
from shared.kernel.decision import Decision
from tests.support.decide import Story, decide, only_event
from tests.support.samples import agrement, granted_collectif

BOTH = ("enfants", "parents")
OUT_OF_REACH = "1000000.00"


def euros(*amounts: str) -> tuple[Decimal, ...]:
    """Return amounts written as text."""
    return tuple(Decimal(amount) for amount in amounts)


def project(
    *costs: str,
    bonuses: tuple[str, ...] = (),
    total_cost: str = OUT_OF_REACH,
    branche_famille: tuple[str, ...] = (),
    **changes: object,
) -> AgrementGranted:
    """Return an agrement of collectifs C1, C2… of these costs, all with the same bonuses.

    The total cost keeps the 80 % cap out of reach unless told otherwise.
    """
    granted = [
        granted_collectif(collectif_id=f"C{rank}", forecast_cost=cost, bonuses=bonuses)
        for rank, cost in enumerate(costs, start=1)
    ]
    resources = [("Commune", False, "999999.99")]
    resources += [("Fonds locaux", True, amount) for amount in branche_famille]
    budget = {
        "total_annual_cost": total_cost,
        "resources": [
            {"funder": funder, "branche_famille": ours, "amount": amount}
            for funder, ours, amount in resources
        ],
    }
    return agrement(collectifs=granted, budget=budget, **changes)


def funded(granted: AgrementGranted) -> FundingGranted:
    """Return what an agrement is worth, its bareme being built in."""
    return only_event(decide(SERVICE, granted), FundingGranted)


def story() -> Story:
    """Return funding with nothing in store."""
    return Story(SERVICE)


def reasons(decision: Decision) -> tuple[Reason, ...]:
    """Return the reasons of a refused advance, which must change nothing."""
    assert decision.states == ()
    return only_event(decision, AdvanceRefused).reasons


def rules(decision: Decision) -> list[str]:
    """Return the rules of a refused advance, in their order."""
    return [reason.rule for reason in reasons(decision)]

"""What a person must settle before the committee decides, as the price shows it."""

from collections.abc import Iterable

from services.funding.domain.parameters import Terms, Unfunded
from services.funding.domain.pricing import Price
from shared.contracts.common import Budget, Reason
from shared.contracts.funding import ForecastEnvelope
from shared.french import euros, percent
from shared.kernel.money import ZERO, total


def cap_remark(due: Price, terms: Terms) -> tuple[Reason, ...]:
    """COF-03: where the cap is reached, the committee justifies it."""
    if not due.cap80.reached:
        return ()
    return (
        Reason(
            rule="COF-03",
            message=f"La branche Famille finance {percent(terms.ceilings.branche_famille)} du coût"
            " du projet : le comité doit le justifier.",
        ),
    )


def balance_remark(due: Price, budget: Budget, unfunded: Unfunded) -> tuple[Reason, ...]:
    """COF-05: what is missing to balance the budget, where it passes a share of the cost."""
    annual = budget.total_annual_cost
    stated = total(resource.amount for resource in budget.resources)
    missing = annual - stated - due.ps_total - due.bonus_total
    if missing <= unfunded.share * annual:
        return ()
    return (
        Reason(
            rule="COF-05",
            message=f"Il manque {euros(missing)} pour équilibrer le budget de {euros(annual)} : les"
            f" ressources déclarées en couvrent {euros(stated)}, la Ps et les bonus"
            f" {euros(due.ps_total + due.bonus_total)}.",
        ),
    )


def envelope_remarks(envelopes: Iterable[ForecastEnvelope]) -> tuple[Reason, ...]:
    """ENV-03: the envelopes that would not suffice, the waiting list included."""
    return tuple(
        Reason(
            rule="ENV-03",
            message=f"L'enveloppe {envelope.exercise} ne suffit pas : il manquerait"
            f" {euros(-envelope.left)}, la liste d'attente comprise.",
        )
        for envelope in envelopes
        if envelope.left is not None and envelope.left < ZERO
    )

"""Remarks on a price, for a forecast or a grant."""

from collections.abc import Iterable
from datetime import date

from services.funding.domain.parameters import BudgetGap, Terms
from services.funding.domain.pricing import Price
from services.funding.domain.states import Grant
from shared.contracts.common import Budget, Reason
from shared.contracts.forecasts import ForecastEnvelope
from shared.french import euros, percent, short_date
from shared.kernel.money import ZERO, total


def grant_remarks(grant: Grant, due: Price, terms: Terms) -> tuple[Reason, ...]:
    """Return what the agrement does not state of a grant: COF-03, CAL-05."""
    unjustified = grant.agrement.cap_justification is None
    signed_on = grant.convention_signed_on
    return (
        *(cap_remark(due, terms) if unjustified else ()),
        *(early_convention(signed_on, grant.agrement.decided_on) if signed_on else ()),
    )


def early_convention(signed_on: date, decided_on: date) -> tuple[Reason, ...]:
    """CAL-05: the convention was signed before the committee decided."""
    if signed_on >= decided_on:
        return ()
    return (
        Reason(
            rule="CAL-05",
            message=f"La convention est signée le {short_date(signed_on)}, avant la décision"
            f" d'agrément du {short_date(decided_on)}.",
        ),
    )


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


def balance_remark(due: Price, budget: Budget, budget_gap: BudgetGap) -> tuple[Reason, ...]:
    """COF-05: what is missing to balance the budget, where it passes a share of the cost."""
    annual = budget.total_annual_cost
    stated = total(resource.amount for resource in budget.resources)
    missing = annual - stated - due.ps_total - due.bonus_total
    if missing <= budget_gap.share * annual:
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

"""A school year that can be priced arrives at its Caf's envelopes: granted, or it waits."""

from dataclasses import dataclass

from services.funding.domain.envelopes import (
    Envelopes,
    Reservation,
    continue_release,
    reserve,
    withdraw,
)
from services.funding.domain.granting import PricedGrant, build_grant
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.refusals import violations
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.base import WireModel
from shared.contracts.common import Reason
from shared.contracts.funding import EnvelopeCharge, FundingDeferred, FundingGranted
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.decision import States
from shared.kernel.rules import Step, computed


@dataclass(frozen=True, slots=True)
class Admission:
    """The grant and its Caf's envelopes afterwards, what is said, and how it came about."""

    grant: Grant
    envelopes: Envelopes
    event: FundingGranted | FundingDeferred
    steps: tuple[Step, ...]


def terms_for(grant: Grant, states: States, parameters: FundingParameters) -> Terms | None:
    """Return what prices a grant, None while its bareme is unknown [PRX-07]."""
    published = states.get(PublishedBareme, str(grant.start_year))
    return parameters.terms(grant.start_year, published.bareme if published else None)


def envelopes_of(caf: str, states: States) -> Envelopes:
    """Return the envelopes of a Caf, blank ones before its first grant or allotment."""
    return states.get(Envelopes, caf) or Envelopes(caf=caf)


def admit(grant: Grant, envelopes: Envelopes, terms: Terms) -> Admission:
    """Price a grant, then let it in whole or put it in the list whole [ENV-01, ENV-03]."""
    priced = build_grant(grant.agrement, terms)
    found = reserve(envelopes, reservation_of(grant, priced.funding))
    if found.reasons:
        event = deferred(grant, found.reasons)
        told = (*priced.steps, *violations(found.reasons))
        return Admission(grant.queued(), found.envelopes, event, told)
    funding = priced.funding.with_changes(envelopes=found.charges)
    told = (*priced.steps, *(_charge(found.envelopes, charge) for charge in found.charges))
    return Admission(grant.granted(funding), found.envelopes, funding, told)


def leave_waiting_list(
    grant: Grant, states: States
) -> tuple[tuple[Envelopes, ...], tuple[WireModel, ...]]:
    """Take a grant that waits for an envelope out of the list: what changes, what goes on.

    Its `reads` name the envelopes of its Caf. Nothing changes for one that does not wait there.
    """
    if grant.waits_for != "envelope":
        return (), ()
    before = envelopes_of(grant.agrement.caf, states)
    after = withdraw(before, grant.key)
    return (after,), continue_release(before, after)


def admitted_later(grant: Grant, claim: Reservation, terms: Terms) -> PricedGrant:
    """Return what is due for a grant that its Caf's list let in with these charges."""
    priced = build_grant(grant.agrement, terms)
    told = tuple(_let_in(claim, charge) for charge in claim.charges)
    return PricedGrant(priced.funding.with_changes(envelopes=claim.charges), (*priced.steps, *told))


def _let_in(claim: Reservation, charge: EnvelopeCharge) -> Step:
    return computed(
        "ENV-03",
        f"Enveloppe {charge.exercise} : {euros(charge.amount)} retenus pour {claim.dossier_id}, "
        "à son tour dans la liste d'attente.",
        amount=charge.amount,
    )


def reservation_of(grant: Grant, funding: FundingGranted) -> Reservation:
    """Return what a grant needs of the envelopes at this price."""
    return Reservation(
        decided_on=grant.agrement.decided_on,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        charges=funding.envelopes,
    )


def _charge(envelopes: Envelopes, charge: EnvelopeCharge) -> Step:
    line = envelopes.line(charge.exercise)
    state = "non limitée" if line.left is None else f"il reste {euros(line.left)}"
    return computed(
        "ENV-03",
        f"Enveloppe {charge.exercise} de la Caf {envelopes.caf} : {euros(charge.amount)} "
        f"retenus, {state}.",
        amount=charge.amount,
        granted=line.granted,
    )


def without_bareme(grant: Grant) -> FundingDeferred:
    """Say that a grant waits for the bareme of its year [PRX-07]."""
    year = grant.agrement.school_year
    message = (
        f"Le barème de l'année scolaire {year} n'est pas connu et ne se devine pas : "
        f"le financement attend la publication du barème de {start_year(year)}, "
        "année d'ouverture du droit."
    )
    return deferred(grant, (Reason(rule="PRX-07", message=message),))


def deferred(grant: Grant, reasons: tuple[Reason, ...]) -> FundingDeferred:
    """Say why a grant waits."""
    return FundingDeferred(
        caf=grant.agrement.caf,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        reasons=reasons,
    )

"""Admission of a priced school year to its Caf's envelopes: granted, or on the waiting list."""

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
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.base import WireModel
from shared.contracts.funding import EnvelopeCharge, FundingDeferred, FundingGranted
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.decision import Finding, States
from shared.kernel.rules import breach, computed, reasons


@dataclass(frozen=True, slots=True)
class Admission:
    """The grant and its Caf's envelopes after admission, the event to publish and the findings."""

    grant: Grant
    envelopes: Envelopes
    event: FundingGranted | FundingDeferred
    findings: tuple[Finding, ...]


def terms_for(start_year: int, states: States, parameters: FundingParameters) -> Terms | None:
    """Return the terms that price a school year, None while its bareme is missing [PRX-07]."""
    published = states.get(PublishedBareme, str(start_year))
    return parameters.terms(start_year, published.bareme if published else None)


def envelopes_of(caf: str, states: States) -> Envelopes:
    """Return the envelopes of a Caf, empty ones before its first grant or allotment."""
    return states.get(Envelopes, caf) or Envelopes(caf=caf)


def admit(grant: Grant, envelopes: Envelopes, terms: Terms) -> Admission:
    """Price a grant, then reserve its whole amount or make it wait [ENV-01, ENV-03]."""
    priced = build_grant(grant, terms)
    result = reserve(envelopes, reservation_of(grant, priced.funding))
    if result.obstacles:
        event = deferred(grant, result.obstacles)
        findings = (*priced.findings, *result.obstacles)
        return Admission(grant.queued(), result.envelopes, event, findings)
    funding = priced.funding.with_changes(envelopes=result.charges)
    findings = (
        *priced.findings,
        *(_reserved_finding(result.envelopes, charge) for charge in result.charges),
    )
    return Admission(grant.granted(funding), result.envelopes, funding, findings)


def leave_waiting_list(
    grant: Grant, envelopes: Envelopes
) -> tuple[tuple[Envelopes, ...], tuple[WireModel, ...]]:
    """Remove a grant from the waiting list; return the changed envelopes and the messages to send.

    Both are empty for a grant that does not wait for an envelope.
    """
    if grant.waits_for != "envelope":
        return (), ()
    after = withdraw(envelopes, grant.key)
    return (after,), continue_release(envelopes, after)


def admitted_later(grant: Grant, reservation: Reservation, terms: Terms) -> PricedGrant:
    """Return the price of a grant that the waiting list admitted with these charges."""
    priced = build_grant(grant, terms)
    findings = tuple(_admitted_finding(reservation, charge) for charge in reservation.charges)
    return PricedGrant(
        priced.funding.with_changes(envelopes=reservation.charges), (*priced.findings, *findings)
    )


def _admitted_finding(reservation: Reservation, charge: EnvelopeCharge) -> Finding:
    return computed(
        "ENV-03",
        f"Enveloppe {charge.exercise} : {euros(charge.amount)} retenus pour "
        f"{reservation.dossier_id}, à son tour dans la liste d'attente.",
        amount=charge.amount,
    )


def reservation_of(grant: Grant, funding: FundingGranted) -> Reservation:
    """Return the reservation that a grant needs at this price."""
    return Reservation(
        decided_on=grant.agrement.decided_on,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        charges=funding.envelopes,
    )


def _reserved_finding(envelopes: Envelopes, charge: EnvelopeCharge) -> Finding:
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
    """Return the deferral of a grant that waits for the bareme of its year [PRX-07]."""
    year = grant.agrement.school_year
    message = (
        f"Le barème de l'année scolaire {year} n'est pas connu et ne se devine pas : "
        f"le financement attend la publication du barème de {start_year(year)}, "
        "année d'ouverture du droit."
    )
    return deferred(grant, (breach("PRX-07", message),))


def deferred(grant: Grant, obstacles: tuple[Finding, ...]) -> FundingDeferred:
    """Return the deferral of a grant, with its reasons."""
    return FundingDeferred(
        caf=grant.agrement.caf,
        dossier_id=grant.agrement.dossier_id,
        school_year=grant.agrement.school_year,
        reasons=reasons(obstacles),
    )

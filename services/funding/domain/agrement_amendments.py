"""The agrement after its amendments, and the effect of one on a granted or waiting school year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.funding.domain.admission import reservation_of
from services.funding.domain.balance import terms_of
from services.funding.domain.cancellations import CancellationGround, cancel_grant
from services.funding.domain.envelopes import Envelopes, replace, withdraw
from services.funding.domain.granting import build_grant
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.base import content_hash
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.contracts.funding import FundingAmended, FundingRefused
from shared.kernel.calendar import following, previous, start_year
from shared.kernel.decision import Finding, OutgoingEvent, StateRef, States
from shared.kernel.rules import breach, reasons

EARLIEST_END = 5, 31
"""Month and day before which no action is over: accounts are definitive from June on [D-SOL-01]."""


@dataclass(frozen=True, slots=True)
class AmendedGrant:
    """The grant and its Caf's envelopes after an amendment, events and findings."""

    grant: Grant
    envelopes: Envelopes
    events: tuple[OutgoingEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


def amend_grant(
    grant: Grant,
    envelopes: Envelopes,
    amendment: AgrementAmended,
    states: States,
    parameters: FundingParameters,
) -> AmendedGrant:
    """Price a school year again with the remaining collectifs, or end it where none remains."""
    year = grant.agrement.school_year
    if ends(grant.agrement, (amendment,), year):
        return _ended(grant, envelopes, amendment)
    agrement = as_amended(grant.agrement, (amendment,), year)
    if agrement.collectifs == grant.agrement.collectifs:
        return AmendedGrant(grant, envelopes)
    reduced = grant.with_changes(agrement=agrement)
    if grant.waits_for == "bareme":
        return AmendedGrant(reduced, envelopes)
    published = states.get(PublishedBareme, str(grant.start_year))
    terms = terms_of(grant, published, parameters)
    if grant.waits_for == "envelope":
        return _requeued(reduced, envelopes, terms)
    return _repriced(reduced, envelopes, amendment, terms)


def _ended(grant: Grant, envelopes: Envelopes, amendment: AgrementAmended) -> AmendedGrant:
    """Cancel a granted year; refuse a waiting one and remove it from the waiting list [COM-05]."""
    if grant.status == "granted":
        ground = CancellationGround(
            content=content_hash(amendment),
            cancelled_on=amendment.decided_on,
            legal_ground=amendment.legal_ground,
            motive=amendment.motive,
        )
        state, event, findings = cancel_grant(grant, ground)
        return AmendedGrant(state, envelopes, (event,), findings)
    refusal, finding = uncovered(grant.agrement)
    return AmendedGrant(
        grant.with_changes(status="refused", waits_for=None),
        withdraw(envelopes, grant.key),
        (OutgoingEvent(refusal, about=StateRef(Grant, grant.key)),),
        (finding,),
    )


def _requeued(grant: Grant, envelopes: Envelopes, terms: Terms) -> AmendedGrant:
    """Lower the reservation at the same place of the waiting list, which may admit it."""
    priced = build_grant(grant, terms)
    changed = replace(envelopes, reservation_of(grant, priced.funding))
    return AmendedGrant(grant, changed, findings=priced.findings)


def _repriced(
    grant: Grant, envelopes: Envelopes, amendment: AgrementAmended, terms: Terms
) -> AmendedGrant:
    """Price the remaining collectifs, at their forecast costs and with the same budget.

    The envelopes keep what was reserved, as with a balance. Advances already granted remain, even
    above the new ceilings.
    """
    assert grant.funding is not None, "a granted year is priced"
    priced = build_grant(grant, terms)
    funding = priced.funding.with_changes(envelopes=grant.funding.envelopes)
    rank = grant.rank + 1
    event = FundingAmended(
        **dict(funding),
        amendment_id=amendment.amendment_id,
        amended_on=amendment.decided_on,
        rank=rank,
    )
    state = grant.with_changes(funding=funding, rank=rank)
    return AmendedGrant(
        state, envelopes, (OutgoingEvent(event, about=StateRef(Grant, grant.key)),), priced.findings
    )


def as_amended(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> AgrementContent:
    """Return the agrement as amended for a school year: its collectifs and last year covered.

    The order of the amendments does not matter. A withdrawal shortens the agrement, to before its
    first year if need be, and leaves its collectifs. What ended during a year stays in that year.
    """
    collectifs, until = agrement.collectifs, agrement.multi_year_until
    for amendment in _applicable(amendments, school_year):
        if amendment.effect == "reduced":
            collectifs = tuple(
                collectif
                for collectif in collectifs
                if collectif.collectif_id in amendment.collectifs
            )
        else:
            until = min(until, previous(_first_year(amendment)))
    return agrement.with_changes(collectifs=collectifs, multi_year_until=until)


def ends(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> bool:
    """Return whether amendments leave nothing of an agrement for a school year."""
    applicable = _applicable(amendments, school_year)
    remaining = as_amended(agrement, applicable, school_year).collectifs
    return any(amendment.effect == "withdrawn" for amendment in applicable) or not remaining


def _applicable(
    amendments: Iterable[AgrementAmended], school_year: str
) -> tuple[AgrementAmended, ...]:
    """Return the amendments that take a right away in a school year."""
    return tuple(amendment for amendment in amendments if _first_year(amendment) <= school_year)


def _first_year(amendment: AgrementAmended) -> str:
    year = amendment.from_school_year
    return following(year) if amendment.ended_on else year


def opening_of_accounts(agrement: AgrementContent, amendments: Iterable[AgrementAmended]) -> date:
    """Return the first day on which the accounts of a school year are definitive [SOL-01]."""
    return _last_day_of_action(agrement, amendments) + timedelta(days=1)


def _last_day_of_action(agrement: AgrementContent, amendments: Iterable[AgrementAmended]) -> date:
    """Return the last day of a school year's action [SOL-01].

    It is the day on which the whole action stopped; else the last one of its collectifs where it is
    known, at the earliest `EARLIEST_END` of N+1.
    """
    year = agrement.school_year
    stopped = [(a, a.ended_on) for a in amendments if a.ended_on and a.from_school_year == year]
    if whole := [day for amendment, day in stopped if amendment.effect == "withdrawn"]:
        return min(whole)
    ends = (
        collectif.ends_on
        for collectif in agrement.collectifs
        if all(collectif.collectif_id in amendment.collectifs for amendment, _ in stopped)
    )
    earliest = date(start_year(year) + 1, *EARLIEST_END)
    return max([earliest, *filter(None, ends), *(day for _, day in stopped)])


def uncovered(agrement: AgrementContent) -> tuple[FundingRefused, Finding]:
    """Return the refusal of a year that a withdrawn agrement no longer covers [COM-05]."""
    finding = breach(
        "COM-05",
        f"L'agrément du dossier {agrement.dossier_id} est retiré pour "
        f"{agrement.school_year} : cette année scolaire n'est plus financée.",
    )
    refusal = FundingRefused(
        caf=agrement.caf,
        dossier_id=agrement.dossier_id,
        school_year=agrement.school_year,
        reasons=reasons((finding,)),
    )
    return refusal, finding

"""What amendments leave of an agrement, and what one makes of a school year granted or waiting."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.funding.domain.admission import reservation_of
from services.funding.domain.balance import terms_of
from services.funding.domain.cancellations import CancellationGround, cancel_grant
from services.funding.domain.envelopes import Envelopes, replace, withdraw
from services.funding.domain.granting import build_grant
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.refusals import violations
from services.funding.domain.states import Grant
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.contracts.funding import FundingAmended, FundingRefused
from shared.kernel.calendar import previous
from shared.kernel.decision import OutgoingEvent, StateRef, States
from shared.kernel.rules import Step


@dataclass(frozen=True, slots=True)
class AmendedGrant:
    """The grant and its Caf's envelopes afterwards, what is said, and how it came about."""

    grant: Grant
    envelopes: Envelopes
    events: tuple[OutgoingEvent, ...] = ()
    steps: tuple[Step, ...] = ()


def amend_grant(
    grant: Grant,
    envelopes: Envelopes,
    amendment: AgrementAmended,
    states: States,
    parameters: FundingParameters,
) -> AmendedGrant:
    """Price a year again with what stays, or end it where nothing stays."""
    year = grant.agrement.school_year
    if ends(grant.agrement, (amendment,), year):
        return _ended(grant, envelopes, amendment)
    agrement = as_amended(grant.agrement, (amendment,), year)
    if agrement.collectifs == grant.agrement.collectifs:
        return AmendedGrant(grant, envelopes)
    reduced = grant.with_changes(agrement=agrement)
    if grant.waits_for == "bareme":
        return AmendedGrant(reduced, envelopes)
    terms = terms_of(grant, states, parameters)
    if grant.waits_for == "envelope":
        return _requeued(reduced, envelopes, terms)
    return _repriced(reduced, envelopes, amendment, terms)


def _ended(grant: Grant, envelopes: Envelopes, amendment: AgrementAmended) -> AmendedGrant:
    """Cancel a year that is granted; one that waits is refused and leaves the list [COM-05]."""
    if grant.status == "granted":
        ground = CancellationGround(
            content=content_hash(amendment),
            cancelled_on=amendment.decided_on,
            legal_ground=amendment.legal_ground,
            motive=amendment.motive,
        )
        state, event, steps = cancel_grant(grant, ground)
        return AmendedGrant(state, envelopes, (event,), steps)
    refusal = uncovered(grant.agrement)
    return AmendedGrant(
        grant.with_changes(status="refused", waits_for=None),
        withdraw(envelopes, grant.key),
        (OutgoingEvent(refusal, about=StateRef(Grant, grant.key)),),
        violations(refusal.reasons),
    )


def _requeued(grant: Grant, envelopes: Envelopes, terms: Terms) -> AmendedGrant:
    """Ask less of the envelopes in the same place of the list: it may be let in."""
    priced = build_grant(grant.agrement, terms)
    asking_less = replace(envelopes, reservation_of(grant, priced.funding))
    return AmendedGrant(grant, asking_less, steps=priced.steps)


def _repriced(
    grant: Grant, envelopes: Envelopes, amendment: AgrementAmended, terms: Terms
) -> AmendedGrant:
    """Price what stays, at its forecast and with the same budget.

    The envelopes keep what was reserved: an amendment moves them no more than a balance does.
    Advances already paid stay, even beyond the new ceilings.
    """
    assert grant.funding is not None, "a granted year is priced"
    priced = build_grant(grant.agrement, terms)
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
        state, envelopes, (OutgoingEvent(event, about=StateRef(Grant, grant.key)),), priced.steps
    )


def as_amended(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> AgrementContent:
    """Return the agrement as it stands for a school year: collectifs that stay, last year covered.

    A withdrawal shortens it, to before its first year if need be, and leaves its collectifs.
    """
    left, until = agrement.collectifs, agrement.multi_year_until
    for amendment in _reaching(amendments, school_year):
        if amendment.effect == "reduced":
            left = tuple(each for each in left if each.collectif_id in amendment.collectifs)
        else:
            until = min(until, previous(amendment.from_school_year))
    return agrement.with_changes(collectifs=left, multi_year_until=until)


def ends(
    agrement: AgrementContent, amendments: Iterable[AgrementAmended], school_year: str
) -> bool:
    """Whether amendments leave nothing of an agrement for a school year."""
    reaching = _reaching(amendments, school_year)
    left = as_amended(agrement, reaching, school_year).collectifs
    return any(amendment.effect == "withdrawn" for amendment in reaching) or not left


def _reaching(
    amendments: Iterable[AgrementAmended], school_year: str
) -> tuple[AgrementAmended, ...]:
    return tuple(each for each in amendments if each.from_school_year <= school_year)


def uncovered(agrement: AgrementContent) -> FundingRefused:
    """Refuse a school year that is withdrawn from its agrement [COM-05]."""
    return FundingRefused(
        caf=agrement.caf,
        dossier_id=agrement.dossier_id,
        school_year=agrement.school_year,
        reasons=(
            Reason(
                rule="COM-05",
                message=f"L'agrément du dossier {agrement.dossier_id} est retiré pour "
                f"{agrement.school_year} : cette année scolaire n'est plus financée.",
            ),
        ),
    )

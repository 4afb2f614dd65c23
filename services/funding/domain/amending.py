"""What an amendment makes of one school year that is granted or that waits."""

from dataclasses import dataclass

from services.funding.domain.admission import claim_of
from services.funding.domain.amended import as_amended, ends, uncovered
from services.funding.domain.cancelling import Ground, cancelled
from services.funding.domain.envelopes import Envelopes, leave, replace
from services.funding.domain.granting import fund
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.refusals import breaches
from services.funding.domain.settling import terms_of
from services.funding.domain.states import Grant
from shared.contracts.base import fingerprint
from shared.contracts.eligibility import AgrementAmended
from shared.contracts.funding import FundingAmended
from shared.kernel.decision import Emit, Known, Ref
from shared.kernel.rules import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """The grant and its Caf's envelopes afterwards, what is said, and how it came about."""

    grant: Grant
    envelopes: Envelopes
    events: tuple[Emit, ...] = ()
    steps: tuple[Step, ...] = ()


def amended(
    grant: Grant,
    envelopes: Envelopes,
    amendment: AgrementAmended,
    known: Known,
    parameters: FundingParameters,
) -> Outcome:
    """Price a year again with what stays, or end it where nothing stays."""
    year = grant.agrement.school_year
    if ends(grant.agrement, (amendment,), year):
        return _ended(grant, envelopes, amendment)
    agrement = as_amended(grant.agrement, (amendment,), year)
    if agrement.collectifs == grant.agrement.collectifs:
        return Outcome(grant, envelopes)
    reduced = grant.but(agrement=agrement)
    if grant.waits_for == "bareme":
        return Outcome(reduced, envelopes)
    terms = terms_of(grant, known, parameters)
    if grant.waits_for == "envelope":
        return _requeued(reduced, envelopes, terms)
    return _repriced(reduced, envelopes, amendment, terms)


def _ended(grant: Grant, envelopes: Envelopes, amendment: AgrementAmended) -> Outcome:
    """Cancel a year that is granted; one that waits is refused and leaves the list [COM-05]."""
    if grant.status == "granted":
        ground = Ground(
            content=fingerprint(amendment),
            cancelled_on=amendment.decided_on,
            legal_ground=amendment.legal_ground,
            motive=amendment.motive,
        )
        state, event, steps = cancelled(grant, ground)
        return Outcome(state, envelopes, (event,), steps)
    refusal = uncovered(grant.agrement)
    return Outcome(
        grant.but(status="refused", waits_for=None),
        leave(envelopes, grant.key),
        (Emit(refusal, about=Ref(Grant, grant.key)),),
        breaches(refusal.reasons),
    )


def _requeued(grant: Grant, envelopes: Envelopes, terms: Terms) -> Outcome:
    """Ask less of the envelopes in the same place of the list: it may be let in."""
    priced = fund(grant.agrement, terms)
    asking_less = replace(envelopes, claim_of(grant, priced.funding))
    return Outcome(grant, asking_less, steps=priced.steps)


def _repriced(
    grant: Grant, envelopes: Envelopes, amendment: AgrementAmended, terms: Terms
) -> Outcome:
    """Price what stays, at its forecast and with the same budget.

    The envelopes keep what was reserved: an amendment moves them no more than a balance does.
    Advances already paid stay, even beyond the new ceilings.
    """
    assert grant.funding is not None, "a granted year is priced"
    priced = fund(grant.agrement, terms)
    funding = priced.funding.but(envelopes=grant.funding.envelopes)
    rank = grant.rank + 1
    event = FundingAmended(
        **dict(funding),
        amendment_id=amendment.amendment_id,
        amended_on=amendment.decided_on,
        rank=rank,
    )
    state = grant.but(funding=funding, rank=rank)
    return Outcome(state, envelopes, (Emit(event, about=Ref(Grant, grant.key)),), priced.steps)

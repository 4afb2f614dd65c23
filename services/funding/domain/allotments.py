"""Handlers of allotments: admit from the waiting list, and publish the grants page by page."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.admission import admitted_later, envelopes_of, terms_for
from services.funding.domain.envelopes import (
    Allotment,
    Envelopes,
    Reservation,
    allot,
    continue_release,
    mark_announced,
    supersedes,
)
from services.funding.domain.granting import PricedGrant
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.funding import EnvelopeRegistered, EnvelopeReleaseContinued
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    StateRef,
    States,
)
from shared.kernel.rules import computed

PAGE_LENGTH = 50


def required_states(message: Message[EnvelopeAllotted], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the envelopes of the Caf."""
    yield StateRef(Envelopes, message.data.caf)


def register(
    message: Message[EnvelopeAllotted],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `EnvelopeRegistered`; the latest allotment by `time`, then id, counts [ENV-03].

    An increase serves the waiting list at once, in its order: amounts are reserved here, grants
    are published by pages.
    """
    allotted = message.data
    before = envelopes_of(allotted.caf, states)
    allotment = Allotment(amount=allotted.amount, time=message.time, id=message.id)
    current = before.line(allotted.exercise).allotment
    if current and not supersedes(before, allotted.exercise, allotment):
        answer = _registered(allotted, current, superseded=allotment != current)
        return Decision(events=(OutgoingEvent(answer, about=StateRef(Envelopes, allotted.caf)),))
    answer = _registered(allotted, allotment)
    after = allot(before, allotted.exercise, allotment)
    return Decision(
        states=(after,),
        events=(answer, *continue_release(before, after)),
        findings=(_served_finding(before, after, allotted),),
    )


def _registered(
    allotted: EnvelopeAllotted, counting: Allotment, *, superseded: bool = False
) -> EnvelopeRegistered:
    """Return the answer, with the total that counts."""
    return EnvelopeRegistered(
        caf=allotted.caf,
        exercise=allotted.exercise,
        superseded=superseded,
        amount=counting.amount,
    )


def _served_finding(before: Envelopes, after: Envelopes, allotted: EnvelopeAllotted) -> Finding:
    line, admitted = after.line(allotted.exercise), len(after.released) - len(before.released)
    return computed(
        "ENV-03",
        f"Enveloppe {allotted.exercise} de la Caf {allotted.caf} : total de "
        f"{euros(allotted.amount)}, {euros(line.granted)} accordés. "
        f"Servis dans l'ordre de la liste : {admitted} ; toujours en attente : "
        f"{len(after.waiting)}.",
        allotted=allotted.amount,
        granted=line.granted,
    )


def required_states_of_release(
    message: Message[EnvelopeReleaseContinued], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the envelopes of the Caf, then the grants of the page and their baremes."""
    caf = message.data.caf
    yield StateRef(Envelopes, caf)
    for reservation in _page(states.get_if_loaded(Envelopes, caf)):
        yield StateRef(Grant, reservation.key)
        yield StateRef(PublishedBareme, str(start_year(reservation.school_year)))


def release(
    message: Message[EnvelopeReleaseContinued], states: States, parameters: FundingParameters
) -> Decision:
    """Publish `FundingGranted` for the next admitted grants, and request the page after them.

    Each event answers the request that was deferred, not this message. Two chains of pages may
    run concurrently: each page takes the grants not published yet.
    """
    progress = message.data
    envelopes = envelopes_of(progress.caf, states)
    released = tuple(_released(reservation, states, parameters) for reservation in _page(envelopes))
    if not released:
        return NO_CHANGE
    after = mark_announced(envelopes, (grant.key for grant, _ in released))
    following = progress.with_changes(page=progress.page + 1)
    return Decision(
        states=(*(grant for grant, _ in released), after),
        events=(
            *(_answer(grant, priced) for grant, priced in released),
            *((following,) if after.released else ()),
        ),
        findings=tuple(step for grant, priced in released for step in priced.findings),
    )


def _page(envelopes: Envelopes | None) -> tuple[Reservation, ...]:
    return envelopes.released[:PAGE_LENGTH] if envelopes else ()


def _released(
    reservation: Reservation, states: States, parameters: FundingParameters
) -> tuple[Grant, PricedGrant]:
    grant = states.get(Grant, reservation.key)
    assert grant is not None, "a reservation is made by its grant"
    terms = terms_for(grant.start_year, states, parameters)
    assert terms is not None, "a grant is priced before it waits for an envelope"
    priced = admitted_later(grant, reservation, terms)
    return grant.granted(priced.funding), priced


def _answer(grant: Grant, priced: PricedGrant) -> OutgoingEvent:
    return OutgoingEvent(priced.funding, origin=grant.origin, about=StateRef(Grant, grant.key))

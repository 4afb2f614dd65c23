"""A Caf allots the credits of an exercise: serve those that wait, and tell them page after page."""

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
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.rules import Step, computed

PAGE_LENGTH = 50


def required_states(message: Message[EnvelopeAllotted], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Name the envelopes of the Caf."""
    yield StateRef(Envelopes, message.data.caf)


def register(
    message: Message[EnvelopeAllotted],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `EnvelopeRegistered`; the last allotment by `time`, then id, counts [ENV-03].

    On a raise the list is served at once, in its order; what is let in is counted here and told
    by pages.
    """
    allotted = message.data
    before = envelopes_of(allotted.caf, states)
    allotment = Allotment(amount=allotted.amount, time=message.time, id=message.id)
    answer = EnvelopeRegistered(caf=allotted.caf, exercise=allotted.exercise)
    if not supersedes(before, allotted.exercise, allotment):
        return Decision(events=(OutgoingEvent(answer, about=StateRef(Envelopes, allotted.caf)),))
    after = allot(before, allotted.exercise, allotment)
    return Decision(
        states=(after,),
        events=(answer, *continue_release(before, after)),
        steps=(_served(before, after, allotted),),
    )


def _served(before: Envelopes, after: Envelopes, told: EnvelopeAllotted) -> Step:
    line, entered = after.line(told.exercise), len(after.released) - len(before.released)
    return computed(
        "ENV-03",
        f"Enveloppe {told.exercise} de la Caf {told.caf} : total de {euros(told.amount)}, "
        f"{euros(line.granted)} accordés. Servis dans l'ordre de la liste : {entered} ; "
        f"toujours en attente : {len(after.waiting)}.",
        allotted=told.amount,
        granted=line.granted,
    )


def required_states_of_release(
    message: Message[EnvelopeReleaseContinued], states: States
) -> Iterable[StateRef[Any]]:
    """Name the envelopes of the Caf, then the grants of the page and the baremes of their years."""
    caf = message.data.caf
    yield StateRef(Envelopes, caf)
    for claim in _page(states.get_if_loaded(Envelopes, caf)):
        yield StateRef(Grant, claim.key)
        yield StateRef(PublishedBareme, str(start_year(claim.school_year)))


def release(
    message: Message[EnvelopeReleaseContinued], states: States, parameters: FundingParameters
) -> Decision:
    """Say `FundingGranted` for the next grants that were let in; another page while any is left.

    Each answer belongs to the request that was deferred, not to this message. Two chains of pages
    may run at once: each takes what is still to be told.
    """
    progress = message.data
    envelopes = envelopes_of(progress.caf, states)
    released = tuple(_released(c, states, parameters) for c in _page(envelopes))
    if not released:
        return NO_CHANGE
    after = mark_announced(envelopes, (grant.key for grant, _ in released))
    following = progress.with_changes(page=progress.page + 1)
    return Decision(
        states=(*(grant for grant, _ in released), after),
        events=(
            *(_answer(grant, funded) for grant, funded in released),
            *((following,) if after.released else ()),
        ),
        steps=tuple(step for grant, funded in released for step in funded.steps),
    )


def _page(envelopes: Envelopes | None) -> tuple[Reservation, ...]:
    return envelopes.released[:PAGE_LENGTH] if envelopes else ()


def _released(
    claim: Reservation, states: States, parameters: FundingParameters
) -> tuple[Grant, PricedGrant]:
    grant = states.get(Grant, claim.key)
    assert grant is not None, "a claim is made by its grant"
    terms = terms_for(grant, states, parameters)
    assert terms is not None, "a grant is priced before it waits for an envelope"
    funded = admitted_later(grant, claim, terms)
    return grant.granted(funded.funding), funded


def _answer(grant: Grant, funded: PricedGrant) -> OutgoingEvent:
    return OutgoingEvent(funded.funding, origin=grant.origin, about=StateRef(Grant, grant.key))

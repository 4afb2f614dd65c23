"""A Caf allots the credits of an exercise: serve those that wait, and tell them page after page."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.admission import envelopes_of, let_in, terms_for
from services.funding.domain.envelopes import (
    Allotment,
    Claim,
    Envelopes,
    allot,
    continued,
    counts,
    told,
)
from services.funding.domain.granting import Funded
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.caf import EnvelopeAllotted
from shared.contracts.funding import EnvelopeRegistered, EnvelopeReleaseContinued
from shared.french import euros
from shared.kernel.calendar import start_year
from shared.kernel.decision import SILENT, Decision, Emit, Known, Message, Ref
from shared.kernel.rules import Step, computed

PAGE_LENGTH = 50


def reads(message: Message[EnvelopeAllotted], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the envelopes of the Caf."""
    yield Ref(Envelopes, message.data.caf)


def register(
    message: Message[EnvelopeAllotted],
    known: Known,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Answer `EnvelopeRegistered`; the last allotment by `time`, then id, counts [ENV-03].

    On a raise the list is served at once, in its order; what is let in is counted here and told
    by pages.
    """
    allotted = message.data
    before = envelopes_of(allotted.caf, known)
    allotment = Allotment(amount=allotted.amount, time=message.time, id=message.id)
    answer = EnvelopeRegistered(caf=allotted.caf, exercise=allotted.exercise)
    if not counts(before, allotted.exercise, allotment):
        return Decision(events=(Emit(answer, about=Ref(Envelopes, allotted.caf)),))
    after = allot(before, allotted.exercise, allotment)
    return Decision(
        states=(after,),
        events=(answer, *continued(before, after)),
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


def reads_release(message: Message[EnvelopeReleaseContinued], known: Known) -> Iterable[Ref[Any]]:
    """Name the envelopes of the Caf, then the grants of the page and the baremes of their years."""
    caf = message.data.caf
    yield Ref(Envelopes, caf)
    for claim in _page(known.seen(Envelopes, caf)):
        yield Ref(Grant, claim.key)
        yield Ref(PublishedBareme, str(start_year(claim.school_year)))


def release(
    message: Message[EnvelopeReleaseContinued], known: Known, parameters: FundingParameters
) -> Decision:
    """Say `FundingGranted` for the next grants that were let in; another page while any is left.

    Each answer belongs to the request that was deferred, not to this message. Two chains of pages
    may run at once: each takes what is still to be told.
    """
    progress = message.data
    envelopes = envelopes_of(progress.caf, known)
    released = tuple(_released(c, known, parameters) for c in _page(envelopes))
    if not released:
        return SILENT
    after = told(envelopes, (grant.key for grant, _ in released))
    following = progress.but(page=progress.page + 1)
    return Decision(
        states=(*(grant for grant, _ in released), after),
        events=(
            *(_answer(grant, funded) for grant, funded in released),
            *((following,) if after.released else ()),
        ),
        steps=tuple(step for grant, funded in released for step in funded.steps),
    )


def _page(envelopes: Envelopes | None) -> tuple[Claim, ...]:
    return envelopes.released[:PAGE_LENGTH] if envelopes else ()


def _released(claim: Claim, known: Known, parameters: FundingParameters) -> tuple[Grant, Funded]:
    grant = known.get(Grant, claim.key)
    assert grant is not None, "a claim is made by its grant"
    terms = terms_for(grant, known, parameters)
    assert terms is not None, "a grant is priced before it waits for an envelope"
    funded = let_in(grant, claim, terms)
    return grant.granted(funded.funding), funded


def _answer(grant: Grant, funded: Funded) -> Emit:
    return Emit(funded.funding, origin=grant.origin, about=Ref(Grant, grant.key))

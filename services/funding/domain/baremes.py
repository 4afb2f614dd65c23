"""Handlers of baremes published by the Cnaf: record one, and release its grants page by page."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.admission import Admission, admit, envelopes_of
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import Bareme, FundingParameters
from services.funding.domain.states import Grant, PublishedBareme, grant_key
from shared.contracts.caf import BaremePublished
from shared.contracts.common import Reason, RequestRefused
from shared.contracts.funding import BaremeRegistered, BaremeReleaseContinued, FundingDeferred
from shared.french import euros
from shared.kernel.calendar import school_year
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Message,
    OutgoingEvent,
    Query,
    StateRef,
    States,
)

PAGE_LENGTH = 50
SOURCE_SHOWN_MAX = 1_000


def required_states(
    message: Message[BaremePublished],
    states: States,  # noqa: ARG001
) -> Iterable[StateRef[Any]]:
    """Yield the bareme of the year."""
    yield StateRef(PublishedBareme, str(message.data.start_year))


def register(
    message: Message[BaremePublished], states: States, parameters: FundingParameters
) -> Decision:
    """Record the bareme of a new year and start to release the grants that wait for it.

    A bareme, built in or published, is never replaced: the same amounts change nothing, others are
    refused [TEC-01]. The source is not compared.
    """
    year = message.data.start_year
    bareme = _bareme(message.data)
    state = states.get(PublishedBareme, str(year))
    current = parameters.bareme(year, state.bareme if state else None)
    if current is None:
        return Decision(
            states=(PublishedBareme(start_year=year, bareme=bareme),),
            events=(
                BaremeRegistered(start_year=year),
                BaremeReleaseContinued(start_year=year, after=""),
            ),
        )
    if current.prices == bareme.prices:
        return NO_CHANGE
    return Decision(events=(_refused(message, current),))


def required_states_of_release(
    message: Message[BaremeReleaseContinued], states: States
) -> Iterable[StateRef[Any] | Query[Any]]:
    """Yield the bareme, the next grants that wait for it, then the envelopes of their Cafs."""
    page = _waiting(message.data)
    yield StateRef(PublishedBareme, str(message.data.start_year))
    yield page
    for grant in states.page_if_loaded(page) or ():
        yield StateRef(Envelopes, grant.agrement.caf)


def release(
    message: Message[BaremeReleaseContinued], states: States, parameters: FundingParameters
) -> Decision:
    """Admit one page of waiting grants to their envelopes; a full page requests the next one.

    Grants are admitted by decision date, then dossier. Each event answers the request that was
    deferred, not this message.
    """
    year = message.data.start_year
    published = states.get(PublishedBareme, str(year))
    terms = parameters.terms(year, published.bareme if published else None)
    page = states.page(_waiting(message.data))
    if terms is None or not page:
        return NO_CHANGE
    envelopes = {grant.agrement.caf: envelopes_of(grant.agrement.caf, states) for grant in page}
    released = []
    for grant in page:
        admission = admit(grant, envelopes[grant.agrement.caf], terms)
        envelopes[grant.agrement.caf] = admission.envelopes
        released.append(admission)
    following = BaremeReleaseContinued(start_year=year, after=page[-1].place)
    return Decision(
        states=(*(admission.grant for admission in released), *envelopes.values()),
        events=(
            *(_answer(admission) for admission in released),
            *((following,) if len(page) == PAGE_LENGTH else ()),
        ),
        steps=tuple(step for admission in released for step in admission.steps),
    )


def _waiting(progress: BaremeReleaseContinued) -> Query[Grant]:
    """Return the query of the next page; a dossier has one grant per school year."""
    after = progress.after
    last = grant_key(after.partition(" ")[2], school_year(progress.start_year))
    return Query(
        Grant,
        where=(("waits_for", "bareme"), ("start_year", progress.start_year)),
        order=("place",),
        limit=PAGE_LENGTH,
        after=(after, last) if after else (),
    )


def _answer(admission: Admission) -> OutgoingEvent:
    """Return the answer to the deferred request, with `earlier` 1 when it is deferred again."""
    grant, deferred_again = admission.grant, isinstance(admission.event, FundingDeferred)
    return OutgoingEvent(
        admission.event,
        origin=grant.origin,
        about=StateRef(Grant, grant.key),
        earlier=1 if deferred_again else 0,
    )


def _bareme(published: BaremePublished) -> Bareme:
    return Bareme(
        plafond=published.plafond,
        ps_max=published.ps_max,
        bonus_enfants=published.bonus_enfants,
        bonus_parents=published.bonus_parents,
        source=published.source,
    )


def _refused(message: Message[BaremePublished], current: Bareme) -> RequestRefused:
    sentence = (
        f"Le barème de {message.data.start_year} est déjà connu avec d'autres montants et ne "
        f"change plus : attendu {_in_words(current)} ({_shown(current.source)}) ; "
        f"observé {_in_words(_bareme(message.data))}."
    )
    return RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=None,
        reasons=(Reason(rule="TEC-01", message=sentence),),
    )


def _shown(source: str) -> str:
    """Return a source cut to `SOURCE_SHOWN_MAX` characters, to be quoted in a sentence."""
    return source if len(source) <= SOURCE_SHOWN_MAX else f"{source[:SOURCE_SHOWN_MAX]}…"


def _in_words(bareme: Bareme) -> str:
    return (
        f"plafond {euros(bareme.plafond)}, Ps maximale {euros(bareme.ps_max)}, "
        f"bonus enfants {euros(bareme.bonus_enfants)}, bonus parents {euros(bareme.bonus_parents)}"
    )

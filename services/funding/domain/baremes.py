"""Handlers of baremes published by the Cnaf: record one, and release its grants page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.funding.domain.admission import Admission, admit, envelopes_of, terms_for
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import Bareme, FundingParameters
from services.funding.domain.states import Grant, PublishedBareme, grant_key
from shared.contracts.caf import BaremePublished
from shared.contracts.forecasts import ForecastReleaseContinued
from shared.contracts.funding import BaremeRegistered, BaremeReleaseContinued, FundingDeferred
from shared.french import euros
from shared.kernel.calendar import school_year
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    Query,
    StateRef,
    States,
)
from shared.kernel.requests import Once, Request

PAGE_LENGTH = 50
SOURCE_SHOWN_MAX = 1_000


def required_states(
    message: Message[BaremePublished],
    states: States,  # noqa: ARG001
) -> Iterable[StateRef[Any]]:
    """Yield the bareme of the year."""
    yield StateRef(PublishedBareme, str(message.data.start_year))


@dataclass(frozen=True, slots=True)
class BaremeContext:
    """A published bareme, and the one that is in force for its year, built in or published."""

    published: BaremePublished
    bareme: Bareme
    current: Bareme | None


def _context(
    message: Message[BaremePublished], states: States, parameters: FundingParameters
) -> BaremeContext:
    published = message.data
    state = states.get(PublishedBareme, str(published.start_year))
    current = parameters.bareme(published.start_year, state.bareme if state else None)
    return BaremeContext(published, _bareme(published), current)


def _register(context: BaremeContext, findings: tuple[Finding, ...]) -> Decision:
    """Record the bareme of a new year; release the grants and forecasts that wait for it."""
    year = context.published.start_year
    return Decision(
        states=(PublishedBareme(start_year=year, bareme=context.bareme),),
        events=(
            BaremeRegistered(start_year=year),
            BaremeReleaseContinued(start_year=year, after=""),
            ForecastReleaseContinued(start_year=year, after=""),
        ),
        findings=findings,
    )


def _amounts(context: BaremeContext) -> str:
    return _in_words(context.bareme)


def _current_amounts(context: BaremeContext) -> str | None:
    return _in_words(context.current) if context.current else None


def _other_amounts(context: BaremeContext) -> str:
    source = _shown(context.current.source) if context.current else ""
    return (
        f"Le barème de {context.published.start_year} est déjà connu avec d'autres montants et ne "
        f"change plus : attendu {_current_amounts(context)} ({source}) ; "
        f"observé {_amounts(context)}."
    )


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
    terms = terms_for(year, states, parameters)
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
        findings=tuple(step for admission in released for step in admission.findings),
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


def _shown(source: str) -> str:
    """Return a source cut to `SOURCE_SHOWN_MAX` characters, to be quoted in a sentence."""
    return source if len(source) <= SOURCE_SHOWN_MAX else f"{source[:SOURCE_SHOWN_MAX]}…"


def _in_words(bareme: Bareme) -> str:
    return (
        f"plafond {euros(bareme.plafond)}, Ps maximale {euros(bareme.ps_max)}, "
        f"bonus enfants {euros(bareme.bonus_enfants)}, bonus parents {euros(bareme.bonus_parents)}"
    )


BAREME = Request(
    context=_context,
    gates=(Once(accepted=_current_amounts, content=_amounts, sentence=_other_amounts),),
    accept=_register,
)
"""Records the bareme of a new year; one that is known is never replaced [TEC-01].

The same amounts change nothing, others are refused. The source is not compared.
"""

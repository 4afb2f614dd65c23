"""The Cnaf publishes a bareme: keep it, and grant what waited for it, page after page."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.french import euros
from services.funding.domain.funding import fund
from services.funding.domain.parameters import Bareme, FundingParameters, Terms
from services.funding.domain.states import Grant, PublishedBareme
from shared.contracts.caf import BaremePublished
from shared.contracts.common import Reason, RequestRefused
from shared.contracts.funding import BaremeRegistered, BaremeReleaseContinued
from shared.kernel.decision import SILENT, Decision, Emit, Known, Message, Page, Ref

PAGE_LENGTH = 50


def reads_bareme(
    message: Message[BaremePublished],
    known: Known,  # noqa: ARG001
) -> Iterable[Ref[Any]]:
    """Name the bareme of the year."""
    yield Ref(PublishedBareme, str(message.data.start_year))


def register(
    message: Message[BaremePublished], known: Known, parameters: FundingParameters
) -> Decision:
    """Keep the bareme of an unknown year and start to release the grants that wait for it.

    A known bareme, built in or published, is never replaced: the same amounts are silent, other
    ones are refused [TEC-01]. The source is not an amount.
    """
    year = message.data.start_year
    bareme = _bareme(message.data)
    state = known.get(PublishedBareme, str(year))
    standing = parameters.bareme(year, state.bareme if state else None)
    if standing is None:
        return Decision(
            states=(PublishedBareme(start_year=year, bareme=bareme),),
            events=(
                BaremeRegistered(start_year=year),
                BaremeReleaseContinued(start_year=year, after=""),
            ),
        )
    if standing.prices == bareme.prices:
        return SILENT
    return Decision(events=(_refused(message, standing),))


def reads_release(
    message: Message[BaremeReleaseContinued],
    known: Known,  # noqa: ARG001
) -> Iterable[Ref[Any] | Page[Any]]:
    """Name the bareme of the year and the next grants that wait for it."""
    yield Ref(PublishedBareme, str(message.data.start_year))
    yield _waiting(message.data)


def release(
    message: Message[BaremeReleaseContinued], known: Known, parameters: FundingParameters
) -> Decision:
    """Grant one page of what waited; a full page asks for the next one.

    Each answer belongs to the agrement that it was deferred for, not to this message.
    """
    year = message.data.start_year
    published = known.get(PublishedBareme, str(year))
    terms = parameters.terms(year, published.bareme if published else None)
    page = known.page(_waiting(message.data))
    if terms is None or not page:
        return SILENT
    released = tuple(_released(grant, terms) for grant in page)
    following = BaremeReleaseContinued(start_year=year, after=page[-1].key)
    return Decision(
        states=tuple(grant for grant, _ in released),
        events=(
            *(event for _, event in released),
            *((following,) if len(page) == PAGE_LENGTH else ()),
        ),
    )


def _waiting(progress: BaremeReleaseContinued) -> Page[Grant]:
    return Page(
        Grant,
        where=(("status", "deferred"), ("start_year", progress.start_year)),
        limit=PAGE_LENGTH,
        after=(progress.after,) if progress.after else (),
    )


def _released(grant: Grant, terms: Terms) -> tuple[Grant, Emit]:
    funding = fund(grant.agrement, terms)
    answer = Emit(funding, origin=grant.origin, about=Ref(Grant, grant.key))
    return grant.granted(funding), answer


def _bareme(published: BaremePublished) -> Bareme:
    return Bareme(
        plafond=published.plafond,
        ps_max=published.ps_max,
        bonus_enfants=published.bonus_enfants,
        bonus_parents=published.bonus_parents,
        source=published.source,
    )


def _refused(message: Message[BaremePublished], standing: Bareme) -> RequestRefused:
    sentence = (
        f"Le barème de {message.data.start_year} est déjà connu avec d'autres montants et ne "
        f"change plus : attendu {_in_words(standing)} ({standing.source}) ; "
        f"observé {_in_words(_bareme(message.data))}."
    )
    return RequestRefused(
        event_id=message.id,
        event_type=message.type,
        caf=None,
        reasons=(Reason(rule="TEC-01", message=sentence),),
    )


def _in_words(bareme: Bareme) -> str:
    return (
        f"plafond {euros(bareme.plafond)}, Ps maximale {euros(bareme.ps_max)}, "
        f"bonus enfants {euros(bareme.bonus_enfants)}, bonus parents {euros(bareme.bonus_parents)}"
    )

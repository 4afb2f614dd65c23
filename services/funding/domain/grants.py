"""The committee granted an agrement: price its first school year, or wait for the bareme."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.arrivals import arrived, envelopes_of, terms_for, without_bareme
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Dossier, Grant, PublishedBareme, content_of, grant_key
from shared.contracts.eligibility import AgrementGranted, AgrementRegistered
from shared.kernel.calendar import start_year
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref, State
from shared.kernel.steps import Step


def reads(message: Message[AgrementGranted], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the grant, its dossier, the bareme of its year and the envelopes of its Caf."""
    agrement = message.data
    yield Ref(Grant, grant_key(agrement.dossier_id, agrement.school_year))
    yield Ref(Dossier, agrement.dossier_id)
    yield Ref(PublishedBareme, str(start_year(agrement.school_year)))
    yield Ref(Envelopes, agrement.caf)


def grant(
    message: Message[AgrementGranted], known: Known, parameters: FundingParameters
) -> Decision:
    """Answer `FundingGranted`, or `FundingDeferred`: no bareme [PRX-07], no envelope [ENV-03].

    One grant per dossier and school year: the first one stands and any other changes nothing.
    A several-years agrement is priced for its first school year only.
    """
    agrement = message.data
    if known.get(Grant, grant_key(agrement.dossier_id, agrement.school_year)) is not None:
        return SILENT
    dossier = known.get(Dossier, agrement.dossier_id) or Dossier(agrement=content_of(agrement))
    return granted_or_deferred(
        Grant.waiting(agrement, message.origin), known, parameters, beside=(dossier,)
    )


def granted_or_deferred(
    waiting: Grant,
    known: Known,
    parameters: FundingParameters,
    *,
    beside: tuple[State, ...] = (),
    steps: tuple[Step, ...] = (),
) -> Decision:
    """Price a new grant and let it in, or say what it waits for.

    `beside` are other states that the decision writes, `steps` what led to it.
    """
    terms = terms_for(waiting, known, parameters)
    if terms is None:
        return Decision(states=(waiting, *beside), events=(without_bareme(waiting),), steps=steps)
    found = arrived(waiting, envelopes_of(waiting.agrement.caf, known), terms)
    return Decision(
        states=(found.grant, *beside, found.envelopes),
        events=(found.event,),
        steps=(*steps, *found.steps),
    )


def reads_imported(
    message: Message[AgrementRegistered],
    known: Known,  # noqa: ARG001
) -> Iterable[Ref[Any]]:
    """Name the dossier."""
    yield Ref(Dossier, message.data.dossier_id)


def register_imported(
    message: Message[AgrementRegistered],
    known: Known,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Keep an agrement older than the system, silently: only its renewals are priced here."""
    if known.get(Dossier, message.data.dossier_id) is not None:
        return SILENT
    return Decision(states=(Dossier(agrement=content_of(message.data)),))

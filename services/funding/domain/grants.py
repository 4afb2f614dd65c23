"""The committee granted an agrement: price its first school year, or wait for the bareme."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.admission import arrived, envelopes_of, terms_for, without_bareme
from services.funding.domain.amended import as_amended, ends, uncovered
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import breaches
from services.funding.domain.states import Dossier, Grant, PublishedBareme, grant_key
from shared.contracts.common import DossierScoped
from shared.contracts.eligibility import AgrementGranted, AgrementRegistered
from shared.kernel.calendar import start_year
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref, State
from shared.kernel.rules import Step


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
    An amendment that came first limits it: `FundingRefused` for a year that it ends [COM-05].
    A several-years agrement is priced for its first school year only.
    """
    agrement = message.data
    if known.get(Grant, grant_key(agrement.dossier_id, agrement.school_year)) is not None:
        return SILENT
    dossier = dossier_of(agrement, known).of_agrement(agrement)
    if ends(agrement, dossier.amendments, agrement.school_year):
        refusal = uncovered(agrement)
        return Decision(states=(dossier,), events=(refusal,), steps=breaches(refusal.reasons))
    return granted_or_deferred(
        Grant.waiting(
            as_amended(agrement, dossier.amendments, agrement.school_year), message.origin
        ),
        known,
        parameters,
        beside=(dossier.with_year(agrement.school_year),),
    )


def dossier_of(about: DossierScoped, known: Known) -> Dossier:
    """Return the dossier of a message, a blank one before anything is known of it."""
    known_so_far = known.get(Dossier, about.dossier_id)
    return known_so_far or Dossier(dossier_id=about.dossier_id, caf=about.caf)


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
    dossier = dossier_of(message.data, known)
    if dossier.agrement is not None:
        return SILENT
    return Decision(states=(dossier.of_agrement(message.data),))

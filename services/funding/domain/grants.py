"""Handlers of agrements: price the first school year of a granted one, record an imported one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.funding.domain.admission import admit, envelopes_of, terms_for, without_bareme
from services.funding.domain.agrement_amendments import as_amended, ends, uncovered
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import (
    Convention,
    Dossier,
    Grant,
    PublishedBareme,
    convention_key,
    grant_key,
)
from shared.contracts.common import DossierScoped
from shared.contracts.eligibility import AgrementGranted, AgrementRegistered
from shared.kernel.calendar import start_year
from shared.kernel.decision import NO_CHANGE, Decision, Finding, Message, State, StateRef, States


def required_states(message: Message[AgrementGranted], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the grant, its dossier and convention, its year's bareme, its Caf's envelopes."""
    agrement = message.data
    yield StateRef(Convention, convention_key(agrement.dossier_id, agrement.caf))
    yield StateRef(Grant, grant_key(agrement.dossier_id, agrement.school_year))
    yield StateRef(Dossier, agrement.dossier_id)
    yield StateRef(PublishedBareme, str(start_year(agrement.school_year)))
    yield StateRef(Envelopes, agrement.caf)


def grant(
    message: Message[AgrementGranted], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `FundingGranted`, or `FundingDeferred`: no bareme [PRX-07], no envelope [ENV-03].

    One grant per dossier and school year: a second one changes nothing. An amendment handled
    before applies: `FundingRefused` for a year that it ends [COM-05]. A multi-year agrement is
    priced for its first school year only.
    """
    agrement = message.data
    if states.get(Grant, grant_key(agrement.dossier_id, agrement.school_year)) is not None:
        return NO_CHANGE
    dossier = dossier_of(agrement, states).of_agrement(agrement)
    if ends(agrement, dossier.amendments, agrement.school_year):
        refusal, finding = uncovered(agrement)
        return Decision(states=(dossier,), events=(refusal,), findings=(finding,))
    amended = as_amended(agrement, dossier.amendments, agrement.school_year)
    return granted_or_deferred(
        Grant.waiting(amended, message.origin).with_changes(
            convention_signed_on=signed_on(agrement.dossier_id, agrement.caf, states)
        ),
        states,
        parameters,
        other_states=(dossier.with_year(agrement.school_year),),
    )


def signed_on(dossier_id: str, caf: str, states: States) -> date | None:
    """Return the day on which the convention of a dossier was signed, None without one."""
    convention = states.get(Convention, convention_key(dossier_id, caf))
    return convention.signed_on if convention else None


def dossier_of(about: DossierScoped, states: States) -> Dossier:
    """Return the dossier of a message, an empty one before its first message."""
    stored = states.get(Dossier, about.dossier_id)
    return stored or Dossier(dossier_id=about.dossier_id, caf=about.caf)


def granted_or_deferred(
    waiting: Grant,
    states: States,
    parameters: FundingParameters,
    *,
    other_states: tuple[State, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> Decision:
    """Price a new grant and admit it, or defer it with its reasons.

    `other_states` are written by the same decision; `findings` are put before those of the price.
    """
    terms = terms_for(waiting.start_year, states, parameters)
    if terms is None:
        return Decision(
            states=(waiting, *other_states), events=(without_bareme(waiting),), findings=findings
        )
    admission = admit(waiting, envelopes_of(waiting.agrement.caf, states), terms)
    return Decision(
        states=(admission.grant, *other_states, admission.envelopes),
        events=(admission.event,),
        findings=(*findings, *admission.findings),
    )


def required_states_of_import(
    message: Message[AgrementRegistered],
    states: States,  # noqa: ARG001
) -> Iterable[StateRef[Any]]:
    """Yield the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def register_imported(
    message: Message[AgrementRegistered],
    states: States,
    parameters: object,  # noqa: ARG001
) -> Decision:
    """Record an agrement older than the system, without an event: only its renewals are priced."""
    dossier = dossier_of(message.data, states)
    if dossier.agrement is not None:
        return NO_CHANGE
    return Decision(states=(dossier.of_agrement(message.data),))

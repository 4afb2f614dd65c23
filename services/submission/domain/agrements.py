"""School years covered by agrements: a later dossier cannot request them [REC-11].

What a deposit must not miss is in the gestionnaire's document, a shared state.
"""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.states import (
    Agrement,
    AgrementEnd,
    GestionnaireAgrements,
    gestionnaire_key,
)
from shared.contracts.eligibility import AgrementAmended, AgrementContent
from shared.kernel.calendar import following
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States


def required_states(message: Message[AgrementContent], _states: States) -> Iterable[StateRef[Any]]:
    """Yield the agrement of this dossier, and its gestionnaire."""
    granted = message.data
    yield StateRef(Agrement, granted.dossier_id)
    yield StateRef(GestionnaireAgrements, gestionnaire_key(granted.caf, granted.gestionnaire.siret))


def record_agrement(
    message: Message[AgrementContent],
    states: States,
    _parameters: None,
) -> Decision:
    """Record the school years of an agrement, granted or imported; a dossier has one.

    The agrement again completes one that release 0.3.0 stored without level and communes.
    """
    granted = message.data
    stored = states.get(Agrement, granted.dossier_id)
    if stored and stored.school_level:
        return NO_CHANGE
    agrement = Agrement(
        dossier_id=granted.dossier_id,
        caf=granted.caf,
        siret=granted.gestionnaire.siret,
        first=granted.school_year,
        last=granted.multi_year_until,
        school_level=granted.project.school_level,
        communes=granted.project.communes,
    )
    gestionnaire = GestionnaireAgrements(caf=agrement.caf, siret=agrement.siret)
    gestionnaire = states.get(GestionnaireAgrements, gestionnaire.key) or gestionnaire
    return Decision(states=(agrement, gestionnaire.with_agrement(agrement.dossier_id)))


def required_states_of_amendment(
    message: Message[AgrementAmended], _states: States
) -> Iterable[StateRef[AgrementEnd]]:
    """Yield the end of this dossier's agrement."""
    yield StateRef(AgrementEnd, message.data.dossier_id)


def record_withdrawal(
    message: Message[AgrementAmended],
    states: States,
    _parameters: None,
) -> Decision:
    """Record the first school year from which an agrement is withdrawn; the earliest one counts.

    A reduced agrement still covers all its school years, one whose action stopped in a school year
    that year too.
    """
    amended = message.data
    if amended.effect == "reduced":
        return NO_CHANGE
    first, end = amended.from_school_year, states.get(AgrementEnd, amended.dossier_id)
    if amended.ended_on:
        first = following(first)
    if end and end.withdrawn_from <= first:
        return NO_CHANGE
    return Decision(states=(AgrementEnd(dossier_id=amended.dossier_id, withdrawn_from=first),))

"""A Caf imports an agrement older than the system, for its renewals and for REC-11."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.import_rules import ALONE, CHECKS, ImportContext
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.refusals import request_refused
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.base import content_hash
from shared.contracts.corrections import AgrementImported
from shared.contracts.eligibility import AgrementRegistered
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import evaluate_all, evaluate_until_first


def required_states(message: Message[AgrementImported], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Name the dossier and its agrement."""
    yield StateRef(Dossier, message.data.dossier_id)
    yield StateRef(Agrement, message.data.dossier_id)


def register(
    message: Message[AgrementImported],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - it was granted under the texts of its time
) -> Decision:
    """Register an agrement once [TEC-01, COM-10: alone; COM-04 and AGR-01 together]."""
    imported, content = message.data, content_hash(message.data)
    agrement = states.get(Agrement, imported.dossier_id)
    if agrement and agrement.imported == content:
        return NO_CHANGE
    case = ImportContext(imported, states.get(Dossier, imported.dossier_id), agrement)
    weighed = evaluate_until_first(ALONE, case)
    steps = weighed.steps
    if not weighed.reasons:
        weighed = evaluate_all(CHECKS, case)
        steps += weighed.steps
    if weighed.reasons:
        return Decision(events=(request_refused(message, weighed.reasons),), steps=steps)
    registered = AgrementRegistered(**dict(imported))
    return Decision(states=(Agrement.of(imported, content),), events=(registered,), steps=steps)

"""Handler of imports: a Caf imports an agrement older than the system, for REC-11 and renewals."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.import_rules import PRELIMINARY_RULES, RULES, ImportContext
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.refusals import request_refused
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.base import content_hash
from shared.contracts.corrections import AgrementImported
from shared.contracts.eligibility import AgrementRegistered
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import evaluate_all, evaluate_until_first


def required_states(message: Message[AgrementImported], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the dossier and its agrement."""
    yield StateRef(Dossier, message.data.dossier_id)
    yield StateRef(Agrement, message.data.dossier_id)


def register(
    message: Message[AgrementImported],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - the agrement was granted under earlier texts
) -> Decision:
    """Register an agrement once.

    TEC-01 and COM-10 end the evaluation; the reasons of COM-04 and AGR-01 are given together.
    """
    imported, content = message.data, content_hash(message.data)
    agrement = states.get(Agrement, imported.dossier_id)
    if agrement and agrement.imported == content:
        return NO_CHANGE
    context = ImportContext(imported, states.get(Dossier, imported.dossier_id), agrement)
    evaluation = evaluate_until_first(PRELIMINARY_RULES, context)
    steps = evaluation.steps
    if not evaluation.reasons:
        evaluation = evaluate_all(RULES, context)
        steps += evaluation.steps
    if evaluation.reasons:
        return Decision(events=(request_refused(message, evaluation.reasons),), steps=steps)
    registered = AgrementRegistered(**dict(imported))
    return Decision(states=(Agrement.of(imported, content),), events=(registered,), steps=steps)

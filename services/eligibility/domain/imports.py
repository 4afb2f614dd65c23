"""Handler of imports: a Caf imports an agrement older than the system, for REC-11 and renewals."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.import_rules import GATES, RULES, ImportContext
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import Agrement, Dossier
from shared.contracts.base import content_hash
from shared.contracts.corrections import AgrementImported
from shared.contracts.eligibility import AgrementRegistered
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Request


def required_states(message: Message[AgrementImported], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the dossier and its agrement."""
    yield StateRef(Dossier, message.data.dossier_id)
    yield StateRef(Agrement, message.data.dossier_id)


def _context(
    message: Message[AgrementImported],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - the agrement was granted under earlier texts
) -> ImportContext:
    dossier_id = message.data.dossier_id
    return ImportContext(
        message.data, states.get(Dossier, dossier_id), states.get(Agrement, dossier_id)
    )


def _register(context: ImportContext, findings: tuple[Finding, ...]) -> Decision:
    imported = context.imported
    return Decision(
        states=(Agrement.of(imported, content_hash(imported)),),
        events=(AgrementRegistered(**dict(imported)),),
        findings=findings,
    )


IMPORT = Request(context=_context, gates=GATES, rules=RULES, accept=_register)
"""Registers an agrement once.

TEC-01 and COM-10 end the evaluation; the reasons of COM-04 and AGR-01 are given together.
"""

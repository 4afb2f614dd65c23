"""Handler of committee decisions: an invalid decision is rejected with all its reasons."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.agrement import build_agrement
from services.eligibility.domain.committee_rules import GATES, CommitteeContext, rules_of_outcome
from services.eligibility.domain.findings import named
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import Agrement, CommitteeRecord, Dossier
from shared.contracts.base import WireModel
from shared.contracts.caf import CommitteeDecided
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
)
from shared.kernel.decision import Decision, Finding, Message, State, StateRef, States
from shared.kernel.requests import Request
from shared.kernel.rules import breach, reasons


def required_states(message: Message[CommitteeDecided], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the dossier and its agrement."""
    yield StateRef(Dossier, message.data.dossier_id)
    yield StateRef(Agrement, message.data.dossier_id)


def _context(
    message: Message[CommitteeDecided], states: States, parameters: Parameters
) -> CommitteeContext | Finding:
    decided = message.data
    if not (dossier := states.get(Dossier, decided.dossier_id)):
        return _not_assessed(decided)
    return CommitteeContext(
        decided=decided,
        dossier=dossier,
        agrement=states.get(Agrement, decided.dossier_id),
        parameters=parameters,
    )


def _decide(context: CommitteeContext, findings: tuple[Finding, ...]) -> Decision:
    dossier, decided = context.dossier, context.decided
    answer = _answer(context)
    changed = (_recorded(dossier, decided), *_agrement(answer))
    return Decision(states=changed, events=(answer,), findings=findings)


def _agrement(answer: WireModel) -> tuple[State, ...]:
    return (Agrement.of(answer),) if isinstance(answer, AgrementGranted) else ()


def _answer(context: CommitteeContext) -> WireModel:
    decided = context.decided
    caf, dossier_id = decided.caf, decided.dossier_id
    if decided.outcome == "granted":
        return build_agrement(context)
    if decided.outcome == "refused":
        return AgrementRefused(caf=caf, dossier_id=dossier_id, motive=decided.motive or "")
    return CommitteeAdjourned(caf=caf, dossier_id=dossier_id)


def _recorded(dossier: Dossier, decided: CommitteeDecided) -> Dossier:
    record = CommitteeRecord(decided=decided, outsiders=_unlisted_members(dossier, decided))
    if decided.outcome == "adjourned":
        return dossier.with_changes(adjourned=record)
    return dossier.with_changes(decision=record)


def _unlisted_members(dossier: Dossier, decided: CommitteeDecided) -> tuple[str, ...]:
    """Return the members present whom the campaign does not name; none if it names no members."""
    if not dossier.committee:
        return ()
    present = named(decided.members_present)
    return tuple(member for member in present if member not in dossier.committee)


def _reject(
    message: Message[CommitteeDecided], states: States, findings: tuple[Finding, ...]
) -> Decision:
    """Reject a decision; the dossier is written unchanged: its version counts the answers."""
    decided = message.data
    dossier = states.get(Dossier, decided.dossier_id)
    rejected = CommitteeDecisionRejected(
        caf=decided.caf, dossier_id=decided.dossier_id, reasons=reasons(findings)
    )
    return Decision(states=(dossier,) if dossier else (), events=(rejected,), findings=findings)


def _not_assessed(decided: CommitteeDecided) -> Finding:
    return breach(
        "COM-09",
        f"Le dossier {decided.dossier_id} n'a pas été instruit :"
        " le comité ne peut pas encore se prononcer.",
    )


COMMITTEE_DECISION = Request(
    context=_context, gates=GATES, rules=rules_of_outcome, accept=_decide, refuse=_reject
)
"""Grants, refuses or adjourns; or rejects the decision.

COM-09, TEC-03, COM-10 and RET-04 end the evaluation; all other reasons are given together. A
dossier is granted or refused once.
"""

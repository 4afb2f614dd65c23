"""Handler of amendments: a Caf reduces or withdraws an agrement from a school year on."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.amendment_rules import GATES, RULES, AmendmentContext
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.base import content_hash
from shared.contracts.corrections import AmendmentDecided
from shared.contracts.eligibility import AgrementAmended, AmendmentRejected
from shared.kernel.calendar import following
from shared.kernel.decision import Decision, Finding, Message, OutgoingEvent, StateRef, States
from shared.kernel.requests import Request
from shared.kernel.rules import breach, reasons


def required_states(message: Message[AmendmentDecided], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the agrement and the amendment."""
    yield StateRef(Agrement, message.data.dossier_id)
    yield StateRef(AcceptedAmendment, message.data.amendment_id)


def _context(
    message: Message[AmendmentDecided],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - an amendment depends on no parameter
) -> AmendmentContext | Finding:
    decided = message.data
    if not (agrement := states.get(Agrement, decided.dossier_id)):
        return _no_agrement(decided)
    accepted = states.get(AcceptedAmendment, decided.amendment_id)
    return AmendmentContext(decided, agrement, accepted)


def _amend(context: AmendmentContext, findings: tuple[Finding, ...]) -> Decision:
    decided, after = context.decided, _amended(context.agrement, context.decided)
    record = AcceptedAmendment(amendment_id=decided.amendment_id, content=content_hash(decided))
    return Decision(states=(after, record), events=(_event(decided, after),), findings=findings)


def _amended(agrement: Agrement, decided: AmendmentDecided) -> Agrement:
    """Return the agrement as amended; the year in which the action ended keeps its right."""
    year = decided.from_school_year
    first = following(year) if decided.ended_on else year
    if decided.effect == "withdrawn":
        return agrement.withdrawn(first)
    return agrement.reduced(first, decided.collectifs)


def _event(decided: AmendmentDecided, after: Agrement) -> AgrementAmended:
    return AgrementAmended(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        decided_on=decided.decided_on,
        effect=decided.effect,
        from_school_year=decided.from_school_year,
        ended_on=decided.ended_on,
        collectifs=decided.collectifs,
        multi_year_until=after.until,
        legal_ground=decided.legal_ground,
        motive=decided.motive,
    )


def _reject(
    message: Message[AmendmentDecided], states: States, findings: tuple[Finding, ...]
) -> Decision:
    decided = message.data
    rejected = AmendmentRejected(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        reasons=reasons(findings),
    )
    agrement = states.get(Agrement, decided.dossier_id)
    about = StateRef(Agrement, agrement.key) if agrement else None
    return Decision(events=(OutgoingEvent(rejected, about=about),), findings=findings)


def _no_agrement(decided: AmendmentDecided) -> Finding:
    return breach(
        "COM-05", f"Le dossier {decided.dossier_id} n'a pas d'agrément : il n'y a rien à modifier."
    )


AMENDMENT = Request(context=_context, gates=GATES, rules=RULES, accept=_amend, refuse=_reject)
"""Amends an agrement, or rejects the amendment with all reasons.

No agrement [COM-05], another content [TEC-01] and another Caf [TEC-03] end the evaluation.
"""

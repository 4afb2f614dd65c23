"""Handler of amendments: a Caf reduces or withdraws an agrement from a school year on."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.amendment_rules import AmendmentContext, evaluate
from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import AcceptedAmendment, Agrement
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.corrections import AmendmentDecided
from shared.contracts.eligibility import AgrementAmended, AmendmentRejected
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.rules import violated


def required_states(message: Message[AmendmentDecided], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the agrement and the amendment."""
    yield StateRef(Agrement, message.data.dossier_id)
    yield StateRef(AcceptedAmendment, message.data.amendment_id)


def amend(
    message: Message[AmendmentDecided],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - an amendment depends on no parameter
) -> Decision:
    """Amend an agrement, or reject the amendment with all reasons.

    No agrement [COM-05], another content [TEC-01] and another Caf [TEC-03] end the evaluation.
    """
    decided = message.data
    if not (agrement := states.get(Agrement, decided.dossier_id)):
        reason = _no_agrement(decided)
        return Decision(events=(_rejected(decided, (reason,)),), steps=(violated(reason),))
    content, accepted = content_hash(decided), states.get(AcceptedAmendment, decided.amendment_id)
    if accepted and accepted.content == content:
        return NO_CHANGE
    evaluation = evaluate(AmendmentContext(decided, agrement, accepted))
    if evaluation.reasons:
        rejection = OutgoingEvent(
            _rejected(decided, evaluation.reasons), about=StateRef(Agrement, agrement.key)
        )
        return Decision(events=(rejection,), steps=evaluation.steps)
    after = _amended(agrement, decided)
    record = AcceptedAmendment(amendment_id=decided.amendment_id, content=content)
    return Decision(
        states=(after, record), events=(_event(decided, after),), steps=evaluation.steps
    )


def _amended(agrement: Agrement, decided: AmendmentDecided) -> Agrement:
    if decided.effect == "withdrawn":
        return agrement.withdrawn(decided.from_school_year)
    return agrement.reduced(decided.from_school_year, decided.collectifs)


def _event(decided: AmendmentDecided, after: Agrement) -> AgrementAmended:
    return AgrementAmended(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        decided_on=decided.decided_on,
        effect=decided.effect,
        from_school_year=decided.from_school_year,
        collectifs=decided.collectifs,
        multi_year_until=after.until,
        legal_ground=decided.legal_ground,
        motive=decided.motive,
    )


def _rejected(decided: AmendmentDecided, reasons: tuple[Reason, ...]) -> AmendmentRejected:
    return AmendmentRejected(
        caf=decided.caf,
        dossier_id=decided.dossier_id,
        amendment_id=decided.amendment_id,
        reasons=reasons,
    )


def _no_agrement(decided: AmendmentDecided) -> Reason:
    return Reason(
        rule="COM-05",
        message=f"Le dossier {decided.dossier_id} n'a pas d'agrément : il n'y a rien à modifier.",
    )

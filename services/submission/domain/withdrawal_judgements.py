"""Eligibility's judgement on a withdrawal that was forwarded to it."""

from services.submission.domain.states import Dossier
from services.submission.domain.withdrawals import (
    awaited_report,
    withdrawn_event,
    withdrawn_states,
)
from shared.contracts.eligibility import WithdrawalJudged
from shared.contracts.submission import WithdrawalRefused
from shared.kernel.decision import (
    NO_CHANGE,
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    States,
)
from shared.kernel.rules import breach


def conclude(message: Message[WithdrawalJudged], states: States, _parameters: None) -> Decision:
    """Withdraw the dossier or refuse, as eligibility decided [RET-03]; answer the first request."""
    judgement, dossier = message.data, states.get(Dossier, message.data.dossier_id)
    withdrawal = dossier.withdrawal if dossier and dossier.status != "withdrawn" else None
    if dossier is None or withdrawal is None or withdrawal.content != judgement.content:
        return NO_CHANGE  # No withdrawal waits for this judgement.
    if judgement.reasons:
        refused = WithdrawalRefused(
            caf=dossier.caf, dossier_id=dossier.dossier_id, reasons=judgement.reasons
        )
        return Decision(
            states=(dossier.with_changes(withdrawal=None),),
            events=(OutgoingEvent(refused, origin=withdrawal.origin),),
            findings=tuple(breach(reason.rule, reason.message) for reason in judgement.reasons),
        )
    return Decision(
        states=withdrawn_states(dossier, withdrawal, awaited_report(dossier, states)),
        events=(OutgoingEvent(withdrawn_event(dossier, withdrawal), origin=withdrawal.origin),),
        findings=(Finding("RET-03", "ok", "Le comité ne s'était pas prononcé."),),
    )

"""Handlers of withdrawals: immediate before receipt, afterwards decided by eligibility.

Eligibility holds the received dossiers, and knows whether the committee has decided.
"""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.states import Dossier, InterimReport, Withdrawal, report_key
from services.submission.domain.withdrawal_rules import RULES, WithdrawalContext
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.elan import WithdrawalRequested
from shared.contracts.eligibility import WithdrawalJudged
from shared.contracts.submission import DossierWithdrawn, WithdrawalForwarded, WithdrawalRefused
from shared.kernel.calendar import previous
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.rules import Step, evaluate_until_first, violated


def required_states(
    message: Message[WithdrawalRequested], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the dossier, then the interim report that it waits for."""
    dossier_id = message.data.dossier_id
    yield StateRef(Dossier, dossier_id)
    if (dossier := states.get_if_loaded(Dossier, dossier_id)) and dossier.held:
        yield StateRef(InterimReport, _report_key(dossier))


def withdraw(
    message: Message[WithdrawalRequested],
    states: States,
    _parameters: None,
) -> Decision:
    """Withdraw, forward to eligibility, or refuse with the first reason.

    Rules: RET-01, TEC-03, RET-02, TEC-01. An accepted or forwarded request that is repeated
    changes nothing; a refused one is evaluated again.
    """
    requested, withdrawal = message.data, _withdrawal(message)
    dossier = states.get(Dossier, requested.dossier_id)
    if dossier is None:
        reason = _unknown(requested)
        return Decision(events=(_refused(requested, (reason,)),), steps=(violated(reason),))
    if dossier.withdrawal and dossier.withdrawal.content == withdrawal.content:
        return NO_CHANGE
    evaluation = evaluate_until_first(RULES, WithdrawalContext(requested, dossier))
    if evaluation.reasons:
        refusal = OutgoingEvent(
            _refused(requested, evaluation.reasons), about=StateRef(Dossier, dossier.key)
        )
        return Decision(events=(refusal,), steps=evaluation.steps)
    if dossier.status == "received":
        return _forward(dossier, withdrawal, evaluation.steps)
    return _withdraw_here(dossier, withdrawal, states, evaluation.steps)


def required_states_of_judgement(
    message: Message[WithdrawalJudged], _states: States
) -> Iterable[StateRef[Dossier]]:
    """Yield the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def conclude(message: Message[WithdrawalJudged], states: States, _parameters: None) -> Decision:
    """Withdraw the dossier or refuse, as eligibility decided [RET-03]; answer the first request."""
    judgement, dossier = message.data, states.get(Dossier, message.data.dossier_id)
    withdrawal = dossier.withdrawal if dossier and dossier.status == "received" else None
    if dossier is None or withdrawal is None or withdrawal.content != judgement.content:
        return NO_CHANGE  # No withdrawal waits for this judgement.
    if judgement.reasons:
        refused = WithdrawalRefused(
            caf=dossier.caf, dossier_id=dossier.dossier_id, reasons=judgement.reasons
        )
        return Decision(
            states=(dossier.with_changes(withdrawal=None),),
            events=(OutgoingEvent(refused, origin=withdrawal.origin),),
            steps=tuple(violated(reason) for reason in judgement.reasons),
        )
    step = Step(rule="RET-03", outcome="ok", message="Le comité ne s'était pas prononcé.")
    return Decision(
        states=(dossier.with_changes(status="withdrawn"),),
        events=(OutgoingEvent(_withdrawn(dossier, withdrawal), origin=withdrawal.origin),),
        steps=(step,),
    )


def _withdrawal(message: Message[WithdrawalRequested]) -> Withdrawal:
    requested = message.data
    return Withdrawal(
        content=content_hash(requested),
        requested_on=requested.requested_on,
        motive=requested.motive,
        origin=message.origin,
    )


def _unknown(requested: WithdrawalRequested) -> Reason:
    return Reason(
        rule="RET-01",
        message=f"Le dossier {requested.dossier_id} n'a jamais été déposé :"
        " il n'y a rien à retirer.",
    )


def _forward(dossier: Dossier, withdrawal: Withdrawal, steps: tuple[Step, ...]) -> Decision:
    forwarded = WithdrawalForwarded(
        caf=dossier.caf, dossier_id=dossier.dossier_id, content=withdrawal.content
    )
    return Decision(
        states=(dossier.with_changes(withdrawal=withdrawal),), events=(forwarded,), steps=steps
    )


def _withdraw_here(
    dossier: Dossier, withdrawal: Withdrawal, states: States, steps: tuple[Step, ...]
) -> Decision:
    withdrawn = dossier.with_changes(status="withdrawn", held=None, withdrawal=withdrawal)
    event = _withdrawn(dossier, withdrawal)
    if not dossier.held:
        return Decision(states=(withdrawn,), events=(event,), steps=steps)
    report = states.get(InterimReport, _report_key(dossier))
    assert report, f"{dossier.dossier_id} is held, but no report lists it"
    changed = (withdrawn, report.without(dossier.key))
    return Decision(states=changed, events=(event,), steps=steps)


def _withdrawn(dossier: Dossier, withdrawal: Withdrawal) -> DossierWithdrawn:
    return DossierWithdrawn(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        withdrawn_on=withdrawal.requested_on,
        motive=withdrawal.motive,
    )


def _refused(requested: WithdrawalRequested, reasons: tuple[Reason, ...]) -> WithdrawalRefused:
    return WithdrawalRefused(caf=requested.caf, dossier_id=requested.dossier_id, reasons=reasons)


def _report_key(dossier: Dossier) -> str:
    return report_key(dossier.caf, dossier.siret, previous(dossier.school_year))

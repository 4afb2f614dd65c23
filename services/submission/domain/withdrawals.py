"""A gestionnaire withdraws a dossier: at once while it is still here, else after eligibility.

A received dossier lies with eligibility, which knows whether the committee has decided.
"""

from collections.abc import Iterable
from typing import Any

from services.submission.domain.states import Dossier, InterimReport, Withdrawal, report_key
from services.submission.domain.withdrawal_rules import CHECKS, WithdrawalContext
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
    """Name the dossier, then the report that it waits for."""
    dossier_id = message.data.dossier_id
    yield StateRef(Dossier, dossier_id)
    if (dossier := states.get_if_loaded(Dossier, dossier_id)) and dossier.held:
        yield StateRef(InterimReport, _report_key(dossier))


def withdraw(
    message: Message[WithdrawalRequested],
    states: States,
    _parameters: None,
) -> Decision:
    """Withdraw, ask eligibility, or refuse for the first reason [RET-01, TEC-03, RET-02, TEC-01].

    The request that was accepted, or that eligibility is asked about, is silent when it comes
    again. One that was refused is judged anew.
    """
    requested, asked = message.data, _asked(message)
    dossier = states.get(Dossier, requested.dossier_id)
    if dossier is None:
        reason = _unknown(requested)
        return Decision(events=(_refused(requested, (reason,)),), steps=(violated(reason),))
    if dossier.withdrawal and dossier.withdrawal.content == asked.content:
        return NO_CHANGE
    weighed = evaluate_until_first(CHECKS, WithdrawalContext(requested, dossier))
    if weighed.reasons:
        refusal = OutgoingEvent(
            _refused(requested, weighed.reasons), about=StateRef(Dossier, dossier.key)
        )
        return Decision(events=(refusal,), steps=weighed.steps)
    if dossier.status == "received":
        return _forward(dossier, asked, weighed.steps)
    return _withdraw_here(dossier, asked, states, weighed.steps)


def required_states_of_judgement(
    message: Message[WithdrawalJudged], _known: States
) -> Iterable[StateRef[Dossier]]:
    """Name the dossier."""
    yield StateRef(Dossier, message.data.dossier_id)


def conclude(message: Message[WithdrawalJudged], states: States, _parameters: None) -> Decision:
    """Withdraw a dossier that eligibility let go, or refuse [RET-03]; answer the first request."""
    judged, dossier = message.data, states.get(Dossier, message.data.dossier_id)
    asked = dossier.withdrawal if dossier and dossier.status == "received" else None
    if dossier is None or asked is None or asked.content != judged.content:
        return NO_CHANGE  # Nobody waits for this word any more.
    if judged.reasons:
        refused = WithdrawalRefused(
            caf=dossier.caf, dossier_id=dossier.dossier_id, reasons=judged.reasons
        )
        return Decision(
            states=(dossier.with_changes(withdrawal=None),),
            events=(OutgoingEvent(refused, origin=asked.origin),),
            steps=tuple(violated(reason) for reason in judged.reasons),
        )
    step = Step(rule="RET-03", outcome="ok", message="Le comité ne s'était pas prononcé.")
    return Decision(
        states=(dossier.with_changes(status="withdrawn"),),
        events=(OutgoingEvent(_withdrawn(dossier, asked), origin=asked.origin),),
        steps=(step,),
    )


def _asked(message: Message[WithdrawalRequested]) -> Withdrawal:
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


def _forward(dossier: Dossier, asked: Withdrawal, steps: tuple[Step, ...]) -> Decision:
    forwarded = WithdrawalForwarded(
        caf=dossier.caf, dossier_id=dossier.dossier_id, content=asked.content
    )
    return Decision(
        states=(dossier.with_changes(withdrawal=asked),), events=(forwarded,), steps=steps
    )


def _withdraw_here(
    dossier: Dossier, asked: Withdrawal, known: States, steps: tuple[Step, ...]
) -> Decision:
    withdrawn = dossier.with_changes(status="withdrawn", held=None, withdrawal=asked)
    event = _withdrawn(dossier, asked)
    if not dossier.held:
        return Decision(states=(withdrawn,), events=(event,), steps=steps)
    report = known.get(InterimReport, _report_key(dossier))
    assert report, f"{dossier.dossier_id} is held, but no report lists it"
    states = (withdrawn, report.without(dossier.key))
    return Decision(states=states, events=(event,), steps=steps)


def _withdrawn(dossier: Dossier, asked: Withdrawal) -> DossierWithdrawn:
    return DossierWithdrawn(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        withdrawn_on=asked.requested_on,
        motive=asked.motive,
    )


def _refused(requested: WithdrawalRequested, reasons: tuple[Reason, ...]) -> WithdrawalRefused:
    return WithdrawalRefused(caf=requested.caf, dossier_id=requested.dossier_id, reasons=reasons)


def _report_key(dossier: Dossier) -> str:
    return report_key(dossier.caf, dossier.siret, previous(dossier.school_year))

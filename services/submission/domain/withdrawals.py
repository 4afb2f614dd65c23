"""Requests to withdraw a dossier: at once before receipt, afterwards forwarded to eligibility.

Eligibility holds the received dossiers, and knows whether the committee has decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.submission.domain.states import Dossier, InterimReport, Withdrawal, report_key
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.elan import WithdrawalRequested
from shared.contracts.submission import DossierWithdrawn, WithdrawalForwarded, WithdrawalRefused
from shared.kernel.calendar import previous
from shared.kernel.decision import NO_CHANGE, Decision, Message, OutgoingEvent, StateRef, States
from shared.kernel.rules import Rule, Step, evaluate_until_first, violated


@dataclass(frozen=True, slots=True)
class WithdrawalContext:
    """A withdrawal request and its dossier."""

    requested: WithdrawalRequested
    dossier: Dossier


def other_caf(context: WithdrawalContext) -> Reason | None:
    """TEC-03: the Caf of the request is the dossier's."""
    caf, dossier = context.requested.caf, context.dossier
    if caf == dossier.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {dossier.dossier_id} n'est pas un dossier de la Caf {caf}.",
    )


def already_rejected(context: WithdrawalContext) -> Reason | None:
    """RET-02: a rejected dossier cannot be withdrawn."""
    dossier = context.dossier
    if dossier.status != "rejected":
        return None
    return Reason(
        rule="RET-02",
        message=f"Le dossier {dossier.dossier_id} a été rejeté à sa révision {dossier.highest} :"
        " il n'y a plus rien à retirer.",
    )


def other_request(context: WithdrawalContext) -> Reason | None:
    """TEC-01: a dossier has one withdrawal request."""
    dossier = context.dossier
    if dossier.withdrawal is None:
        return None
    state = "déjà retiré" if dossier.status == "withdrawn" else "déjà en cours de retrait"
    return Reason(
        rule="TEC-01",
        message=f"Le dossier {dossier.dossier_id} est {state}, à la demande du"
        f" {dossier.withdrawal.requested_on:%d/%m/%Y} : aucune autre ne peut la remplacer.",
    )


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "La Caf est celle du dossier.", other_caf),
    Rule("RET-02", "Le dossier n'a pas été rejeté.", already_rejected),
    Rule("TEC-01", "Aucun autre retrait n'a été demandé.", other_request),
)


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
    event = withdrawn_event(dossier, withdrawal)
    if not dossier.held:
        return Decision(states=(withdrawn,), events=(event,), steps=steps)
    report = states.get(InterimReport, _report_key(dossier))
    assert report, f"{dossier.dossier_id} is held, but no report lists it"
    changed = (withdrawn, report.without(dossier.key))
    return Decision(states=changed, events=(event,), steps=steps)


def withdrawn_event(dossier: Dossier, withdrawal: Withdrawal) -> DossierWithdrawn:
    """Return the event of a dossier that is withdrawn."""
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

"""Requests to withdraw a dossier: at once before receipt, afterwards forwarded to eligibility.

Eligibility has the received dossiers, also those reopened for complements, and knows whether the
committee has decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.submission.domain.states import Dossier, InterimReport, Withdrawal
from shared.contracts.base import content_hash
from shared.contracts.elan import WithdrawalRequested
from shared.contracts.eligibility import WithdrawalJudged
from shared.contracts.submission import DossierWithdrawn, WithdrawalForwarded, WithdrawalRefused
from shared.french import short_date
from shared.kernel.decision import (
    Decision,
    Finding,
    Message,
    OutgoingEvent,
    State,
    StateRef,
    States,
)
from shared.kernel.requests import Once, Owner, Request
from shared.kernel.rules import Rule, breach, reasons


@dataclass(frozen=True, slots=True)
class WithdrawalContext:
    """A withdrawal request, its dossier, and the interim report that lists a held dossier."""

    message: Message[WithdrawalRequested]
    dossier: Dossier
    report: InterimReport | None


def required_states(
    message: Message[WithdrawalRequested | WithdrawalJudged], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the dossier, then the interim report that it waits for."""
    dossier_id = message.data.dossier_id
    yield StateRef(Dossier, dossier_id)
    if (dossier := states.get_if_loaded(Dossier, dossier_id)) and dossier.waits_for_report:
        yield StateRef(InterimReport, dossier.report_key)


def load_context(
    message: Message[WithdrawalRequested], states: States, _parameters: None
) -> WithdrawalContext | Finding:
    """RET-01: a dossier that was never submitted cannot be withdrawn."""
    dossier_id = message.data.dossier_id
    dossier = states.get(Dossier, dossier_id)
    if dossier is None:
        text = f"Le dossier {dossier_id} n'a jamais été déposé : il n'y a rien à retirer."
        return breach("RET-01", text)
    return WithdrawalContext(message, dossier, awaited_report(dossier, states))


def awaited_report(dossier: Dossier, states: States) -> InterimReport | None:
    """Return the interim report that a dossier waits for, None when it waits for none."""
    return states.get(InterimReport, dossier.report_key) if dossier.waits_for_report else None


def already_rejected(context: WithdrawalContext) -> Finding | None:
    """RET-02: a rejected dossier cannot be withdrawn, unless eligibility has it."""
    dossier = context.dossier
    if dossier.status != "rejected" or dossier.reopened:
        return None
    return breach(
        "RET-02",
        f"Le dossier {dossier.dossier_id} a été rejeté à sa révision {dossier.highest} :"
        " il n'y a plus rien à retirer.",
    )


def _dossier_caf(context: WithdrawalContext) -> str:
    return context.dossier.caf


def other_caf(context: WithdrawalContext) -> str:
    """TEC-03: the Caf of the request is the dossier's."""
    requested = context.message.data
    return f"Le dossier {requested.dossier_id} n'est pas un dossier de la Caf {requested.caf}."


def _accepted(context: WithdrawalContext) -> str | None:
    return context.dossier.withdrawal.content if context.dossier.withdrawal else None


def other_request(context: WithdrawalContext) -> str:
    """TEC-01: a dossier has one withdrawal request."""
    dossier, withdrawal = context.dossier, context.dossier.withdrawal
    assert withdrawal, "no withdrawal was accepted before"
    state = "déjà retiré" if dossier.status == "withdrawn" else "déjà en cours de retrait"
    return (
        f"Le dossier {dossier.dossier_id} est {state}, à la demande du"
        f" {short_date(withdrawal.requested_on)} : aucune autre ne peut la remplacer."
    )


def _accept(context: WithdrawalContext, findings: tuple[Finding, ...]) -> Decision:
    """Forward the withdrawal to eligibility when it has the dossier; withdraw any other one."""
    dossier, withdrawal = context.dossier, _withdrawal(context.message)
    if dossier.status == "received" or dossier.reopened:
        forwarded = WithdrawalForwarded(
            caf=dossier.caf, dossier_id=dossier.dossier_id, content=withdrawal.content
        )
        pending = dossier.with_changes(withdrawal=withdrawal)
        return Decision(states=(pending,), events=(forwarded,), findings=findings)
    states = withdrawn_states(dossier, withdrawal, context.report)
    event = withdrawn_event(dossier, withdrawal)
    return Decision(states=states, events=(event,), findings=findings)


def withdrawn_states(
    dossier: Dossier, withdrawal: Withdrawal, report: InterimReport | None
) -> tuple[State, ...]:
    """Return the dossier once it is withdrawn, and the report that it no longer waits for."""
    assert report or not dossier.waits_for_report, f"{dossier.dossier_id}: no report lists it"
    withdrawn = dossier.with_changes(status="withdrawn", held=None, withdrawal=withdrawal)
    return (withdrawn, report.without(dossier.key)) if report else (withdrawn,)


def _withdrawal(message: Message[WithdrawalRequested]) -> Withdrawal:
    requested = message.data
    return Withdrawal(
        content=content_hash(requested),
        requested_on=requested.requested_on,
        motive=requested.motive,
        origin=message.origin,
    )


def withdrawn_event(dossier: Dossier, withdrawal: Withdrawal) -> DossierWithdrawn:
    """Return the event of a dossier that is withdrawn."""
    return DossierWithdrawn(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        withdrawn_on=withdrawal.requested_on,
        motive=withdrawal.motive,
    )


def _refuse(
    message: Message[WithdrawalRequested], _states: States, findings: tuple[Finding, ...]
) -> Decision:
    requested = message.data
    refused = WithdrawalRefused(
        caf=requested.caf, dossier_id=requested.dossier_id, reasons=reasons(findings)
    )
    dossier = StateRef(Dossier, requested.dossier_id)
    return Decision(events=(OutgoingEvent(refused, about=dossier),), findings=findings)


WITHDRAWAL_REQUEST = Request(
    context=load_context,
    gates=(
        Owner(caf=_dossier_caf, sentence=other_caf, success_text="La Caf est celle du dossier."),
        Rule("RET-02", already_rejected, "Le dossier n'a pas été rejeté."),
        Once(
            accepted=_accepted,
            sentence=other_request,
            success_text="Aucun autre retrait n'a été demandé.",
        ),
    ),
    accept=_accept,
    refuse=_refuse,
)
"""The withdrawal of a dossier, by its own Caf; the first breach refuses it."""

"""Handler of withdrawals: possible until the committee has granted or refused [RET-03]."""

from collections.abc import Iterable
from typing import Any

from services.eligibility.domain.referentiel import Parameters
from services.eligibility.domain.states import Dossier, EarlyWithdrawal, SharedTerritory
from services.eligibility.domain.territories import leave, territories_of
from shared.contracts.common import Reason
from shared.contracts.eligibility import WithdrawalJudged
from shared.contracts.labels import COMMITTEE_OUTCOMES
from shared.contracts.submission import WithdrawalForwarded
from shared.french import short_date
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.rules import Rule, breach, evaluate_all, reasons


def required_states(
    message: Message[WithdrawalForwarded], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the dossier and its early withdrawal, then its territories."""
    dossier_id = message.data.dossier_id
    yield StateRef(Dossier, dossier_id)
    yield StateRef(EarlyWithdrawal, dossier_id)
    if dossier := states.get_if_loaded(Dossier, dossier_id):
        for territory in territories_of(dossier):
            yield StateRef(SharedTerritory, territory.key)


def decide_withdrawal(
    message: Message[WithdrawalForwarded],
    states: States,
    parameters: Parameters,  # noqa: ARG001 - a withdrawal depends on no parameter
) -> Decision:
    """Withdraw a dossier, also one not received yet, or give the reason why it is too late.

    The dossier is written in both cases: a concurrent committee decision conflicts with it.
    """
    forwarded = message.data
    if not (dossier := states.get(Dossier, forwarded.dossier_id)):
        early = EarlyWithdrawal(dossier_id=forwarded.dossier_id)
        return Decision(states=(early,), events=(_judged(forwarded),))
    findings = evaluate_all(RULES, dossier)
    refusals = reasons(findings)
    event = _judged(forwarded, refusals)
    if refusals:
        return Decision(states=(dossier,), events=(event,), findings=findings)
    changed = (dossier.with_changes(withdrawn=True), *leave(dossier, states))
    return Decision(states=changed, events=(event,), findings=findings)


def too_late(dossier: Dossier) -> Finding | None:
    """RET-03: the committee has neither granted nor refused."""
    if not dossier.decision:
        return None
    decided = dossier.decision.decided
    outcome = COMMITTEE_OUTCOMES[decided.outcome]
    return breach(
        "RET-03",
        f"L'agrément du dossier {dossier.dossier_id} a été {outcome} par décision du"
        f" {short_date(decided.decided_on)} : le dossier ne peut plus être retiré.",
    )


RULES: tuple[Rule[Dossier], ...] = (Rule("RET-03", too_late, "Le comité ne s'est pas prononcé."),)


def _judged(forwarded: WithdrawalForwarded, reasons: tuple[Reason, ...] = ()) -> WithdrawalJudged:
    return WithdrawalJudged(
        caf=forwarded.caf,
        dossier_id=forwarded.dossier_id,
        content=forwarded.content,
        reasons=reasons,
    )

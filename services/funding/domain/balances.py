"""Handler of definitive accounts: settle the balance, or refuse them with all reasons."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.balance import due, indus, recompute, results
from services.funding.domain.balance_rules import GATES, RULES, BalanceContext
from services.funding.domain.common_rules import no_grant
from services.funding.domain.explanations import indu_findings, price_findings
from services.funding.domain.grant_values import Settlement
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.pricing import Price
from services.funding.domain.refusals import refused
from services.funding.domain.states import (
    Convention,
    Dossier,
    Grant,
    PublishedBareme,
    convention_key,
    grant_key,
)
from shared.contracts.base import content_hash
from shared.contracts.elan import ResultAccountFiled
from shared.contracts.funding import BalanceRefused, BalanceSettled, SettledCollectif
from shared.french import euros
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.money import total
from shared.kernel.requests import Request
from shared.kernel.rules import computed, reasons


def required_states(
    message: Message[ResultAccountFiled], states: States
) -> Iterable[StateRef[Any]]:
    """Yield dossier and grant, then the convention with its Caf and the bareme of its year."""
    filed = message.data
    of_grant = grant_key(filed.dossier_id, filed.school_year)
    yield StateRef(Dossier, filed.dossier_id)
    yield StateRef(Grant, of_grant)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(Convention, convention_key(filed.dossier_id, grant.agrement.caf))
        yield StateRef(PublishedBareme, str(grant.start_year))


def _context(
    message: Message[ResultAccountFiled], states: States, parameters: FundingParameters
) -> BalanceContext | Finding:
    filed = message.data
    grant = states.get(Grant, grant_key(filed.dossier_id, filed.school_year))
    if grant is None or grant.status != "granted":
        ban = "aucun solde ne peut être calculé"
        return no_grant(filed.dossier_id, filed.school_year, grant, ban)
    dossier = states.get(Dossier, filed.dossier_id)
    assert dossier is not None, "a grant belongs to a dossier"
    return BalanceContext(
        filed=filed,
        grant=grant,
        dossier=dossier,
        convention=states.get(Convention, convention_key(filed.dossier_id, grant.agrement.caf)),
        published=states.get(PublishedBareme, str(grant.start_year)),
        parameters=parameters,
    )


def _settle(context: BalanceContext, findings: tuple[Finding, ...]) -> Decision:
    filed, grant, terms = context.filed, context.grant, context.terms
    priced = recompute(grant, filed, terms)
    amounts_due = due(priced)
    net_by_exercise = results(grant, amounts_due)
    settlement = Settlement(content=content_hash(filed), filed_on=filed.filed_on, due=amounts_due)
    event = BalanceSettled(
        caf=filed.caf,
        dossier_id=filed.dossier_id,
        school_year=filed.school_year,
        settled_on=filed.filed_on,
        gestionnaire=grant.agrement.gestionnaire,
        final_ps=priced.ps_total,
        final_part_n=priced.part_n,
        final_part_n1=priced.part_n1,
        final_bonus=priced.bonus_total,
        final_bonus_enfants=priced.bonus_enfants,
        final_bonus_parents=priced.bonus_parents,
        collectifs=_collectifs(filed, priced),
        advances_n=grant.advances_n,
        advances_n1=grant.advances_n1,
        net=total(net_by_exercise),
        indus=indus(grant.start_year, net_by_exercise),
        cap80=priced.cap80,
    )
    return Decision(
        states=(grant.with_changes(settlement=settlement),),
        events=(event,),
        findings=(*findings, *price_findings(priced, terms), *_result_findings(event)),
    )


def _collectifs(filed: ResultAccountFiled, priced: Price) -> tuple[SettledCollectif, ...]:
    ran = {collectif.collectif_id for collectif in filed.collectifs if collectif.ran}
    return tuple(
        SettledCollectif(
            collectif_id=collectif.collectif_id,
            cost=collectif.cost,
            ps=collectif.ps,
            bonus=collectif.bonus,
            ran=collectif.collectif_id in ran,
        )
        for collectif in priced.collectifs
    )


def _result_findings(settled: BalanceSettled) -> tuple[Finding, ...]:
    """Return the findings of the amounts payable and recoverable by exercise."""
    net = computed(
        "SOL-02",
        f"Dû {euros(settled.final_ps)} de Ps et {euros(settled.final_bonus)} de bonus, "
        f"acomptes {euros(settled.advances_n)} et {euros(settled.advances_n1)} : "
        f"solde de {euros(settled.net)}.",
        final_ps=settled.final_ps,
        final_bonus=settled.final_bonus,
        advances_n=settled.advances_n,
        advances_n1=settled.advances_n1,
        net=settled.net,
    )
    return (net, *indu_findings(settled.indus))


def _refuse(
    message: Message[ResultAccountFiled],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    request = message.data
    refusal = BalanceRefused(
        caf=request.caf,
        dossier_id=request.dossier_id,
        school_year=request.school_year,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


RESULT_ACCOUNT = Request(context=_context, gates=GATES, rules=RULES, accept=_settle, refuse=_refuse)
"""Answers `BalanceSettled`, or `BalanceRefused` with all reasons.

COM-05 ends the evaluation where the grant is missing, deferred or cancelled. Accounts settle once.
"""

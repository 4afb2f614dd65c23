"""Handler of definitive accounts: settle the balance, or refuse them with all reasons."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.balance import due, indus, recompute, results, terms_of
from services.funding.domain.balance_rules import RULES, BalanceContext
from services.funding.domain.common_rules import no_grant
from services.funding.domain.explanations import indu_steps, price_steps
from services.funding.domain.grant_values import Settlement
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.pricing import Price
from services.funding.domain.refusals import refused
from services.funding.domain.states import (
    Convention,
    Grant,
    PublishedBareme,
    convention_key,
    grant_key,
)
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.elan import ResultAccountFiled
from shared.contracts.funding import BalanceRefused, BalanceSettled, SettledCollectif
from shared.french import euros
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.money import total
from shared.kernel.rules import Step, computed, evaluate_all


def required_states(
    message: Message[ResultAccountFiled], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the grant, then the convention with its Caf and the bareme of its year."""
    filed = message.data
    of_grant = grant_key(filed.dossier_id, filed.school_year)
    yield StateRef(Grant, of_grant)
    if grant := states.get_if_loaded(Grant, of_grant):
        yield StateRef(Convention, convention_key(filed.dossier_id, grant.agrement.caf))
        yield StateRef(PublishedBareme, str(grant.start_year))


def settle(
    message: Message[ResultAccountFiled], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `BalanceSettled`, or `BalanceRefused` with all reasons.

    COM-05 ends the evaluation where the grant is missing, deferred or cancelled. Accounts settle
    once: a duplicate changes nothing, other content is refused [TEC-01].
    """
    filed = message.data
    grant = states.get(Grant, grant_key(filed.dossier_id, filed.school_year))
    if grant is None or grant.status != "granted":
        return _refused(filed, (_without_grant(filed, grant),))
    if settlement := grant.settlement:
        same = settlement.content == content_hash(filed)
        return NO_CHANGE if same else _refused(filed, (_other_accounts(filed),))
    convention = states.get(Convention, convention_key(filed.dossier_id, grant.agrement.caf))
    evaluation = evaluate_all(
        RULES, BalanceContext(filed=filed, grant=grant, convention=convention)
    )
    if evaluation.reasons:
        return _refused(filed, evaluation.reasons, evaluation.steps)
    terms = terms_of(grant, states, parameters)
    priced = recompute(grant, filed, terms)
    return _settled(filed, grant, priced, (*evaluation.steps, *price_steps(priced, terms)))


def _settled(
    filed: ResultAccountFiled, grant: Grant, priced: Price, steps: tuple[Step, ...]
) -> Decision:
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
        steps=(*steps, *_result_steps(event)),
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


def _result_steps(settled: BalanceSettled) -> tuple[Step, ...]:
    """Return the steps of the amounts payable and recoverable by exercise."""
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
    return (net, *indu_steps(settled.indus))


def _without_grant(filed: ResultAccountFiled, grant: Grant | None) -> Reason:
    ban = "aucun solde ne peut être calculé"
    return no_grant(filed.dossier_id, filed.school_year, grant, ban)


def _other_accounts(filed: ResultAccountFiled) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"Le solde du dossier {filed.dossier_id} pour {filed.school_year} est déjà arrêté "
        "sur d'autres comptes : il ne change plus que par un contrôle.",
    )


def _refused(
    filed: ResultAccountFiled, reasons: tuple[Reason, ...], steps: tuple[Step, ...] = ()
) -> Decision:
    refusal = BalanceRefused(
        caf=filed.caf,
        dossier_id=filed.dossier_id,
        school_year=filed.school_year,
        reasons=reasons,
    )
    return refused(refusal, steps)

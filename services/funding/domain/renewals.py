"""Handler of renewals: a later school year is priced with its own bareme, or refused."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.agrement_amendments import as_amended
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.grants import granted_or_deferred
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import refused
from services.funding.domain.renewal_rules import RULES, RenewalContext
from services.funding.domain.states import Dossier, Grant, PublishedBareme, grant_key
from shared.contracts.base import content_hash
from shared.contracts.common import Reason
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementContent
from shared.contracts.funding import FundingRefused
from shared.kernel.calendar import start_year
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import Step, evaluate_all


def required_states(
    message: Message[AnnualRenewalFiled], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the dossier, the year's grant and bareme, then the envelopes of the dossier's Caf."""
    filed = message.data
    yield StateRef(Dossier, filed.dossier_id)
    yield StateRef(Grant, grant_key(filed.dossier_id, filed.school_year))
    yield StateRef(PublishedBareme, str(start_year(filed.school_year)))
    if dossier := states.get_if_loaded(Dossier, filed.dossier_id):
        yield StateRef(Envelopes, dossier.caf)


def renew(
    message: Message[AnnualRenewalFiled], states: States, parameters: FundingParameters
) -> Decision:
    """Answer `FundingGranted`, `FundingDeferred`, or `FundingRefused` with all reasons.

    COM-05 ends the evaluation where there is no agrement. A renewal that was granted or deferred
    changes nothing with the same content and is refused with another [TEC-01].
    """
    filed = message.data
    dossier = states.get(Dossier, filed.dossier_id)
    if dossier is None or dossier.agrement is None:
        return _refused(filed, (_no_agrement(filed),))
    before = states.get(Grant, grant_key(filed.dossier_id, filed.school_year))
    if before and before.renewal:
        same = before.renewal == content_hash(filed)
        return NO_CHANGE if same else _refused(filed, (_other_content(filed),))
    agrement = as_amended(dossier.agrement, dossier.amendments, filed.school_year)
    evaluation = evaluate_all(RULES, RenewalContext(filed=filed, agrement=agrement))
    if evaluation.reasons:
        return _refused(filed, evaluation.reasons, evaluation.steps)
    waiting = Grant.waiting(_renewed(agrement, filed), message.origin, content_hash(filed))
    other_states = (dossier.with_year(filed.school_year),)
    return granted_or_deferred(
        waiting, states, parameters, other_states=other_states, steps=evaluation.steps
    )


def _renewed(agrement: AgrementContent, filed: AnnualRenewalFiled) -> AgrementContent:
    """Return the agrement with the costs and budget of this year, and unchanged bonuses."""
    costs = {collectif.collectif_id: collectif.forecast_cost for collectif in filed.collectifs}
    renewed = (
        collectif.with_changes(forecast_cost=costs[collectif.collectif_id])
        for collectif in agrement.collectifs
        if collectif.collectif_id in costs
    )
    return agrement.with_changes(
        school_year=filed.school_year, collectifs=tuple(renewed), budget=filed.budget
    )


def _no_agrement(filed: AnnualRenewalFiled) -> Reason:
    return Reason(
        rule="COM-05",
        message=f"Aucun agrément du dossier {filed.dossier_id} n'est connu : "
        f"{filed.school_year} ne peut pas être financé.",
    )


def _other_content(filed: AnnualRenewalFiled) -> Reason:
    return Reason(
        rule="TEC-01",
        message=f"Le renouvellement du dossier {filed.dossier_id} pour {filed.school_year} a déjà "
        "été accepté avec un autre contenu : il ne change plus.",
    )


def _refused(
    filed: AnnualRenewalFiled, reasons: tuple[Reason, ...], steps: tuple[Step, ...] = ()
) -> Decision:
    refusal = FundingRefused(
        caf=filed.caf,
        dossier_id=filed.dossier_id,
        school_year=filed.school_year,
        reasons=reasons,
    )
    return refused(refusal, steps)

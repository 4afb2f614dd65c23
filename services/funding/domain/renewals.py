"""A later school year of an agrement is filed: price it with its own bareme, or refuse it."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.agrement_amendments import as_amended
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.grants import granted_or_deferred
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import refused
from services.funding.domain.renewal_rules import CHECKS, RenewalContext
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
    """Name the dossier, the year's grant and bareme, then the envelopes of the dossier's Caf."""
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

    Without an agrement that reason stands alone [COM-05]. A renewal that was granted or deferred
    is old news with the same content and refused with another one, alone [TEC-01].
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
    weighed = evaluate_all(CHECKS, RenewalContext(filed=filed, agrement=agrement))
    if weighed.reasons:
        return _refused(filed, weighed.reasons, weighed.steps)
    waiting = Grant.waiting(_renewed(agrement, filed), message.origin, content_hash(filed))
    beside = (dossier.with_year(filed.school_year),)
    return granted_or_deferred(waiting, states, parameters, beside=beside, steps=weighed.steps)


def _renewed(agrement: AgrementContent, filed: AnnualRenewalFiled) -> AgrementContent:
    """Return the agrement as this year is priced: new costs and budget, the same bonuses."""
    costs = {each.collectif_id: each.forecast_cost for each in filed.collectifs}
    going_on = (
        each.with_changes(forecast_cost=costs[each.collectif_id])
        for each in agrement.collectifs
        if each.collectif_id in costs
    )
    return agrement.with_changes(
        school_year=filed.school_year, collectifs=tuple(going_on), budget=filed.budget
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

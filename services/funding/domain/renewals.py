"""Handler of renewals: a later school year is priced with its own bareme, or refused."""

from collections.abc import Iterable
from typing import Any

from services.funding.domain.agrement_amendments import as_amended
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.grants import granted_or_deferred, signed_on
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.refusals import refused
from services.funding.domain.renewal_rules import GATES, RULES, RenewalContext
from services.funding.domain.states import (
    Convention,
    Dossier,
    Grant,
    PublishedBareme,
    convention_key,
    grant_key,
)
from shared.contracts.base import content_hash
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementContent
from shared.contracts.funding import FundingRefused
from shared.kernel.calendar import start_year
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Request
from shared.kernel.rules import breach, reasons


def required_states(
    message: Message[AnnualRenewalFiled], states: States
) -> Iterable[StateRef[Any]]:
    """Yield the dossier, the year's grant and bareme, then convention and envelopes of its Caf."""
    filed = message.data
    yield StateRef(Dossier, filed.dossier_id)
    yield StateRef(Grant, grant_key(filed.dossier_id, filed.school_year))
    yield StateRef(PublishedBareme, str(start_year(filed.school_year)))
    if dossier := states.get_if_loaded(Dossier, filed.dossier_id):
        yield StateRef(Convention, convention_key(dossier.dossier_id, dossier.caf))
        yield StateRef(Envelopes, dossier.caf)


def _context(
    message: Message[AnnualRenewalFiled], states: States, parameters: FundingParameters
) -> RenewalContext | Finding:
    filed = message.data
    dossier = states.get(Dossier, filed.dossier_id)
    if dossier is None or dossier.agrement is None:
        return _no_agrement(filed)
    return RenewalContext(
        filed=filed,
        origin=message.origin,
        dossier=dossier,
        agrement=as_amended(dossier.agrement, dossier.amendments, filed.school_year),
        before=states.get(Grant, grant_key(filed.dossier_id, filed.school_year)),
        states=states,
        parameters=parameters,
    )


def _renew(context: RenewalContext, findings: tuple[Finding, ...]) -> Decision:
    filed, dossier = context.filed, context.dossier
    renewed = _renewed(context.agrement, filed)
    waiting = Grant.waiting(renewed, context.origin, content_hash(filed))
    return granted_or_deferred(
        waiting.with_changes(
            convention_signed_on=signed_on(dossier.dossier_id, dossier.caf, context.states)
        ),
        context.states,
        context.parameters,
        other_states=(dossier.with_year(filed.school_year),),
        findings=findings,
    )


def _renewed(agrement: AgrementContent, filed: AnnualRenewalFiled) -> AgrementContent:
    """Return the agrement with the costs and budget of this year, and unchanged bonuses.

    The periods that were filed are those of the first year, so they are left out.
    """
    costs = {collectif.collectif_id: collectif.forecast_cost for collectif in filed.collectifs}
    renewed = (
        collectif.with_changes(
            forecast_cost=costs[collectif.collectif_id], starts_on=None, ends_on=None
        )
        for collectif in agrement.collectifs
        if collectif.collectif_id in costs
    )
    return agrement.with_changes(
        school_year=filed.school_year, collectifs=tuple(renewed), budget=filed.budget
    )


def _no_agrement(filed: AnnualRenewalFiled) -> Finding:
    return breach(
        "COM-05",
        f"Aucun agrément du dossier {filed.dossier_id} n'est connu : "
        f"{filed.school_year} ne peut pas être financé.",
    )


def _refuse(
    message: Message[AnnualRenewalFiled],
    states: States,  # noqa: ARG001
    findings: tuple[Finding, ...],
) -> Decision:
    request = message.data
    refusal = FundingRefused(
        caf=request.caf,
        dossier_id=request.dossier_id,
        school_year=request.school_year,
        reasons=reasons(findings),
    )
    return refused(refusal, findings)


RENEWAL = Request(context=_context, gates=GATES, rules=RULES, accept=_renew, refuse=_refuse)
"""Answers `FundingGranted`, `FundingDeferred`, or `FundingRefused` with all reasons.

COM-05 ends the evaluation where there is no agrement. A renewal is granted or deferred once.
"""

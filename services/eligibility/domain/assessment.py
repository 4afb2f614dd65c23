"""Handler of received dossiers: assesses each once and adds it to its territories [COM-14]."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.eligibility.domain.financing import bonuses_requested
from services.eligibility.domain.multi_year import binding_rule
from services.eligibility.domain.referentiel import Parameters, Rules, rules_of
from services.eligibility.domain.rule_contexts import CollectifContext, Setting
from services.eligibility.domain.sessions import lifted_by_rule
from services.eligibility.domain.states import (
    Dossier,
    EarlyWithdrawal,
    PlannedCollectif,
    SharedTerritory,
)
from services.eligibility.domain.territories import join, leave, territories_of
from services.eligibility.domain.verdicts import (
    Findings,
    assess_dossier,
    no_referentiel_yet,
    payee_of,
)
from shared.contracts.base import content_hash
from shared.contracts.common import ProjectSummary
from shared.contracts.elan import Collectif
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.french import in_paris
from shared.kernel.decision import Decision, Finding, Message, StateRef, States
from shared.kernel.requests import Once, Request


def required_states(message: Message[DossierReceived], states: States) -> Iterable[StateRef[Any]]:
    """Yield the dossier, a withdrawal handled before it, and its territories, old and new."""
    received = message.data
    yield StateRef(Dossier, received.dossier_id)
    yield StateRef(EarlyWithdrawal, received.dossier_id)
    before = states.get_if_loaded(Dossier, received.dossier_id)
    territories = (*territories_of(received), *(territories_of(before) if before else ()))
    yield from (StateRef(SharedTerritory, territory.key) for territory in territories)


@dataclass(frozen=True, slots=True)
class AssessmentContext:
    """A received dossier, the one assessed before, and what its assessment reads."""

    received: DossierReceived
    before: Dossier | None
    states: States
    parameters: Parameters


def _context(
    message: Message[DossierReceived], states: States, parameters: Parameters
) -> AssessmentContext:
    before = states.get(Dossier, message.data.dossier_id)
    return AssessmentContext(message.data, before, states, parameters)


def _assess(context: AssessmentContext, findings: tuple[Finding, ...]) -> Decision:
    received, states, parameters = context.received, context.states, context.parameters
    territories = join(received, states)
    assessment, assessed = _assessment(received, territories, parameters)
    dossier = _dossier(received, assessment, parameters)
    findings = (*findings, *assessed)
    before = context.before
    if before:
        dossier = _carried_over(dossier, before)
    if (before and before.withdrawn) or states.get(EarlyWithdrawal, received.dossier_id):
        withdrawn = dossier.with_changes(withdrawn=True)
        return Decision(states=(withdrawn,), events=(assessment,), findings=findings)
    joined = {territory.key for territory in territories}
    left = leave(before, states) if before else ()
    written = (*territories, *(each for each in left if each.key not in joined))
    return Decision(states=(dossier, *written), events=(assessment,), findings=findings)


def _carried_over(dossier: Dossier, before: Dossier) -> Dossier:
    """Return a dossier that is assessed again, with what happened to it before."""
    return dossier.with_changes(
        complements_due_on=before.complements_due_on,
        complement_orders=before.complement_orders,
        adjourned=before.adjourned,
    )


def _assessment(
    received: DossierReceived, territories: tuple[SharedTerritory, ...], parameters: Parameters
) -> tuple[EligibilityAssessed, Findings]:
    if not (rules := rules_of(parameters, received.school_year)):
        return no_referentiel_yet(received, first=parameters.edition.first_year())
    dossier_ids = {dossier_id for territory in territories for dossier_id in territory.dossiers}
    return assess_dossier(received, rules, tuple(sorted(dossier_ids - {received.dossier_id})))


def _dossier(
    received: DossierReceived, assessment: EligibilityAssessed, parameters: Parameters
) -> Dossier:
    project = received.project
    return Dossier(
        dossier_id=received.dossier_id,
        caf=received.caf,
        school_year=received.school_year,
        content=content_hash(received),
        gestionnaire=payee_of(received.gestionnaire),
        project=ProjectSummary(
            title=project.title, school_level=project.school_level, communes=project.communes
        ),
        collectifs=_planned(received, rules_of(parameters, received.school_year)),
        budget=received.budget,
        committee=received.campaign.committee,
        assessment=assessment,
        deposited_on=received.deposited_on,
        signed_on=in_paris(received.signed_at).date() if received.signed_at else None,
        multi_year_rule=binding_rule(received, rules_of(parameters, received.school_year)),
    )


def _planned(received: DossierReceived, rules: Rules | None) -> tuple[PlannedCollectif, ...]:
    setting = Setting.of(received)
    return tuple(
        PlannedCollectif(
            collectif_id=collectif.collectif_id,
            children=collectif.children,
            forecast_cost=collectif.forecast_cost,
            bonuses=bonuses_requested(received, collectif.collectif_id),
            lifted=_lifted(collectif, setting, rules),
            starts_on=collectif.starts_on,
            ends_on=collectif.ends_on,
        )
        for collectif in received.collectifs
    )


def _lifted(planned: Collectif, setting: Setting, rules: Rules | None) -> tuple[str, ...]:
    if rules is None:
        return ()
    return lifted_by_rule(CollectifContext(collectif=planned, setting=setting, rules=rules))


def _accepted(context: AssessmentContext) -> str | None:
    """Return the content assessed before; a reopened dossier is assessed anew."""
    before = context.before
    return before.content if before and not before.complements_awaited else None


def _other_content(context: AssessmentContext) -> str:
    return (
        f"Le dossier {context.received.dossier_id} a déjà été instruit avec un autre contenu :"
        " l'instruction reste celle du premier."
    )


RECEIVED_DOSSIER = Request(
    context=_context,
    gates=(Once(accepted=_accepted, sentence=_other_content),),
    accept=_assess,
)
"""Assesses a dossier once. One withdrawn before it was received is assessed, in no territory."""

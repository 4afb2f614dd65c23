"""Handler of received dossiers: assesses each once and adds it to its territories [COM-14]."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.eligibility.domain.financing import bonuses_requested
from services.eligibility.domain.findings import as_step
from services.eligibility.domain.multi_year import binding_rule
from services.eligibility.domain.referentiel import Parameters, rules_of
from services.eligibility.domain.refusals import request_refused
from services.eligibility.domain.states import (
    Dossier,
    EarlyWithdrawal,
    PlannedCollectif,
    SharedTerritory,
)
from services.eligibility.domain.territories import join, territories_of
from services.eligibility.domain.verdicts import assess_dossier, no_referentiel_yet
from shared.contracts.base import content_hash
from shared.contracts.common import Payee, ProjectSummary, Reason
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import NO_CHANGE, Decision, Message, StateRef, States
from shared.kernel.rules import Step, violated


def required_states(message: Message[DossierReceived], states: States) -> Iterable[StateRef[Any]]:  # noqa: ARG001
    """Yield the dossier, a withdrawal handled before it, and its territories."""
    received = message.data
    yield StateRef(Dossier, received.dossier_id)
    yield StateRef(EarlyWithdrawal, received.dossier_id)
    for territory in territories_of(received):
        yield StateRef(SharedTerritory, territory.key)


def assess(message: Message[DossierReceived], states: States, parameters: Parameters) -> Decision:
    """Assess a dossier; a duplicate changes nothing, other content is refused [TEC-01].

    A dossier withdrawn before it was received is assessed too, but joins no territory.
    """
    received = message.data
    if dossier := states.get(Dossier, received.dossier_id):
        return NO_CHANGE if dossier.content == content_hash(received) else _refused(message)
    territories = join(received, states)
    assessment = _assessment(received, territories, parameters)
    dossier = _dossier(received, assessment, parameters)
    steps = tuple(_steps(assessment))
    if states.get(EarlyWithdrawal, received.dossier_id):
        withdrawn = dossier.with_changes(withdrawn=True)
        return Decision(states=(withdrawn,), events=(assessment,), steps=steps)
    return Decision(states=(dossier, *territories), events=(assessment,), steps=steps)


def _steps(assessment: EligibilityAssessed) -> Iterator[Step]:
    yield from (as_step(finding) for finding in assessment.findings)
    for collectif in assessment.collectifs:
        yield from (as_step(finding, collectif.collectif_id) for finding in collectif.findings)


def _assessment(
    received: DossierReceived, territories: tuple[SharedTerritory, ...], parameters: Parameters
) -> EligibilityAssessed:
    if not (rules := rules_of(parameters, received.school_year)):
        return no_referentiel_yet(received, first=min(parameters.edition.values))
    dossier_ids = {dossier_id for territory in territories for dossier_id in territory.dossiers}
    return assess_dossier(received, rules, tuple(sorted(dossier_ids - {received.dossier_id})))


def _dossier(
    received: DossierReceived, assessment: EligibilityAssessed, parameters: Parameters
) -> Dossier:
    gestionnaire, project = received.gestionnaire, received.project
    return Dossier(
        dossier_id=received.dossier_id,
        caf=received.caf,
        school_year=received.school_year,
        content=content_hash(received),
        gestionnaire=Payee(
            siret=gestionnaire.siret, name=gestionnaire.name, kind=gestionnaire.kind
        ),
        project=ProjectSummary(
            title=project.title, school_level=project.school_level, communes=project.communes
        ),
        collectifs=_planned(received),
        budget=received.budget,
        committee=received.campaign.committee,
        assessment=assessment,
        multi_year_rule=binding_rule(received, rules_of(parameters, received.school_year)),
    )


def _planned(received: DossierReceived) -> tuple[PlannedCollectif, ...]:
    return tuple(
        PlannedCollectif(
            collectif_id=collectif.collectif_id,
            children=collectif.children,
            forecast_cost=collectif.forecast_cost,
            bonuses=bonuses_requested(received, collectif.collectif_id),
        )
        for collectif in received.collectifs
    )


def _refused(message: Message[DossierReceived]) -> Decision:
    reason = Reason(
        rule="TEC-01",
        message=f"Le dossier {message.data.dossier_id} a déjà été instruit avec un autre contenu :"
        " l'instruction reste celle du premier.",
    )
    return Decision(events=(request_refused(message, (reason,)),), steps=(violated(reason),))

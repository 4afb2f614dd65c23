"""A received dossier is assessed once, and shows up on the grounds that it works."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.eligibility.domain.financing import bonuses_asked
from services.eligibility.domain.findings import step
from services.eligibility.domain.multi_year import binding_rule
from services.eligibility.domain.referentiel import Parameters, rules_of
from services.eligibility.domain.refusals import request_refused
from services.eligibility.domain.states import (
    Dossier,
    EarlyWithdrawal,
    PlannedCollectif,
    SameGround,
)
from services.eligibility.domain.territories import grounds_of, joined
from services.eligibility.domain.verdicts import assessed, before_any_rules
from shared.contracts.base import fingerprint
from shared.contracts.common import Payee, ProjectSummary, Reason
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref
from shared.kernel.rules import Step, breached


def reads(message: Message[DossierReceived], known: Known) -> Iterable[Ref[Any]]:  # noqa: ARG001
    """Name the dossier, its withdrawal that came first, and its grounds."""
    received = message.data
    yield Ref(Dossier, received.dossier_id)
    yield Ref(EarlyWithdrawal, received.dossier_id)
    for ground in grounds_of(received):
        yield Ref(SameGround, ground.key)


def assess(message: Message[DossierReceived], known: Known, parameters: Parameters) -> Decision:
    """Assess a dossier; the same content again is old news, other content is refused [TEC-01].

    One that was withdrawn before it came is assessed too, but stands on no ground.
    """
    received = message.data
    if dossier := known.get(Dossier, received.dossier_id):
        return SILENT if dossier.content == fingerprint(received) else _refused(message)
    grounds = joined(received, known)
    assessment = _assessment(received, grounds, parameters)
    dossier = _dossier(received, assessment, parameters)
    steps = tuple(_steps(assessment))
    if known.get(EarlyWithdrawal, received.dossier_id):
        withdrawn = dossier.but(withdrawn=True)
        return Decision(states=(withdrawn,), events=(assessment,), steps=steps)
    return Decision(states=(dossier, *grounds), events=(assessment,), steps=steps)


def _steps(assessment: EligibilityAssessed) -> Iterator[Step]:
    yield from (step(finding) for finding in assessment.findings)
    for collectif in assessment.collectifs:
        yield from (step(finding, collectif.collectif_id) for finding in collectif.findings)


def _assessment(
    received: DossierReceived, grounds: tuple[SameGround, ...], parameters: Parameters
) -> EligibilityAssessed:
    if not (rules := rules_of(parameters, received.school_year)):
        return before_any_rules(received, first=min(parameters.edition.values))
    there = {dossier_id for ground in grounds for dossier_id in ground.dossiers}
    return assessed(received, rules, tuple(sorted(there - {received.dossier_id})))


def _dossier(
    received: DossierReceived, assessment: EligibilityAssessed, parameters: Parameters
) -> Dossier:
    gestionnaire, project = received.gestionnaire, received.project
    return Dossier(
        dossier_id=received.dossier_id,
        caf=received.caf,
        school_year=received.school_year,
        content=fingerprint(received),
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
            bonuses=bonuses_asked(received, collectif.collectif_id),
        )
        for collectif in received.collectifs
    )


def _refused(message: Message[DossierReceived]) -> Decision:
    reason = Reason(
        rule="TEC-01",
        message=f"Le dossier {message.data.dossier_id} a déjà été instruit avec un autre contenu :"
        " l'instruction reste celle du premier.",
    )
    return Decision(events=(request_refused(message, (reason,)),), steps=(breached(reason),))

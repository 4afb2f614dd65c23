"""A received dossier is assessed once, and shows up on the grounds that it works."""

from collections.abc import Iterable

from services.eligibility.domain.financing import bonuses_asked, communes_of
from services.eligibility.domain.multi_year import binding_rule
from services.eligibility.domain.referentiel import Parameters, rules_of
from services.eligibility.domain.states import Dossier, PlannedCollectif, SameGround, ground_key
from services.eligibility.domain.verdicts import assessed, before_any_rules
from shared.contracts.base import fingerprint
from shared.contracts.common import Payee, ProjectSummary, Reason, RequestRefused
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref


def reads(
    message: Message[DossierReceived],
    known: Known,  # noqa: ARG001
) -> Iterable[Ref[Dossier] | Ref[SameGround]]:
    """Name the dossier and its grounds, one for each commune."""
    received = message.data
    yield Ref(Dossier, received.dossier_id)
    for commune in communes_of(received):
        yield Ref(SameGround, _ground(received, commune))


def assess(message: Message[DossierReceived], known: Known, parameters: Parameters) -> Decision:
    """Assess a dossier; the same content again is old news, other content is refused [TEC-01]."""
    received = message.data
    if dossier := known.get(Dossier, received.dossier_id):
        return SILENT if dossier.content == fingerprint(received) else _refused(message)
    grounds = tuple(_joined(received, commune, known) for commune in communes_of(received))
    assessment = _assessment(received, grounds, parameters)
    dossier = _dossier(received, assessment, parameters)
    return Decision(states=(dossier, *grounds), events=(assessment,))


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


def _joined(received: DossierReceived, commune: str, known: Known) -> SameGround:
    ground = known.get(SameGround, _ground(received, commune)) or SameGround(
        siret=received.gestionnaire.siret,
        school_level=received.project.school_level,
        school_year=received.school_year,
        commune=commune,
        dossiers=(),
    )
    return ground.but(dossiers=(*ground.dossiers, received.dossier_id))


def _ground(received: DossierReceived, commune: str) -> str:
    return ground_key(
        received.gestionnaire.siret, received.project.school_level, received.school_year, commune
    )


def _refused(message: Message[DossierReceived]) -> Decision:
    received = message.data
    reason = Reason(
        rule="TEC-01",
        message=f"Le dossier {received.dossier_id} a déjà été instruit avec un autre contenu :"
        " l'instruction reste celle du premier.",
    )
    refusal = RequestRefused(
        event_id=message.id, event_type=message.type, caf=received.caf, reasons=(reason,)
    )
    return Decision(events=(refusal,))

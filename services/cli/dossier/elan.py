"""What ELAN, the Caf, its committee, the Cnaf and the accounting officer said."""

from services.cli.dossier.entries import BONUSES, LEVELS, Sentences, budget, item, payee, sentences
from shared.contracts.caf import (
    AdvanceOrdered,
    BaremePublished,
    CampaignOpened,
    CommitteeCriteria,
    CommitteeDecided,
    ConventionSigned,
    ExerciseClosed,
    InterimReportReceived,
)
from shared.contracts.elan import BonusRequest, Collectif, DossierSubmitted
from shared.french import counted, euros, instant, listed, long_date

OUTCOMES = {"granted": "agrément accordé", "refused": "agrément refusé", "adjourned": "ajournement"}
CRITERIA = {
    "diagnosis": "diagnostic",
    "charter": "charte",
    "collective_character": "caractère collectif",
}


def campaign_opened(data: CampaignOpened) -> Sentences:
    """Tell of the call for projects of a year."""
    return sentences(
        f"Appel à projets {data.school_year} ouvert par la Caf {data.caf}",
        (
            f"Dépôts du {long_date(data.opens_on)} au {long_date(data.closes_on)} inclus,"
            f" formulaire national version {data.form_version}."
        ),
    )


def interim_report_received(data: InterimReportReceived) -> Sentences:
    """Tell of a report that a dossier may wait for [REC-09]."""
    return sentences(
        f"Bilan intermédiaire {data.school_year} reçu par la Caf",
        f"Bilan du gestionnaire {data.siret}, reçu le {long_date(data.received_on)} [REC-09].",
    )


def dossier_submitted(data: DossierSubmitted) -> Sentences:
    """Tell of a deposit, or complements."""
    signed = (
        f"validé par le signataire le {instant(data.signed_at)}"
        if data.signed_at
        else "non validé par le signataire"
    )
    project = data.project
    return sentences(
        "Dossier déposé" if data.revision == 1 else f"Dossier complété, révision {data.revision}",
        (
            f"{payee(data.gestionnaire)} dépose « {project.title} » pour {data.school_year}"
            f" (niveau {LEVELS[project.school_level]}), par le canal {data.channel},"
            f" {signed}."
        ),
        *(item(_collectif(each)) for each in data.collectifs),
        *(item(_bonus_request(each)) for each in data.bonus_requests),
        budget(data.budget),
    )


def committee_decided(data: CommitteeDecided) -> Sentences:
    """Tell of the committee's decision, as it was sent."""
    lines = [f"Membres présents : {listed(data.members_present)}."]
    if data.collectifs:
        lines.append(f"Collectifs retenus : {listed(data.collectifs)}.")
    lines += [
        f"Dérogation accordée : {each.rule} pour {each.collectif_id or 'le projet'}."
        for each in data.derogations_granted
    ]
    lines += [f"{BONUSES[b.kind].capitalize()} pour {b.collectif_id}." for b in data.bonuses]
    if data.multi_year_until:
        lines.append(f"Période : jusqu’à {data.multi_year_until}.")
    if data.motive:
        lines.append(f"Motif : {data.motive}")
    if data.criteria:
        lines += _criteria(data.criteria)
    return sentences(
        f"Commission du {long_date(data.decided_on)} : {OUTCOMES[data.outcome]}", *lines
    )


def convention_signed(data: ConventionSigned) -> Sentences:
    """Tell of the convention of the agrement."""
    return sentences(f"Convention signée le {long_date(data.signed_on)}")


def bareme_published(data: BaremePublished) -> Sentences:
    """Tell of the prices of one school year."""
    return sentences(
        f"Barème {data.start_year}-{data.start_year + 1} publié",
        (
            f"Plafond {euros(data.plafond)}, Ps maximale {euros(data.ps_max)}, bonus enfants"
            f" {euros(data.bonus_enfants)}, bonus parents {euros(data.bonus_parents)}"
            f" (source : {data.source})."
        ),
    )


def advance_ordered(data: AdvanceOrdered) -> Sentences:
    """Tell of an advance that the Caf wants to pay."""
    by = f" par {data.ordered_by}" if data.ordered_by else ""
    return sentences(
        f"Acompte de {euros(data.amount)} ordonné sur l’exercice {data.exercise}",
        f"Ordre {data.order_id} du {long_date(data.ordered_on)}{by}, pour {data.school_year}.",
    )


def exercise_closed(data: ExerciseClosed) -> Sentences:
    """Tell of the accounting officer's order to close."""
    by = f" par {data.closed_by}" if data.closed_by else ""
    return sentences(
        f"Clôture de l’exercice {data.exercise} de la Caf {data.caf} demandée",
        f"Demande du {long_date(data.closed_on)}{by}.",
    )


def _collectif(of: Collectif) -> str:
    return (
        f"{of.collectif_id} : {counted(of.children, 'enfant')} ({', '.join(of.grades)}),"
        f" {counted(of.sessions_per_week, 'séance')} de {of.minutes_per_session} min par semaine"
        f" pendant {counted(of.weeks, 'semaine')}, coût prévisionnel {euros(of.forecast_cost)}"
    )


def _bonus_request(of: BonusRequest) -> str:
    described = f" : {of.description}" if of.description else " (sans projet décrit)"
    return f"{BONUSES[of.kind].capitalize()} demandé pour {listed(of.collectifs)}{described}"


def _criteria(of: CommitteeCriteria) -> list[str]:
    noted = {name: getattr(of, name) for name in CRITERIA}
    words = {True: "oui", False: "non"}
    return [
        f"Critère {CRITERIA[name]} [COM-08] : {words.get(value, value)}."
        for name, value in noted.items()
        if value is not None
    ]

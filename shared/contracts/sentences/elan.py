"""Sentences of the events of ELAN: dossiers and requests of gestionnaires."""

from shared.contracts.common import ActualCollectif, Report
from shared.contracts.elan import (
    AnnualRenewalFiled,
    BonusRequest,
    Collectif,
    DossierSubmitted,
    ResultAccountFiled,
    WithdrawalRequested,
)
from shared.contracts.labels import BONUS_KINDS, SCHOOL_LEVELS
from shared.contracts.sentences.text import (
    Builders,
    Sentences,
    budget_line,
    by_whom,
    item,
    motive_lines,
    payee,
    sentences,
)
from shared.french import counted, euros, instant, listed, long_date

PARTS = {"qualitative": "qualitative", "quantitative": "quantitative", "financial": "financière"}


def dossier_submitted(data: DossierSubmitted) -> Sentences:
    """Describe a deposit, or the complements to one."""
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
            f" (niveau {SCHOOL_LEVELS[project.school_level]}), par le canal {data.channel},"
            f" {signed}."
        ),
        *(item(_collectif(collectif)) for collectif in data.collectifs),
        *(item(_bonus_request(request)) for request in data.bonus_requests),
        budget_line(data.budget),
    )


def annual_renewal_filed(data: AnnualRenewalFiled) -> Sentences:
    """Describe the renewal of an agrement for a later school year."""
    return sentences(
        f"Renouvellement annuel {data.school_year} déposé le {long_date(data.filed_on)}",
        _report(data.report, "PLU-03"),
        *(
            item(f"{collectif.collectif_id} : coût prévisionnel {euros(collectif.forecast_cost)}")
            for collectif in data.collectifs
        ),
        budget_line(data.budget),
    )


def result_account_filed(data: ResultAccountFiled) -> Sentences:
    """Describe the definitive accounts of a school year."""
    return sentences(
        f"Compte de résultat {data.school_year} déposé le {long_date(data.filed_on)}",
        _report(data.report, "SOL-03"),
        *(item(actual_collectif(collectif)) for collectif in data.collectifs),
        budget_line(data.budget),
    )


def withdrawal_requested(data: WithdrawalRequested) -> Sentences:
    """Describe the withdrawal of a dossier, as requested by the gestionnaire."""
    return sentences(
        "Retrait du dossier demandé par le gestionnaire",
        f"Demande du {long_date(data.requested_on)}{by_whom(data.requested_by)}.",
        *motive_lines(data.motive),
    )


def actual_collectif(collectif: ActualCollectif) -> str:
    """Return the actual cost of a collectif and its bonuses done, or that it did not run."""
    if not collectif.ran:
        return f"{collectif.collectif_id} : n’a pas fonctionné"
    done = listed((BONUS_KINDS[kind] for kind in collectif.bonus_done), nothing="aucun bonus")
    cost = euros(collectif.actual_cost)
    return f"{collectif.collectif_id} : coût réel {cost}, réalisé : {done}"


def _collectif(collectif: Collectif) -> str:
    children = f"{counted(collectif.children, 'enfant')} ({', '.join(collectif.grades)})"
    sessions = counted(collectif.sessions_per_week, "séance")
    weeks = counted(collectif.weeks, "semaine")
    return (
        f"{collectif.collectif_id} : {children}, {sessions} de"
        f" {collectif.minutes_per_session} min par semaine pendant {weeks},"
        f" coût prévisionnel {euros(collectif.forecast_cost)}"
    )


def _bonus_request(request: BonusRequest) -> str:
    project = f" : {request.description}" if request.description else " (sans projet décrit)"
    bonus = BONUS_KINDS[request.kind].capitalize()
    return f"{bonus} demandé pour {listed(request.collectifs)}{project}"


def _report(report: Report, rule: str) -> str:
    """Return which parts of the bilan were presented, and which are missing."""
    missing = [label for name, label in PARTS.items() if not getattr(report, name)]
    if not missing:
        return f"Bilan complet : parties {listed(PARTS.values())} [{rule}]."
    parts = "parties" if len(missing) > 1 else "partie"
    return f"Bilan incomplet, sans {parts} {listed(missing)} [{rule}]."


SENTENCES: Builders = {
    DossierSubmitted: dossier_submitted,
    AnnualRenewalFiled: annual_renewal_filed,
    ResultAccountFiled: result_account_filed,
    WithdrawalRequested: withdrawal_requested,
}

"""What eligibility found, and what became of the committee's decision."""

from collections import Counter
from collections.abc import Iterator

from services.cli.dossier.entries import (
    BONUSES,
    LEVELS,
    Sentences,
    budget,
    item,
    payee,
    reasons,
    sentences,
)
from shared.contracts.eligibility import (
    AgrementContent,
    AgrementGranted,
    AgrementRefused,
    CollectifAssessment,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
    Finding,
    GrantedCollectif,
)
from shared.french import counted, euros, listed, long_date

VERDICTS = {
    "eligible": "éligible",
    "derogation": "éligible sous réserve de dérogation",
    "ineligible": "non éligible",
}
OUTCOMES = {
    "breach": "Manquement",
    "derogation": "Dérogation nécessaire",
    "review": "À examiner",
}


def eligibility_assessed(data: EligibilityAssessed) -> Sentences:
    """Tell of the verdict, with every finding that is not ok."""
    return sentences(
        f"Projet {VERDICTS[data.verdict]}",
        f"Projet : {_count(data.findings)} ({data.rules_version}).",
        *_findings(data.findings),
        *(line for each in data.collectifs for line in _collectif(each)),
        f"Agrément possible jusqu’à {data.multi_year_allowed_until}.",
    )


def agrement_granted(data: AgrementGranted) -> Sentences:
    """Tell of the agrement, as funding gets it."""
    return agrement("Agrément accordé", data)


def agrement(title: str, data: AgrementContent) -> Sentences:
    """Tell of an agrement, granted or imported, under a title that its period completes."""
    project = data.project
    period = (
        f"pour {data.school_year}"
        if data.multi_year_until == data.school_year
        else f"de {data.school_year} à {data.multi_year_until}"
    )
    return sentences(
        f"{title} {period}",
        (
            f"Décision du {long_date(data.decided_on)} pour {payee(data.gestionnaire)} :"
            f" « {project.title} », niveau {LEVELS[project.school_level]}, communes"
            f" {listed(project.communes)}."
        ),
        *(item(_granted(each)) for each in data.collectifs),
        *(f"Dérogation accordée au projet : {rule}." for rule in data.derogations),
        budget(data.budget),
    )


def agrement_refused(data: AgrementRefused) -> Sentences:
    """Tell that the committee refused."""
    return sentences("Agrément refusé", f"Motif de la commission : {data.motive}")


def committee_decision_rejected(data: CommitteeDecisionRejected) -> Sentences:
    """Tell that the committee's decision cannot stand."""
    return sentences("Décision de la commission non recevable", *reasons(data.reasons))


def committee_adjourned(_data: CommitteeAdjourned) -> Sentences:
    """Tell that the committee put it off."""
    return sentences("Décision ajournée", "Le dossier reste évalué : la commission peut y revenir.")


def _collectif(of: CollectifAssessment) -> Iterator[str]:
    yield f"Collectif {of.collectif_id} : {VERDICTS[of.verdict]}, {_count(of.findings)}."
    yield from _findings(of.findings)


def _count(findings: tuple[Finding, ...]) -> str:
    """Return `39 contrôles dont 37 conformes, sans objet : PLU-01 et PLU-04`."""
    outcomes = Counter(each.outcome for each in findings)
    if outcomes["ok"] == len(findings):
        return f"{counted(len(findings), 'contrôle')}, tous conformes"
    pointless = [each.rule for each in findings if each.outcome == "not_applicable"]
    rest = f", sans objet : {listed(pointless)}" if pointless else ""
    checks, ok = counted(len(findings), "contrôle"), counted(outcomes["ok"], "conforme")
    return f"{checks} dont {ok}{rest}"


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for each in findings:
        if label := OUTCOMES.get(each.outcome):
            seen = f"Constaté : {each.observed} ; attendu : {each.expected}."
            yield item(f"{label} [{each.rule}] {each.message} {seen}")


def _granted(of: GrantedCollectif) -> str:
    extras = [BONUSES[kind] for kind in of.bonuses]
    extras += [f"dérogation {rule}" for rule in of.derogations]
    with_extras = f", {listed(extras)}" if extras else ""
    cost = f"coût prévisionnel {euros(of.forecast_cost)}"
    return f"{of.collectif_id} : {counted(of.children, 'enfant')}, {cost}{with_extras}"

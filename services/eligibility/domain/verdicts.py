"""From findings to verdicts: of each collectif, then of the project."""

from collections.abc import Iterable

from services.eligibility.domain import axes, collectif, financing, multi_year, project
from services.eligibility.domain.referentiel import Rules
from services.eligibility.domain.rule_contexts import CollectifContext, ProjectContext
from services.eligibility.domain.transition import apply_transition_derogation
from shared.contracts.elan import Collectif
from shared.contracts.eligibility import (
    CollectifAssessment,
    EligibilityAssessed,
    Finding,
    Outcome,
    Verdict,
)
from shared.contracts.submission import DossierReceived
from shared.kernel.calendar import school_year


def assessed(
    dossier: DossierReceived, rules: Rules, same_ground: tuple[str, ...]
) -> EligibilityAssessed:
    """Run every check; `same_ground` are the other dossiers found there [COM-14]."""
    case = ProjectContext(dossier=dossier, rules=rules, shared_territory=same_ground)
    findings = _project_findings(case)
    collectifs = tuple(_collectif(one, dossier, rules) for one in dossier.collectifs)
    return EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict=_project_verdict(findings, collectifs),
        findings=findings,
        collectifs=collectifs,
        multi_year_allowed_until=multi_year.allowed_until(case),
        rules_version=rules.edition.version,
    )


def no_referentiel_yet(dossier: DossierReceived, first: int) -> EligibilityAssessed:
    """VER-01: no rule set holds before that of start year `first`; nothing else is judged."""
    finding = Finding(
        rule="VER-01",
        outcome="breach",
        message=f"Aucun référentiel n'est connu avant l'année scolaire {school_year(first)} :"
        " le dossier ne peut pas être jugé.",
        observed=dossier.school_year,
        expected=f"{school_year(first)} ou plus tard",
    )
    return EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict="ineligible",
        findings=(finding,),
        collectifs=tuple(
            CollectifAssessment(collectif_id=one.collectif_id, verdict="ineligible", findings=())
            for one in dossier.collectifs
        ),
        multi_year_allowed_until=dossier.school_year,
        rules_version=f"Aucun référentiel avant {school_year(first)}",
    )


def _project_findings(case: ProjectContext) -> tuple[Finding, ...]:
    found = (
        *(check(case) for check in project.CHECKS),
        *project.charter_commitments(case),
        *axes.objectives_answered(case),
        *(check(case) for check in financing.CHECKS),
        *(check(case) for check in multi_year.CHECKS),
    )
    return _lift(found, case.dossier, case.rules)


def _collectif(one: Collectif, dossier: DossierReceived, rules: Rules) -> CollectifAssessment:
    case = CollectifContext(collectif=one, dossier=dossier, rules=rules)
    findings = _lift((check(case) for check in collectif.CHECKS), dossier, rules)
    return CollectifAssessment(
        collectif_id=one.collectif_id, verdict=_verdict(findings), findings=findings
    )


def _lift(
    findings: Iterable[Finding], dossier: DossierReceived, rules: Rules
) -> tuple[Finding, ...]:
    committed = dossier.transition_commitment
    return tuple(
        apply_transition_derogation(finding, rules, committed=committed) for finding in findings
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    if _any(findings, "breach"):
        return "ineligible"
    return "derogation" if _any(findings, "derogation") else "eligible"


def _project_verdict(
    findings: tuple[Finding, ...], collectifs: tuple[CollectifAssessment, ...]
) -> Verdict:
    own = _verdict(findings)
    remaining = {one.verdict for one in collectifs} - {"ineligible"}
    if own == "ineligible" or not remaining:
        return "ineligible"
    return "derogation" if "derogation" in {own, *remaining} else "eligible"


def _any(findings: tuple[Finding, ...], outcome: Outcome) -> bool:
    return any(finding.outcome == outcome for finding in findings)

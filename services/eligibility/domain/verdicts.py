"""Assessment of a dossier: findings, and the verdicts of each collectif and of the project."""

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


def assess_dossier(
    dossier: DossierReceived, rules: Rules, shared_territory: tuple[str, ...]
) -> EligibilityAssessed:
    """Run every check; `shared_territory` are the other dossiers of its territories [COM-14]."""
    context = ProjectContext(dossier=dossier, rules=rules, shared_territory=shared_territory)
    findings = _project_findings(context)
    collectifs = tuple(_collectif(planned, dossier, rules) for planned in dossier.collectifs)
    return EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict=_project_verdict(findings, collectifs),
        findings=findings,
        collectifs=collectifs,
        multi_year_allowed_until=multi_year.allowed_until(context),
        rules_version=rules.edition.version,
    )


def no_referentiel_yet(dossier: DossierReceived, first: int) -> EligibilityAssessed:
    """VER-01: no rule set is in force before start year `first`; nothing else is checked."""
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
            CollectifAssessment(
                collectif_id=planned.collectif_id, verdict="ineligible", findings=()
            )
            for planned in dossier.collectifs
        ),
        multi_year_allowed_until=dossier.school_year,
        rules_version=f"Aucun référentiel avant {school_year(first)}",
    )


def _project_findings(context: ProjectContext) -> tuple[Finding, ...]:
    findings = (
        *(check(context) for check in project.CHECKS),
        *project.charter_commitments(context),
        *axes.objectives_answered(context),
        *(check(context) for check in financing.CHECKS),
        *(check(context) for check in multi_year.CHECKS),
    )
    return _with_transition(findings, context.dossier, context.rules)


def _collectif(planned: Collectif, dossier: DossierReceived, rules: Rules) -> CollectifAssessment:
    context = CollectifContext(collectif=planned, dossier=dossier, rules=rules)
    findings = _with_transition((check(context) for check in collectif.CHECKS), dossier, rules)
    return CollectifAssessment(
        collectif_id=planned.collectif_id, verdict=_verdict(findings), findings=findings
    )


def _with_transition(
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
    remaining = {assessment.verdict for assessment in collectifs} - {"ineligible"}
    if own == "ineligible" or not remaining:
        return "ineligible"
    return "derogation" if "derogation" in {own, *remaining} else "eligible"


def _any(findings: tuple[Finding, ...], outcome: Outcome) -> bool:
    return any(finding.outcome == outcome for finding in findings)

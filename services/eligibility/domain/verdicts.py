"""Assessment of a dossier: findings, and the verdicts of each collectif and of the project."""

from collections.abc import Iterable
from dataclasses import replace

from services.eligibility.domain import axes, collectif, financing, multi_year, project
from services.eligibility.domain.findings import wire_finding
from services.eligibility.domain.referentiel import Rules
from services.eligibility.domain.rule_contexts import CollectifContext, ProjectContext
from services.eligibility.domain.transition import apply_transition_derogation
from shared.contracts.elan import Collectif
from shared.contracts.eligibility import CollectifAssessment, EligibilityAssessed, Verdict
from shared.contracts.submission import DossierReceived
from shared.kernel.calendar import school_year
from shared.kernel.rules import Finding, Outcome, breach, evaluate_all

Findings = tuple[Finding, ...]


def assess_dossier(
    dossier: DossierReceived, rules: Rules, shared_territory: tuple[str, ...]
) -> tuple[EligibilityAssessed, Findings]:
    """Return the assessment of a dossier, and all findings, a collectif's with its id.

    `shared_territory` are the other dossiers of its territories [COM-14].
    """
    context = ProjectContext(dossier=dossier, rules=rules, shared_territory=shared_territory)
    own = _project_findings(context)
    by_collectif = {
        planned.collectif_id: _collectif_findings(planned, dossier, rules)
        for planned in dossier.collectifs
    }
    verdicts = tuple(map(_verdict, by_collectif.values()))
    assessment = EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict=_project_verdict(own, verdicts),
        findings=tuple(map(wire_finding, own)),
        collectifs=tuple(
            CollectifAssessment(
                collectif_id=collectif_id,
                verdict=_verdict(findings),
                findings=tuple(map(wire_finding, findings)),
            )
            for collectif_id, findings in by_collectif.items()
        ),
        multi_year_allowed_until=multi_year.allowed_until(context),
        rules_version=rules.edition.version,
    )
    return assessment, (*own, *_named(by_collectif))


def no_referentiel_yet(
    dossier: DossierReceived, first: int
) -> tuple[EligibilityAssessed, Findings]:
    """VER-01: no rule set is in force before start year `first`; nothing else is checked."""
    finding = breach(
        "VER-01",
        f"Aucun référentiel n'est connu avant l'année scolaire {school_year(first)} :"
        " le dossier ne peut pas être jugé.",
        observed=dossier.school_year,
        expected=f"{school_year(first)} ou plus tard",
    )
    assessment = EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict="ineligible",
        findings=(wire_finding(finding),),
        collectifs=tuple(
            CollectifAssessment(
                collectif_id=planned.collectif_id, verdict="ineligible", findings=()
            )
            for planned in dossier.collectifs
        ),
        multi_year_allowed_until=dossier.school_year,
        rules_version=f"Aucun référentiel avant {school_year(first)}",
    )
    return assessment, (finding,)


def _project_findings(context: ProjectContext) -> Findings:
    rules = (
        *project.RULES,
        *project.charter_rules(context.rules),
        *axes.objective_rules(context.rules),
        *financing.RULES,
        *multi_year.RULES,
    )
    return _with_transition(evaluate_all(rules, context), context.dossier, context.rules)


def _collectif_findings(planned: Collectif, dossier: DossierReceived, rules: Rules) -> Findings:
    context = CollectifContext(collectif=planned, dossier=dossier, rules=rules)
    return _with_transition(evaluate_all(collectif.RULES, context), dossier, rules)


def _with_transition(findings: Findings, dossier: DossierReceived, rules: Rules) -> Findings:
    committed = dossier.transition_commitment
    return tuple(
        apply_transition_derogation(finding, rules, committed=committed) for finding in findings
    )


def _named(by_collectif: dict[str, Findings]) -> Iterable[Finding]:
    return (
        replace(finding, message=f"{collectif_id} : {finding.message}")
        for collectif_id, findings in by_collectif.items()
        for finding in findings
    )


def _verdict(findings: Findings) -> Verdict:
    if _any(findings, "breach"):
        return "ineligible"
    return "derogation" if _any(findings, "derogation") else "eligible"


def _project_verdict(findings: Findings, verdicts: tuple[Verdict, ...]) -> Verdict:
    own, remaining = _verdict(findings), {*verdicts} - {"ineligible"}
    if own == "ineligible" or not remaining:
        return "ineligible"
    return "derogation" if "derogation" in {own, *remaining} else "eligible"


def _any(findings: Findings, outcome: Outcome) -> bool:
    return any(finding.outcome == outcome for finding in findings)

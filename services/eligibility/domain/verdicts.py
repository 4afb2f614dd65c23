"""Assessment of a dossier: findings, and the verdicts of each collectif and of the project."""

from collections.abc import Iterable

from services.eligibility.domain import axes, collectif, financing, multi_year, project
from services.eligibility.domain.findings import wire_finding
from services.eligibility.domain.referentiel import Rules
from services.eligibility.domain.rule_contexts import CollectifContext, ProjectContext, Setting
from services.eligibility.domain.sessions import has_impossible_weeks
from services.eligibility.domain.transition import apply_transition_derogation
from shared.contracts.common import Payee
from shared.contracts.elan import Collectif, Gestionnaire
from shared.contracts.eligibility import CollectifAssessment, EligibilityAssessed, Verdict
from shared.contracts.submission import DossierReceived
from shared.kernel.calendar import school_year
from shared.kernel.decision import Finding, Outcome
from shared.kernel.rules import breach, evaluate_all

Findings = tuple[Finding, ...]


def assess_dossier(
    dossier: DossierReceived, rules: Rules, shared_territory: tuple[str, ...]
) -> tuple[EligibilityAssessed, Findings]:
    """Return the assessment of a dossier, and all findings, a collectif's with its id.

    `shared_territory` are the other dossiers of its territories [COM-14].
    """
    context = ProjectContext(dossier=dossier, rules=rules, shared_territory=shared_territory)
    own = project_findings(context)
    setting = Setting.of(dossier)
    by_collectif = {
        planned.collectif_id: collectif_findings(planned, setting, rules)
        for planned in dossier.collectifs
    }
    verdicts = tuple(map(verdict_of, by_collectif.values()))
    assessment = EligibilityAssessed(
        caf=dossier.caf,
        dossier_id=dossier.dossier_id,
        school_year=dossier.school_year,
        verdict=project_verdict(own, verdicts),
        findings=tuple(map(wire_finding, own)),
        collectifs=tuple(
            _assessed(dossier, planned, by_collectif[planned.collectif_id])
            for planned in dossier.collectifs
        ),
        multi_year_allowed_until=multi_year.allowed_until(context),
        rules_version=rules.edition.version,
        gestionnaire=payee_of(dossier.gestionnaire),
        budget=dossier.budget,
    )
    return assessment, (*own, *_named(by_collectif))


def _assessed(
    dossier: DossierReceived, planned: Collectif, findings: Findings, verdict: Verdict | None = None
) -> CollectifAssessment:
    """Return the assessment of one collectif; its verdict is that of its findings unless given."""
    return CollectifAssessment(
        collectif_id=planned.collectif_id,
        verdict=verdict or verdict_of(findings),
        findings=tuple(map(wire_finding, findings)),
        children=planned.children,
        forecast_cost=planned.forecast_cost,
        bonuses_requested=financing.bonuses_requested(dossier, planned.collectif_id),
    )


def payee_of(gestionnaire: Gestionnaire) -> Payee:
    """Return a gestionnaire as funding and accounting need it."""
    return Payee(siret=gestionnaire.siret, name=gestionnaire.name, kind=gestionnaire.kind)


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
            _assessed(dossier, planned, (), "ineligible") for planned in dossier.collectifs
        ),
        multi_year_allowed_until=dossier.school_year,
        rules_version=f"Aucun référentiel avant {school_year(first)}",
        gestionnaire=payee_of(dossier.gestionnaire),
        budget=dossier.budget,
    )
    return assessment, (finding,)


def project_findings(context: ProjectContext) -> Findings:
    """Return the findings of a project as a whole."""
    rules = (
        *project.RULES,
        *project.charter_rules(context.rules),
        *axes.objective_rules(context.rules),
        *financing.RULES,
        *multi_year.RULES,
    )
    committed = context.dossier.transition_commitment
    return _with_transition(evaluate_all(rules, context), context.rules, committed=committed)


def collectif_findings(planned: Collectif, setting: Setting, rules: Rules) -> Findings:
    """Return the findings of one collectif."""
    context = CollectifContext(collectif=planned, setting=setting, rules=rules)
    findings = evaluate_all(collectif.RULES, context)
    if has_impossible_weeks(planned):
        rules = rules.without_transition("ELI-27")
    return _with_transition(findings, rules, committed=setting.transition_commitment)


def _with_transition(findings: Findings, rules: Rules, *, committed: bool) -> Findings:
    return tuple(
        apply_transition_derogation(finding, rules, committed=committed) for finding in findings
    )


def _named(by_collectif: dict[str, Findings]) -> Iterable[Finding]:
    return (
        finding._replace(message=f"{collectif_id} : {finding.message}")
        for collectif_id, findings in by_collectif.items()
        for finding in findings
    )


def verdict_of(findings: Findings) -> Verdict:
    """Return the verdict of a collectif: its worst finding."""
    if _any(findings, "breach"):
        return "ineligible"
    return "derogation" if _any(findings, "derogation") else "eligible"


def project_verdict(findings: Findings, verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict of a project: that of its own findings and of its eligible collectifs."""
    own, remaining = verdict_of(findings), {*verdicts} - {"ineligible"}
    if own == "ineligible" or not remaining:
        return "ineligible"
    return "derogation" if "derogation" in {own, *remaining} else "eligible"


def _any(findings: Findings, outcome: Outcome) -> bool:
    return any(finding.outcome == outcome for finding in findings)

"""The four axes: each objective is answered by an action [AXE-E1 to AXE-T1]."""

from services.eligibility.domain.findings import finding, listed, named
from services.eligibility.domain.referentiel import Objective
from services.eligibility.domain.rule_contexts import ProjectContext
from shared.contracts.eligibility import Finding


def objectives_answered(case: ProjectContext) -> tuple[Finding, ...]:
    """One finding for each objective; an objective that the dossier leaves out is blank."""
    return tuple(_answered(case, objective) for objective in case.rules.objectives.objectives)


def _answered(case: ProjectContext, objective: Objective) -> Finding:
    action = case.dossier.project.objectives.get(objective.rule, "")
    if objective.needs_partner:
        return _answered_with_partner(case, objective, action)
    return finding(
        objective.rule,
        ok=bool(action),
        observed=action or "aucune action",
        expected=f"une action : {objective.label} ({case.rules.objectives.source})",
        failure=f"Aucune action ne répond à l'objectif « {objective.label} ».",
    )


def _answered_with_partner(case: ProjectContext, objective: Objective, action: str) -> Finding:
    partners = named(case.dossier.project.partners)
    return finding(
        objective.rule,
        ok=bool(action and partners),
        observed=f"partenaires : {listed(partners)} ; action : {action or 'aucune'}",
        expected=f"une action et un partenaire nommé : {objective.label}"
        f" ({case.rules.objectives.source})",
        failure=f"L'objectif « {objective.label} » demande une action et un partenaire nommé.",
    )

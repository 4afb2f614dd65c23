"""Checks of the four axes: an action answers each objective [AXE-E1 to AXE-T1]."""

from functools import partial

from services.eligibility.domain.findings import finding, listed, named
from services.eligibility.domain.referentiel import Objective, Rules
from services.eligibility.domain.rule_contexts import ProjectContext
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule


def objective_rules(rules: Rules) -> tuple[Rule[ProjectContext], ...]:
    """Return one rule for each objective; an objective left out counts as blank."""
    return tuple(
        Rule(objective.rule, partial(_answered, objective))
        for objective in rules.objectives.objectives
    )


def _answered(objective: Objective, context: ProjectContext) -> Finding:
    action = context.dossier.project.objectives.get(objective.rule, "")
    if objective.needs_partner:
        return _answered_with_partner(context, objective, action)
    return finding(
        objective.rule,
        ok=bool(action),
        observed=action or "aucune action",
        expected=f"une action : {objective.label} ({context.rules.objectives.source})",
        failure=f"Aucune action ne répond à l'objectif « {objective.label} ».",
    )


def _answered_with_partner(context: ProjectContext, objective: Objective, action: str) -> Finding:
    partners = named(context.dossier.project.partners)
    return finding(
        objective.rule,
        ok=bool(action and partners),
        observed=f"partenaires : {listed(partners)} ; action : {action or 'aucune'}",
        expected=f"une action et un partenaire nommé : {objective.label}"
        f" ({context.rules.objectives.source})",
        failure=f"L'objectif « {objective.label} » demande une action et un partenaire nommé.",
    )

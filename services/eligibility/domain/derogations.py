"""The derogations that an assessment calls for, each named by the rule of its finding [DER-06]."""

from services.eligibility.domain.states import Dossier
from shared.contracts.eligibility import Finding
from shared.contracts.types import Rule


def of_project(dossier: Dossier) -> tuple[Rule, ...]:
    """Return those that the project needs as a whole."""
    return _rules(dossier.assessment.findings)


def of_collectif(dossier: Dossier, collectif_id: str) -> tuple[Rule, ...]:
    """Return those that one collectif needs; an unknown one needs none."""
    found = (c for c in dossier.assessment.collectifs if c.collectif_id == collectif_id)
    return tuple(rule for collectif in found for rule in _rules(collectif.findings))


def _rules(findings: tuple[Finding, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(found.rule for found in findings if found.outcome == "derogation"))

"""The derogations that an assessment requires, named by the rules of their findings [DER-06]."""

from services.eligibility.domain.states import Dossier
from shared.contracts.eligibility import Finding
from shared.contracts.types import Rule


def of_project(dossier: Dossier) -> tuple[Rule, ...]:
    """Return the derogations required by the project as a whole."""
    return _rules(dossier.assessment.findings)


def of_collectif(dossier: Dossier, collectif_id: str) -> tuple[Rule, ...]:
    """Return the derogations required by one collectif; none for an unknown one."""
    assessments = (c for c in dossier.assessment.collectifs if c.collectif_id == collectif_id)
    return tuple(rule for collectif in assessments for rule in _rules(collectif.findings))


def _rules(findings: tuple[Finding, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(finding.rule for finding in findings if finding.outcome == "derogation"))

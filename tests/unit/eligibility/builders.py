"""Short ways to one finding of a dossier that every check accepts, but for what is changed."""

from typing import Any

from services.eligibility.domain.states import Dossier
from services.eligibility.service import SERVICE
from shared.contracts.base import WireModel
from shared.contracts.eligibility import CollectifAssessment, EligibilityAssessed, Finding
from tests.support.decide import Story, decide, only_event
from tests.support.samples import DOSSIER, committee_decision, dossier_received


def assessed(**changes: Any) -> EligibilityAssessed:
    """Assess the sample dossier with some fields replaced."""
    return only_event(decide(SERVICE, dossier_received(**changes)), EligibilityAssessed)


def finding(rule: str, **changes: Any) -> Finding:
    """Return the one project-level finding of a rule."""
    return only(rule, assessed(**changes).findings)


def collectif_assessed(**changes: Any) -> CollectifAssessment:
    """Assess the one collectif of the sample dossier; names are the collectif's or paths."""
    (collectif,) = assessed(**_paths(changes)).collectifs
    return collectif


def collectif_finding(rule: str, **changes: Any) -> Finding:
    """Return the one finding of a rule on the sample's collectif."""
    return only(rule, collectif_assessed(**changes).findings)


def only(rule: str, findings: tuple[Finding, ...]) -> Finding:
    """Return the finding of a rule, which must be the only one."""
    (finding,) = (one for one in findings if one.rule == rule)
    return finding


def rules(findings: tuple[Finding, ...], outcome: str) -> list[str]:
    """Return the rules with an outcome, sorted."""
    return sorted(one.rule for one in findings if one.outcome == outcome)


class Committee(Story):
    """A dossier that was assessed, before its committee."""

    def __init__(self, **changes: Any) -> None:
        """Assess the sample dossier with some fields replaced."""
        super().__init__(SERVICE)
        self.when(dossier_received(**changes))

    def decides(self, **changes: Any) -> tuple[WireModel, ...]:
        """Send the sample decision with some fields replaced."""
        return self.says(committee_decision(**changes))

    @property
    def dossier(self) -> Dossier:
        """The dossier as it stands now."""
        return self.get(Dossier, DOSSIER)


def _paths(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name if "__" in name or name in _PROJECT_FIELDS else f"collectifs__0__{name}": value
        for name, value in changes.items()
    }


_PROJECT_FIELDS = ("school_year", "transition_commitment")

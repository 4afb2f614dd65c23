"""What the assessment found, and what the committee made of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.contracts.common import Reason
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
    Finding,
    Outcome,
)
from shared.kernel.published_events import Journal, RuleCount, rule_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Assessed dossiers by verdict; a rule counts once for each dossier that it speaks about.

    `partly`: projects that stand although one of their collectifs does not.
    """

    eligible: int
    derogation: int
    ineligible: int
    partly: int
    breaches: tuple[RuleCount, ...]
    reviews: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Dossiers by what the committee decided; `rejected` are decisions that could not stand."""

    granted: int
    several_years: int
    refused: int
    motives: tuple[str, ...]
    adjourned: int
    rejected: int
    reasons: tuple[RuleCount, ...]


def verdicts(journal: Journal) -> Verdicts:
    """Count what was assessed."""
    assessed = journal.all(EligibilityAssessed)
    counts = Counter(one.verdict for one in assessed)
    return Verdicts(
        eligible=counts["eligible"],
        derogation=counts["derogation"],
        ineligible=counts["ineligible"],
        partly=sum(map(_partly, assessed)),
        breaches=rule_counts(reason for one in assessed for reason in _findings(one, "breach")),
        reviews=rule_counts(reason for one in assessed for reason in _findings(one, "review")),
    )


def decisions(journal: Journal) -> Decisions:
    """Count what was decided."""
    granted = journal.all(AgrementGranted)
    refused, rejected = journal.all(AgrementRefused), journal.all(CommitteeDecisionRejected)
    return Decisions(
        granted=len(granted),
        several_years=sum(one.multi_year_until > one.school_year for one in granted),
        refused=len(refused),
        motives=tuple(sorted({one.motive for one in refused})),
        adjourned=len(journal.all(CommitteeAdjourned)),
        rejected=len(rejected),
        reasons=rule_counts(reason for one in rejected for reason in one.reasons),
    )


def _partly(assessed: EligibilityAssessed) -> bool:
    return assessed.verdict != "ineligible" and any(
        collectif.verdict == "ineligible" for collectif in assessed.collectifs
    )


def _findings(assessed: EligibilityAssessed, outcome: Outcome) -> Iterator[Reason]:
    found: dict[str, Finding] = {}
    for finding in (*assessed.findings, *(f for c in assessed.collectifs for f in c.findings)):
        if finding.outcome == outcome:
            found.setdefault(finding.rule, finding)
    return (Reason(rule=one.rule, message=one.message) for one in found.values())

"""Report of a campaign's assessments and of the committee's decisions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.console.sections import print_lines, print_rules
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
from shared.french import counted
from shared.kernel.published_events import PublishedEvents, RuleCount, rule_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Assessed dossiers by verdict; a rule counts once per dossier.

    `partly`: projects that are not ineligible although one of their collectifs is.
    """

    eligible: int
    derogation: int
    ineligible: int
    partly: int
    breaches: tuple[RuleCount, ...]
    reviews: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Dossiers by the committee's decision; `rejected` counts decisions that broke a rule.

    `remarks` are what the decisions that grant leave unsaid.
    """

    granted: int
    several_years: int
    refused: int
    motives: tuple[str, ...]
    adjourned: int
    rejected: int
    reasons: tuple[RuleCount, ...]
    remarks: tuple[RuleCount, ...]


def verdicts(events: PublishedEvents) -> Verdicts:
    """Count the assessments."""
    assessed = events.of_type(EligibilityAssessed)
    counts = Counter(event.verdict for event in assessed)
    return Verdicts(
        eligible=counts["eligible"],
        derogation=counts["derogation"],
        ineligible=counts["ineligible"],
        partly=sum(map(_is_partly_ineligible, assessed)),
        breaches=rule_counts(r for event in assessed for r in _reasons(event, "breach")),
        reviews=rule_counts(r for event in assessed for r in _reasons(event, "review")),
    )


def decisions(events: PublishedEvents) -> Decisions:
    """Count the decisions of the committee."""
    granted = events.of_type(AgrementGranted)
    refused, rejected = events.of_type(AgrementRefused), events.of_type(CommitteeDecisionRejected)
    return Decisions(
        granted=len(granted),
        several_years=sum(event.multi_year_until > event.school_year for event in granted),
        refused=len(refused),
        motives=tuple(sorted({event.motive for event in refused})),
        adjourned=len(events.of_type(CommitteeAdjourned)),
        rejected=len(rejected),
        reasons=rule_counts(reason for event in rejected for reason in event.reasons),
        remarks=rule_counts(remark for event in granted for remark in event.remarks),
    )


def print_verdicts(events: PublishedEvents) -> None:
    """Print the assessments."""
    result = verdicts(events)
    print_lines(
        f"{counted(result.eligible, 'éligible')}, {result.derogation} sous réserve d'une"
        f" dérogation, {counted(result.ineligible, 'inéligible')}",
        f"{counted(result.partly, 'projet éligible', 'projets éligibles')} sauf un collectif",
    )
    print_rules("Manquements", "dossiers", result.breaches)
    print_rules("À examiner, sans rien bloquer", "dossiers", result.reviews)


def print_decisions(events: PublishedEvents) -> None:
    """Print the decisions of the committee."""
    result = decisions(events)
    print_lines(
        f"{counted(result.granted, 'agrément accordé', 'agréments accordés')},"
        f" dont {result.several_years} pour plusieurs années ;"
        f" {counted(result.refused, 'refusé')}, {counted(result.adjourned, 'ajourné')}",
    )
    print_rules("Décision rejetée, puis rectifiée", "décisions", result.reasons)
    print_rules("À régler par une personne", "agréments", result.remarks)
    print_lines("motifs des refus :", *(f"• {motive}" for motive in result.motives))


def _is_partly_ineligible(assessed: EligibilityAssessed) -> bool:
    return assessed.verdict != "ineligible" and any(
        collectif.verdict == "ineligible" for collectif in assessed.collectifs
    )


def _reasons(assessed: EligibilityAssessed, outcome: Outcome) -> Iterator[Reason]:
    """Yield the findings of an outcome as reasons, the first one of each rule."""
    by_rule: dict[str, Finding] = {}
    for finding in (*assessed.findings, *(f for c in assessed.collectifs for f in c.findings)):
        if finding.outcome == outcome:
            by_rule.setdefault(finding.rule, finding)
    return (Reason(rule=one.rule, message=one.message) for one in by_rule.values())

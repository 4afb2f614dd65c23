"""The JSON document of `clas check`."""

from dataclasses import dataclass
from typing import Any

from shared.audit.findings import CheckResult, CheckRule
from shared.audit.scanner import AuditState


@dataclass(frozen=True, slots=True)
class CheckViolation:
    """A failed comparison: its subject, what is wrong in French, where the document is stored."""

    subject: str
    message: str
    location: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule: what was compared (French), its source, the counts, the remedy.

    `violation_count` counts all violations; the first 20 of them are listed.
    """

    label: str
    source: str
    remedy: str
    comparisons: int
    violation_count: int
    violations: tuple[CheckViolation, ...]


@dataclass(frozen=True, slots=True)
class CheckDocument:
    """The rules that compared anything, and the totals; exit code 1 unless `consistent`.

    `in_transit` counts events on their way, whose rights were not compared; `of_other_releases`
    decisions of another release that this one would take otherwise.
    """

    consistent: bool
    comparisons: int
    violation_count: int
    in_transit: int
    of_other_releases: int
    rules: tuple[RuleResult, ...]


def check_document(state: AuditState) -> CheckDocument:
    """Return the document of an audit."""
    results = state.results
    return CheckDocument(
        consistent=not results.violation_count,
        comparisons=results.comparisons,
        violation_count=results.violation_count,
        in_transit=state.in_transit,
        of_other_releases=state.of_other_releases,
        rules=tuple(_rule(rule, result) for rule, result in results.applied.items()),
    )


def _rule(rule: CheckRule[Any], result: CheckResult) -> RuleResult:
    return RuleResult(
        label=rule.plural,
        source=rule.proves,
        remedy=rule.remedy,
        comparisons=result.comparisons,
        violation_count=result.violation_count,
        violations=tuple(CheckViolation(*violation) for violation in result.violations),
    )

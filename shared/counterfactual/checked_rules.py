"""The steps of a decision, with the observed and expected values that its events state."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.contracts.common import Ground
from shared.contracts.eligibility import EligibilityAssessed, Finding
from shared.counterfactual.decision import StoredDecision
from shared.kernel.decision import Finding as RuleFinding


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A step, the observed value and the expected one; None where no event states them."""

    step: RuleFinding
    observed: str | None = None
    expected: str | None = None


def checked_rules(decision: StoredDecision) -> Iterator[CheckedRule]:
    """Yield the steps in order, paired with findings where each step has one."""
    findings = tuple(_findings(decision))
    if findings and len(findings) == len(decision.steps):
        for step, finding in zip(decision.steps, findings, strict=True):
            yield CheckedRule(step, finding.observed, finding.expected)
        return
    observed = _observed_by_ground(decision)
    for step in decision.steps:
        yield CheckedRule(step, observed.get((step.rule, step.message)))


def _observed_by_ground(decision: StoredDecision) -> dict[tuple[str, str], str | None]:
    """Return the observed values of grounds for refusal, by rule and message."""
    return {
        (ground.rule, ground.message): ground.observed
        for event in decision.events
        for ground in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ()))
        if isinstance(ground, Ground)
    }


def _findings(decision: StoredDecision) -> Iterator[Finding]:
    for event in decision.events:
        if isinstance(event, EligibilityAssessed):
            yield from event.findings
            for collectif in event.collectifs:
                yield from collectif.findings

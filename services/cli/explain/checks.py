"""The checks of a decision, with what was observed and what is expected where that was told."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from services.cli.explain.decision import StoredDecision
from shared.contracts.common import Ground
from shared.contracts.eligibility import EligibilityAssessed, Finding
from shared.french import counted, listed
from shared.kernel.rules import Step, StepOutcome

MARKS: dict[StepOutcome, str] = {
    "ok": "conforme",
    "breach": "non conforme",
    "derogation": "dérogation nécessaire",
    "review": "à examiner",
    "not_applicable": "sans objet",
    "computed": "calcul",
}
MANY: dict[StepOutcome, str] = {
    "breach": "non conformes",
    "derogation": "dérogations nécessaires",
    "review": "à examiner",
}
OPEN: tuple[StepOutcome, ...] = ("breach", "derogation", "review")


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A step, and what was seen and expected; None where the answer does not tell."""

    step: Step
    observed: str | None = None
    expected: str | None = None

    def __str__(self) -> str:
        """Return the outcome, the rule, its sentence, what was seen and what is expected."""
        step = self.step
        mark = f"{MARKS[step.outcome].capitalize()} [{step.rule}]"
        message = step.message.removeprefix("Sans objet : ")
        seen = f" Constaté : {self.observed}." if self.observed else ""
        wanted = f" Attendu : {self.expected}." if self.expected else ""
        return f"{mark} {message}{seen}{wanted}"


def checked(decided: StoredDecision) -> Iterator[CheckedRule]:
    """Yield the steps in order."""
    findings = tuple(_findings(decided))
    steps = decided.steps
    if findings and len(findings) == len(steps):
        for step, finding in zip(steps, findings, strict=True):
            yield CheckedRule(step, finding.observed, finding.expected)
        return
    grounds = {
        (ground.rule, ground.message): ground.observed
        for event in decided.events
        for ground in (*getattr(event, "grounds", ()), *getattr(event, "reasons", ()))
        if isinstance(ground, Ground)
    }
    for step in steps:
        yield CheckedRule(step, grounds.get((step.rule, step.message)))


def count(decided: StoredDecision) -> str:
    """Return `11 points vérifiés, tous conformes`, or how many are not; nothing for none."""
    checks = [step for step in decided.steps if step.outcome not in {"computed", "not_applicable"}]
    if not checks:
        return ""
    told = counted(len(checks), "point vérifié", "points vérifiés")
    open_ = [step for step in checks if step.outcome != "ok"]
    if not open_:
        return f"{told}, conforme" if len(checks) == 1 else f"{told}, tous conformes"
    numbers = Counter(step.outcome for step in open_)
    kinds = (counted(numbers[k], MARKS[k], MANY[k]) for k in OPEN if numbers[k])
    return f"{told}, dont {listed(kinds)}"


def _findings(decided: StoredDecision) -> Iterator[Finding]:
    for event in decided.events:
        if isinstance(event, EligibilityAssessed):
            yield from event.findings
            for each in event.collectifs:
                yield from each.findings

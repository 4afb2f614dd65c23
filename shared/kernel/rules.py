"""Rules and their findings: one engine for the four services.

A rule checks a context and returns a finding, or None where it holds. Findings are stored in the
receipt of the decision: readable, and verifiable by an auditor. The wire has models of its own for
what a partner sees of a finding (`Reason`, `Ground`, eligibility's `Finding`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.common import Ground, Reason
from shared.kernel.decision import Finding

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Rule(Generic[C]):
    """A rule of a table: its id, its check, and the sentence for success.

    `check` returns None where the rule holds: the finding is then `success_text`, or there is none
    where that is blank. The finding of a check may name a more specific rule. `in_force` returns
    whether the text of the rule applies yet, such as from a school year on: before, there is no
    finding, and receipts of earlier years stay as they are.
    """

    rule: str
    check: Callable[[C], Finding | None]
    success_text: str = "Conforme."
    in_force: Callable[[C], bool] | None = None

    def evaluate(self, context: C) -> Finding | None:
        """Return the finding of this rule for a context, None where it says nothing."""
        if self.in_force and not self.in_force(context):
            return None
        if finding := self.check(context):
            return finding
        return Finding(self.rule, "ok", self.success_text) if self.success_text else None


def evaluate_all(rules: Iterable[Rule[C]], context: C) -> tuple[Finding, ...]:
    """Evaluate every rule, in order."""
    return tuple(_evaluated(rules, context))


def evaluate_until_first(rules: Iterable[Rule[C]], context: C) -> tuple[Finding, ...]:
    """Evaluate the rules in order up to the first breach, which is the last finding."""
    findings: list[Finding] = []
    for finding in _evaluated(rules, context):
        findings.append(finding)
        if finding.outcome == "breach":
            break
    return tuple(findings)


def _evaluated(rules: Iterable[Rule[C]], context: C) -> Iterator[Finding]:
    return (finding for rule in rules if (finding := rule.evaluate(context)))


def breach(rule: str, message: str, observed: str = "", expected: str = "") -> Finding:
    """Return the finding of a rule that does not hold."""
    return Finding(rule, "breach", message, observed, expected)


def not_applicable(rule: str, because: str) -> Finding:
    """Return the finding of a rule that does not apply; `because` is a French clause."""
    return Finding(rule, "not_applicable", f"Sans objet : {because}.")


def computed(rule: str, message: str, **amounts: object) -> Finding:
    """Return the finding of a computation; amounts are written as text."""
    texts = {name: str(amount) for name, amount in amounts.items()}
    return Finding(rule, "computed", message, amounts=texts)


def breaches(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of rules that do not hold."""
    return (finding for finding in findings if finding.outcome == "breach")


def reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """Return the breaches as an event states them."""
    return tuple(Reason(rule=each.rule, message=each.message) for each in breaches(findings))


def grounds(findings: Iterable[Finding]) -> tuple[Ground, ...]:
    """Return the breaches as an event states them, with what was observed."""
    return tuple(
        Ground(rule=each.rule, message=each.message, observed=each.observed)
        for each in breaches(findings)
    )


def document(finding: Finding) -> dict[str, Any]:
    """Return a finding as a receipt stores it: without the texts that are blank."""
    step: dict[str, Any] = {
        "rule": finding.rule,
        "outcome": finding.outcome,
        "message": finding.message,
    }
    if finding.observed:
        step["observed"] = finding.observed
    if finding.expected:
        step["expected"] = finding.expected
    step["amounts"] = finding.amounts
    return step

"""Check rules, the violations they find, and the results of an audit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from shared.french import euros

T = TypeVar("T")
VIOLATIONS_LISTED_MAX = 20
"""Violations of one rule that are listed; further ones are only counted."""


class Violation(NamedTuple):
    """A failed comparison: the subject, a French message, and where the document is stored."""

    subject: str
    message: str
    location: str


def _no_violations(subject: Any) -> Iterable[Violation]:  # noqa: ARG001
    return ()


def _always(subject: Any) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True, slots=True, eq=False)
class CheckRule(Generic[T]):
    """One row of a table of checks: what is compared, what it proves, where a violation points.

    `singular` and `plural` name what is compared, in French; `proves` is the invariant, the rules
    or the seal; `points_to` is `inbox` (of any service), `service.collection`, or `every state`.
    `applies_to` selects the subjects that are compared; others are not counted. Without
    `find_violations` the violations come through `Results.add`.
    """

    singular: str
    plural: str
    proves: str
    points_to: str
    remedy: str
    find_violations: Callable[[T], Iterable[Violation]] = _no_violations
    applies_to: Callable[[T], bool] = _always


@dataclass(slots=True)
class CheckResult:
    """The comparisons and violations of one rule so far."""

    comparisons: int = 0
    violation_count: int = 0
    violations: list[Violation] = field(default_factory=list)

    def add(self, violation: Violation) -> None:
        """Count a violation, and list it while there are few."""
        self.violation_count += 1
        if len(self.violations) < VIOLATIONS_LISTED_MAX:
            self.violations.append(violation)


class Results:
    """The results of every rule, in the order of their first evaluation."""

    def __init__(self) -> None:
        self.by_rule: dict[CheckRule[Any], CheckResult] = {}

    @property
    def applied(self) -> dict[CheckRule[Any], CheckResult]:
        """The rules with at least one comparison or violation."""
        return {
            rule: result
            for rule, result in self.by_rule.items()
            if result.comparisons or result.violation_count
        }

    @property
    def violation_count(self) -> int:
        """The violations of all rules."""
        return sum(result.violation_count for result in self.by_rule.values())

    @property
    def comparisons(self) -> int:
        """The comparisons of all rules."""
        return sum(result.comparisons for result in self.by_rule.values())

    def evaluate(self, rules: Iterable[CheckRule[T]], subject: T) -> None:
        """Apply rules to one subject."""
        for rule in rules:
            result = self.result_of(rule)
            if rule.applies_to(subject):
                result.comparisons += 1
                for violation in rule.find_violations(subject):
                    result.add(violation)

    def add(
        self, rule: CheckRule[Any], violations: Iterable[Violation], comparisons: int = 1
    ) -> None:
        """Add violations and comparisons that were found outside `evaluate`."""
        result = self.result_of(rule)
        result.comparisons += comparisons
        for violation in violations:
            result.add(violation)

    def result_of(self, rule: CheckRule[Any]) -> CheckResult:
        """Return the result of a rule, an empty one before its first evaluation."""
        return self.by_rule.setdefault(rule, CheckResult())


def amount_difference(label: str, expected: Decimal, actual: Decimal) -> str | None:
    """Return `label : attendu 1,00 €, trouvé 2,00 €`, None where they are equal."""
    if expected == actual:
        return None
    return f"{label} : attendu {euros(expected)}, trouvé {euros(actual)}"


def violations_of(
    subject: str, location: str, messages: Iterable[str | None]
) -> Iterator[Violation]:
    """Return one violation for each message that is not None."""
    return (Violation(subject, message, location) for message in messages if message)

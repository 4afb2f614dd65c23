"""Rules and their evaluation: each step has an outcome, a sentence and amounts.

The steps are stored in the receipt of the decision: readable, and verifiable by an auditor.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from shared.contracts.common import Reason

StepOutcome = Literal["ok", "breach", "derogation", "review", "not_applicable", "computed"]
R = TypeVar("R", bound=Reason, default=Reason)


class Step(BaseModel):
    """One rule applied: a check with its outcome, or a computation with its amounts.

    `amounts` maps a name to an amount in euros or a share, as text.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    rule: str
    outcome: StepOutcome
    message: str
    amounts: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Rule(Generic[R]):
    """A rule of a table: its id, the sentence for success, the check.

    `violation` returns the reason when the rule does not hold; a reason may name a more specific
    rule. `not_applicable` returns why the rule does not apply to a case, or None if it does.
    """

    rule: str
    success_text: str
    violation: Callable[[Any], R | None]
    not_applicable: Callable[[Any], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Evaluation(Generic[R]):
    """The result of a table of rules for one case."""

    steps: tuple[Step, ...]
    reasons: tuple[R, ...]


def evaluate_all(rules: Iterable[Rule[R]], case: Any) -> Evaluation[R]:
    """Evaluate every rule, in order."""
    results = [_evaluate(rule, case) for rule in rules]
    return Evaluation(
        steps=tuple(step for step, _ in results),
        reasons=tuple(reason for _, reason in results if reason),
    )


def evaluate_until_first(rules: Iterable[Rule[R]], case: Any) -> Evaluation[R]:
    """Evaluate the rules in order up to the first violation, which is the only reason."""
    steps: list[Step] = []
    for rule in rules:
        step, reason = _evaluate(rule, case)
        steps.append(step)
        if reason:
            return Evaluation(tuple(steps), (reason,))
    return Evaluation(tuple(steps), ())


def computed(rule: str, message: str, **amounts: object) -> Step:
    """Return the step of a computation; amounts are written as text."""
    texts = {name: str(amount) for name, amount in amounts.items()}
    return Step(rule=rule, outcome="computed", message=message, amounts=texts)


def violated(reason: Reason) -> Step:
    """Return the step of a rule that does not hold."""
    return Step(rule=reason.rule, outcome="breach", message=reason.message)


def _evaluate(rule: Rule[R], case: Any) -> tuple[Step, R | None]:
    if rule.not_applicable and (explanation := rule.not_applicable(case)):
        message = f"Sans objet : {explanation}."
        return Step(rule=rule.rule, outcome="not_applicable", message=message), None
    if reason := rule.violation(case):
        return violated(reason), reason
    return Step(rule=rule.rule, outcome="ok", message=rule.success_text), None

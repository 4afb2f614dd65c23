"""How a decision came about, step by step: each rule's outcome, its sentence, its amounts.

Kept with the decision in its receipt; a person reads it, an auditor computes it again.
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
    """One line of a table of checks: the rule, what is right when it holds, the check itself.

    `against` returns the reason when the rule does not hold; a reason may name a finer rule.
    `idle` returns why the rule has nothing to judge in a case, None where it has.
    """

    rule: str
    success_text: str
    violation: Callable[[Any], R | None]
    not_applicable: Callable[[Any], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Evaluation(Generic[R]):
    """All checks of a table on one case."""

    steps: tuple[Step, ...]
    reasons: tuple[R, ...]


def evaluate_all(checks: Iterable[Rule[R]], case: Any) -> Evaluation[R]:
    """Ask every check, in order; nothing stops at the first breach."""
    told = [_evaluate(check, case) for check in checks]
    return Evaluation(
        steps=tuple(step for step, _ in told),
        reasons=tuple(reason for _, reason in told if reason),
    )


def evaluate_until_first(checks: Iterable[Rule[R]], case: Any) -> Evaluation[R]:
    """Ask one check after another; the first breach ends it, and is the only reason."""
    steps: list[Step] = []
    for check in checks:
        step, reason = _evaluate(check, case)
        steps.append(step)
        if reason:
            return Evaluation(tuple(steps), (reason,))
    return Evaluation(tuple(steps), ())


def computed(rule: str, message: str, **amounts: object) -> Step:
    """Return the step of a computation; amounts are written as text."""
    told = {name: str(amount) for name, amount in amounts.items()}
    return Step(rule=rule, outcome="computed", message=message, amounts=told)


def violated(reason: Reason) -> Step:
    """Return the step of a rule that does not hold."""
    return Step(rule=reason.rule, outcome="breach", message=reason.message)


def _evaluate(check: Rule[R], case: Any) -> tuple[Step, R | None]:
    if check.not_applicable and (because := check.not_applicable(case)):
        told = f"Sans objet : {because}."
        return Step(rule=check.rule, outcome="not_applicable", message=told), None
    if reason := check.violation(case):
        return violated(reason), reason
    return Step(rule=check.rule, outcome="ok", message=check.success_text), None

"""How a decision came about, step by step: each rule's outcome, its sentence, its amounts.

Kept with the decision in its receipt; a person reads it, an auditor computes it again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.common import Reason

StepOutcome = Literal["ok", "breach", "derogation", "review", "not_applicable", "computed"]


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
class Check:
    """One line of a table of checks: the rule, what is right when it holds, the check itself.

    `against` returns the reason when the rule does not hold; a reason may name a finer rule.
    """

    rule: str
    holds: str
    against: Callable[[Any], Reason | None]


@dataclass(frozen=True, slots=True)
class Weighed:
    """All checks of a table on one case."""

    steps: tuple[Step, ...]
    reasons: tuple[Reason, ...]


def weigh(checks: Iterable[Check], case: Any) -> Weighed:
    """Ask every check, in order; nothing stops at the first breach."""
    found = [(check, check.against(case)) for check in checks]
    return Weighed(
        steps=tuple(_step(check, reason) for check, reason in found),
        reasons=tuple(reason for _, reason in found if reason),
    )


def computed(rule: str, message: str, **amounts: object) -> Step:
    """Return the step of a computation; amounts are written as text."""
    told = {name: str(amount) for name, amount in amounts.items()}
    return Step(rule=rule, outcome="computed", message=message, amounts=told)


def _step(check: Check, reason: Reason | None) -> Step:
    if reason is None:
        return Step(rule=check.rule, outcome="ok", message=check.holds)
    return Step(rule=reason.rule, outcome="breach", message=reason.message)

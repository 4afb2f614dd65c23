"""Counterfactual search: the smallest sets of changes after which a decision meets a goal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, islice
from typing import Any, NamedTuple

from shared.contracts.base import WireModel
from shared.kernel.decision import State, StateRef

EXHAUSTIVE_SIZE_MAX = 3
"""Sets of up to this many changes are all tried."""
TRIES_MAX, RESULTS_MAX = 2_000, 3
Path = tuple[str | int, ...]
"""Field names and positions, from the message down to a value."""
Edit = tuple[Path, Any]
"""A path and the new value there."""


@dataclass(frozen=True, slots=True)
class Change:
    """A possible action: a French sentence, edits of the message, replaced states."""

    sentence: str
    edits: tuple[Edit, ...] = ()
    states: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A message and the states that the decision on it reads; None: the state does not exist."""

    data: WireModel
    states: Mapping[StateRef[Any], State | None]

    def after(self, changes: Iterable[Change]) -> "Trial":
        """Return the trial with these changes applied; what they leave alone is shared."""
        changes = list(changes)
        edits = (edit for change in changes for edit in change.edits)
        replaced = {StateRef(type(s), s.key): s for change in changes for s in change.states}
        states = {**self.states, **replaced} if replaced else self.states
        return Trial(reduce(_edited, edits, self.data), states)


Goal = Callable[[Trial], bool]
"""Whether the decision on a trial is the one that is wanted."""


class Counterfactual(NamedTuple):
    """Candidate changes of a decision, and the goal that they are to meet."""

    candidates: Sequence[Change]
    goal: Goal


def minimal_changes(trial: Trial, counterfactual: Counterfactual) -> tuple[tuple[Change, ...], ...]:
    """Return the smallest sets of candidates that meet the goal; none when all together do not.

    Sets of up to three are all tried; those of the first size that succeeds are returned, three
    at most. Beyond that size all candidates are applied and each one that is not needed is removed:
    the result is one minimal set.
    """
    goal = counterfactual.goal
    candidates = _distinct(counterfactual.candidates)
    tries = TRIES_MAX
    for size in range(1, EXHAUSTIVE_SIZE_MAX + 1):
        sets = list(islice(combinations(candidates, size), tries))
        tries -= len(sets)
        successes = (changes for changes in sets if _meets(trial, changes, goal))
        if results := tuple(islice(successes, RESULTS_MAX)):
            return results
    return (_minimise(trial, candidates, goal),) if _meets(trial, candidates, goal) else ()


def _distinct(candidates: Iterable[Change]) -> list[Change]:
    """Return one change for each effect: the last sentence, at the place of the first."""
    return list({repr(c.edits) + repr(c.states): c for c in candidates}.values())


def _minimise(trial: Trial, candidates: Sequence[Change], goal: Goal) -> tuple[Change, ...]:
    needed = list(candidates)
    for change in candidates:
        others = [other for other in needed if other is not change]
        if _meets(trial, others, goal):
            needed = others
    return tuple(needed)


def _meets(trial: Trial, changes: Sequence[Change], goal: Goal) -> bool:
    try:
        return goal(trial.after(changes))
    except KeyError:  # The changed decision reads a state that is not in the receipt.
        return False


def _edited(value: Any, edit: Edit) -> Any:
    """Return a frozen model, a mapping or a tuple with the value at a path replaced."""
    (step, *rest), new = edit
    if isinstance(step, int):
        inner = _edited(value[step], (tuple(rest), new)) if rest else new
        return (*value[:step], inner, *value[step + 1 :])
    if isinstance(value, dict):
        return value | {step: new}
    inner = _edited(getattr(value, step), (tuple(rest), new)) if rest else new
    return value.with_changes(**{step: inner})

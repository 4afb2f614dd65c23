"""A change of a case, and the smallest set of changes that alters an outcome."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations, islice
from typing import Any

import orjson

from shared.contracts.base import WireModel
from shared.kernel.decide import DecisionInputs, LoadedState
from shared.kernel.decision import State, StateRef

MOST = 3
"""Sets of so many changes are all tried."""
TRIES_MAX, TOLD_MAX = 2_000, 3
Path = tuple[str | int, ...]
Edit = tuple[Path, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a person could do: in French, as edits of the message and states beside it."""

    sentence: str
    edits: tuple[Edit, ...] = ()
    states: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A message and what its decision stands on."""

    data: WireModel
    basis: DecisionInputs

    def after(self, changes: Iterable[Change]) -> "Trial":
        """Return the case once these changes are made."""
        changes = list(changes)
        edits = (edit for change in changes for edit in change.edits)
        states = [state for change in changes for state in change.states]
        data = reduce(_edited, edits, self.data)
        return Trial(data, _with(self.basis, states) if states else self.basis)


Holds = Callable[[Trial], bool]


def minimal_changes(
    case: Trial, changes: Sequence[Change], holds: Holds
) -> tuple[tuple[Change, ...], ...]:
    """Return the smallest sets of changes after which it holds; none when even all do not do.

    Sets of up to three are all tried, and those of the first size that does are returned, a few
    at most. Beyond, all changes are made and each that is not needed is taken back: one set, of
    which nothing could be spared.
    """
    tries = TRIES_MAX
    for size in range(1, MOST + 1):
        sets = list(islice(combinations(changes, size), tries))
        tries -= len(sets)
        if done := [chosen for chosen in sets if _holds_after(case, chosen, holds)]:
            return tuple(done[:TOLD_MAX])
    return (_minimise(case, changes, holds),) if _holds_after(case, changes, holds) else ()


def _minimise(case: Trial, changes: Sequence[Change], holds: Holds) -> tuple[Change, ...]:
    needed = list(changes)
    for change in changes:
        others = [each for each in needed if each is not change]
        if _holds_after(case, others, holds):
            needed = others
    return tuple(needed)


def _holds_after(case: Trial, changes: Sequence[Change], holds: Holds) -> bool:
    try:
        return holds(case.after(changes))
    except KeyError:  # The decision would look at what its receipt does not hold.
        return False


def _edited(value: Any, edit: Edit) -> Any:
    """Return a frozen model, or a tuple of them, with the value at a path replaced."""
    (step, *rest), new = edit
    if isinstance(step, int):
        inner = _edited(value[step], (tuple(rest), new)) if rest else new
        return (*value[:step], inner, *value[step + 1 :])
    if isinstance(value, dict):
        return value | {step: new}
    inner = _edited(getattr(value, step), (tuple(rest), new)) if rest else new
    return value.with_changes(**{step: inner})


def _with(basis: DecisionInputs, states: Iterable[State]) -> DecisionInputs:
    laid = {StateRef(type(state), state.key): state for state in states}
    lying = {
        ref: LoadedState(
            state, basis.version(ref) or 1, orjson.dumps(state.model_dump(mode="json"))
        )
        for ref, state in laid.items()
    }
    return replace(basis, states={**basis.states, **lying})

"""Handler of closing requests: refused with all reasons, or accepted and started.

Acceptance writes the books of the Caf: from then on the exercise takes only the entries of the
closing, for the grants recorded so far. `closing_process` handles the pages that follow.
"""

from collections.abc import Iterable
from typing import Literal

from services.accounting.domain.books import Books, RunningClosing, books_of
from services.accounting.domain.chain import seed
from services.accounting.domain.chart import Parameters
from services.accounting.domain.closing_rules import RULES, ClosingContext
from shared.contracts.accounting import (
    AccountTotal,
    ClosingContinued,
    ClosingRefused,
    KindTotal,
)
from shared.contracts.caf import ExerciseClosed
from shared.contracts.types import CafCode, Day, Exercise
from shared.kernel.decision import NO_CHANGE, Decision, Message, State, StateRef, States
from shared.kernel.rules import evaluate_all, reasons


class Closing(State):
    """Progress of the closing of an exercise; `step` and `after` identify the next page.

    `sequence` is the last number assigned, 0 before the first; `head_hash` the head of the chain.
    """

    collection = "closings"
    indexes = (("step",),)

    caf: CafCode
    exercise: Exercise
    closed_on: Day
    grants_per_page: int
    entries_per_page: int
    head_hash: str
    step: Literal["grants", "entries", "done"] = "grants"
    after: str = ""
    sequence: int = 0
    totals: tuple[KindTotal, ...] = ()
    trial_balance: tuple[AccountTotal, ...] = ()

    @property
    def key(self) -> str:
        """Caf and exercise."""
        return closing_key(self.caf, self.exercise)

    @property
    def is_done(self) -> bool:
        """Whether the exercise is closed: its entries are numbered, chained, and all there."""
        return self.step == "done"


def closing_key(caf: str, exercise: int) -> str:
    """Return the id of the closing of an exercise."""
    return f"{caf}|{exercise}"


def states_of_closing(
    message: Message[ExerciseClosed],
    states: States,  # noqa: ARG001 - every `required_states` has this signature
) -> Iterable[StateRef[State]]:
    """Return the books of the Caf and the closing."""
    data = message.data
    return (StateRef(Books, data.caf), StateRef(Closing, closing_key(data.caf, data.exercise)))


def close_exercise(
    message: Message[ExerciseClosed], states: States, parameters: Parameters
) -> Decision:
    """Accept a closing, or refuse it with all reasons [CLO-01, CLO-02, CLO-03].

    Another request for an exercise that is closing or closed changes nothing, whatever its content.
    """
    data, books = message.data, books_of(states, message.data.caf)
    if not books.is_open(data.exercise):
        return NO_CHANGE
    if breaches := evaluate_all(RULES, ClosingContext(data, books)):
        refused = ClosingRefused(caf=data.caf, exercise=data.exercise, reasons=reasons(breaches))
        return Decision(events=(refused,), findings=breaches)
    closing = Closing(
        caf=data.caf,
        exercise=data.exercise,
        closed_on=data.closed_on,
        grants_per_page=parameters.grants_per_page,
        entries_per_page=parameters.entries_per_page,
        head_hash=seed(data.caf, data.exercise),
    )
    changed_books = books.closing(RunningClosing(data.exercise, message.origin))
    first = ClosingContinued(caf=data.caf, exercise=data.exercise, step="grants", after="")
    return Decision(states=(closing, changed_books), events=(first,))

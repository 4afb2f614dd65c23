"""The closing of an exercise: refused with all its reasons, or accepted and begun.

Accepting it writes the books of the Caf. From then on the exercise takes no entry but those of
the closing, and the grants are those known at that moment. The pages follow: `pages`.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal

from services.accounting.domain.books import Books, RunningClosing, books_of
from services.accounting.domain.chain import seed
from services.accounting.domain.chart import Parameters
from shared.contracts.accounting import (
    AccountTotal,
    ClosingContinued,
    ClosingRefused,
    KindTotal,
)
from shared.contracts.caf import ExerciseClosed
from shared.contracts.common import Reason
from shared.contracts.types import CafCode, Day, Exercise
from shared.kernel.decision import NO_CHANGE, Decision, Message, State, StateRef, States


class Closing(State):
    """How far the closing of an exercise has come: `step` and `after` name the page awaited.

    `sequence` is the last number given, 0 before the first; `head_hash` the chain's head.
    """

    collection = "closings"

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


def closing_key(caf: str, exercise: int) -> str:
    """Return the id of the closing of an exercise."""
    return f"{caf}|{exercise}"


def states_of_closing(
    message: Message[ExerciseClosed],
    states: States,  # noqa: ARG001 - every `reads` has this shape
) -> Iterable[StateRef[State]]:
    """Name the books of the Caf and the closing."""
    data = message.data
    return (StateRef(Books, data.caf), StateRef(Closing, closing_key(data.caf, data.exercise)))


def close_exercise(
    message: Message[ExerciseClosed], states: States, parameters: Parameters
) -> Decision:
    """Accept a closing, or refuse it with all reasons [CLO-01, CLO-02, CLO-03].

    A further closing of an exercise that is closing or closed changes nothing, whatever it says.
    """
    data, books = message.data, books_of(states, message.data.caf)
    if not books.is_open(data.exercise):
        return NO_CHANGE
    if reasons := tuple(reason for rule in RULES for reason in rule(data, books)):
        refused = ClosingRefused(caf=data.caf, exercise=data.exercise, reasons=reasons)
        return Decision(events=(refused,))
    begun = Closing(
        caf=data.caf,
        exercise=data.exercise,
        closed_on=data.closed_on,
        grants_per_page=parameters.grants_per_page,
        entries_per_page=parameters.entries_per_page,
        head_hash=seed(data.caf, data.exercise),
    )
    marked = books.closing(RunningClosing(data.exercise, message.origin))
    first = ClosingContinued(caf=data.caf, exercise=data.exercise, step="grants", after="")
    return Decision(states=(begun, marked), events=(first,))


def _an_earlier_one_is_open(data: ExerciseClosed, books: Books) -> Iterable[Reason]:
    """CLO-01: exercises are closed in order, as far as they hold anything."""
    open_years = (
        str(each.year)
        for each in books.exercises
        if each.year < data.exercise and each.status == "open"
    )
    if years := ", ".join(open_years):
        yield Reason(
            rule="CLO-01",
            message=(
                f"L’exercice {data.exercise} de la Caf {data.caf} ne peut pas être clôturé : "
                "des exercices antérieurs restent ouverts et portent des écritures, des droits "
                f"ou des engagements à contrepasser ({years}). Ils doivent être clôturés d’abord."
            ),
        )


def _it_has_not_ended(data: ExerciseClosed, books: Books) -> Iterable[Reason]:  # noqa: ARG001
    """CLO-02: an exercise is closed once it is over."""
    if data.closed_on <= date(data.exercise, 12, 31):
        yield Reason(
            rule="CLO-02",
            message=(
                f"La clôture de l’exercice {data.exercise} est datée du "
                f"{data.closed_on:%d/%m/%Y} : elle doit être postérieure au "
                f"31/12/{data.exercise}."
            ),
        )


def _another_one_is_running(data: ExerciseClosed, books: Books) -> Iterable[Reason]:
    """CLO-03: a Caf closes one exercise at a time."""
    if running := books.running:
        yield Reason(
            rule="CLO-03",
            message=(
                f"La clôture de l’exercice {running.year} de la Caf {data.caf} est en cours : "
                f"celle de l’exercice {data.exercise} pourra être demandée quand elle sera "
                "achevée."
            ),
        )


RULES: tuple[Callable[[ExerciseClosed, Books], Iterable[Reason]], ...] = (
    _an_earlier_one_is_open,
    _it_has_not_ended,
    _another_one_is_running,
)

"""Rules that the closing of an exercise must meet; all are evaluated."""

from collections.abc import Callable, Iterable
from datetime import date

from services.accounting.domain.books import Books
from shared.contracts.caf import ExerciseClosed
from shared.contracts.common import Reason


def _earlier_exercise_open(data: ExerciseClosed, books: Books) -> Iterable[Reason]:
    """CLO-01: active exercises are closed in order."""
    open_years = (
        str(exercise.year)
        for exercise in books.exercises
        if exercise.year < data.exercise and exercise.status == "open"
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


def _exercise_not_over(data: ExerciseClosed, books: Books) -> Iterable[Reason]:  # noqa: ARG001
    """CLO-02: an exercise is closed after its last day."""
    if data.closed_on <= date(data.exercise, 12, 31):
        yield Reason(
            rule="CLO-02",
            message=(
                f"La clôture de l’exercice {data.exercise} est datée du "
                f"{data.closed_on:%d/%m/%Y} : elle doit être postérieure au "
                f"31/12/{data.exercise}."
            ),
        )


def _other_closing_running(data: ExerciseClosed, books: Books) -> Iterable[Reason]:
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
    _earlier_exercise_open,
    _exercise_not_over,
    _other_closing_running,
)

"""Rules that the closing of an exercise must meet; each one is evaluated."""

from collections.abc import Callable, Iterable
from datetime import date

from services.accounting.domain.books import Books
from shared.contracts.caf import ExerciseClosed
from shared.contracts.common import Reason


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

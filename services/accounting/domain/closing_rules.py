"""Rules that the closing of an exercise must meet; all are evaluated."""

from dataclasses import dataclass
from datetime import date

from services.accounting.domain.books import Books
from shared.contracts.caf import ExerciseClosed
from shared.french import short_date
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class ClosingContext:
    """A request to close an exercise, and the books of its Caf."""

    closed: ExerciseClosed
    books: Books


def _earlier_exercise_open(context: ClosingContext) -> Finding | None:
    """CLO-01: active exercises are closed in order."""
    data = context.closed
    open_years = (
        str(exercise.year)
        for exercise in context.books.exercises
        if exercise.year < data.exercise and exercise.status == "open"
    )
    if not (years := ", ".join(open_years)):
        return None
    return breach(
        "CLO-01",
        f"L’exercice {data.exercise} de la Caf {data.caf} ne peut pas être clôturé : "
        "des exercices antérieurs restent ouverts et portent des écritures, des droits "
        f"ou des engagements à contrepasser ({years}). Ils doivent être clôturés d’abord.",
    )


def _exercise_not_over(context: ClosingContext) -> Finding | None:
    """CLO-02: an exercise is closed after its last day."""
    data = context.closed
    if data.closed_on > date(data.exercise, 12, 31):
        return None
    return breach(
        "CLO-02",
        f"La clôture de l’exercice {data.exercise} est datée du "
        f"{short_date(data.closed_on)} : elle doit être postérieure au "
        f"31/12/{data.exercise}.",
    )


def _other_closing_running(context: ClosingContext) -> Finding | None:
    """CLO-03: a Caf closes one exercise at a time."""
    if not (running := context.books.running):
        return None
    return breach(
        "CLO-03",
        f"La clôture de l’exercice {running.year} de la Caf {context.closed.caf} est en cours : "
        f"celle de l’exercice {context.closed.exercise} pourra être demandée quand elle sera "
        "achevée.",
    )


RULES = (
    Rule("CLO-01", _earlier_exercise_open, ""),
    Rule("CLO-02", _exercise_not_over, ""),
    Rule("CLO-03", _other_closing_running, ""),
)

"""The books of one Caf: the status of its exercises, and where an event is booked."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.base import WireModel
from shared.contracts.types import CafCode, Exercise
from shared.kernel.decision import RequestRef, State, States

Status = Literal["open", "closing", "closed"]
STATUS_LABELS: dict[Status, str] = {
    "open": "ouvert",
    "closing": "en cours de clôture",
    "closed": "clôturé",
}


class ExerciseBooks(WireModel):
    """One exercise; `closing` is the request that closes it, set once it is accepted."""

    year: Exercise
    status: Status = "open"
    closing: RequestRef | None = None


class Books(State):
    """The exercises of one Caf, sorted by year.

    An exercise is listed once it is active (it holds entries, grants that start in it, or
    commitments to reverse), closing or closed; any other is open and empty.

    Every accounting decision reads the books, few change them: accepting a closing makes every
    concurrent decision that read the exercise as open conflict and retry.
    """

    collection = "books"
    shared = True

    caf: CafCode
    exercises: tuple[ExerciseBooks, ...] = ()

    @property
    def key(self) -> str:
        """The Caf."""
        return self.caf

    @property
    def running(self) -> "RunningClosing | None":
        """The running closing, if any; a Caf closes one exercise at a time."""
        running = (
            RunningClosing(exercise.year, exercise.closing)
            for exercise in self.exercises
            if exercise.status == "closing" and exercise.closing
        )
        return next(running, None)

    def exercise(self, year: int) -> ExerciseBooks:
        """Return an exercise, an open one if it is not listed."""
        listed = (exercise for exercise in self.exercises if exercise.year == year)
        return next(listed, ExerciseBooks(year=year))

    def is_open(self, year: int) -> bool:
        """Return whether an exercise takes entries of events; a closing one takes only its own."""
        return self.exercise(year).status == "open"

    def with_active_years(self, *years: int) -> "Books":
        """Return the books with these exercises listed."""
        new = set(years).difference(exercise.year for exercise in self.exercises)
        return self._with(*(ExerciseBooks(year=year) for year in new)) if new else self

    def closing(self, running: "RunningClosing") -> "Books":
        """Return the books with an accepted closing."""
        return self._with(
            ExerciseBooks(year=running.year, status="closing", closing=running.origin)
        )

    def closed(self, running: "RunningClosing") -> "Books":
        """Return the books with a completed closing."""
        return self._with(ExerciseBooks(year=running.year, status="closed", closing=running.origin))

    def _with(self, *changed: ExerciseBooks) -> "Books":
        years = {exercise.year for exercise in changed}
        others = [exercise for exercise in self.exercises if exercise.year not in years]
        return self.with_changes(exercises=tuple(sorted([*others, *changed], key=_year)))


@dataclass(frozen=True, slots=True)
class RunningClosing:
    """A closing between its acceptance and its completion, and the request that it answers."""

    year: int
    origin: RequestRef


@dataclass(frozen=True, slots=True)
class Booking:
    """Where an entry is booked: exercise, period (month 1 to 12, or 13 for the closing), day."""

    exercise: int
    period: int
    booked_on: date


def books_of(states: States, caf: str) -> Books:
    """Return the books of a Caf, empty ones when it has none yet."""
    return states.get(Books, caf) or Books(caf=caf)


def booking_of(day: date, books: Books) -> Booking:
    """Return where an event of this day is booked.

    In its own month; once its exercise is closing or closed, on the first day of the next open
    exercise.
    """
    if books.is_open(day.year):
        return Booking(day.year, day.month, day)
    year = day.year + 1
    while not books.is_open(year):  # Terminates: the listed exercises are finite.
        year += 1
    return Booking(year, 1, date(year, 1, 1))


def only_if_changed(before: Books, after: Books) -> tuple[Books, ...]:
    """Return the books only when they changed: writing them makes concurrent decisions retry."""
    return () if after is before else (after,)


def _year(exercise: ExerciseBooks) -> int:
    return exercise.year

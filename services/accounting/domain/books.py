"""The books of one Caf: which exercises are open, and where an event is booked."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.base import WireModel
from shared.contracts.types import CafCode, Exercise
from shared.kernel.decision import RequestRef, State, States

Status = Literal["open", "closing", "closed"]


class ExerciseBooks(WireModel):
    """One exercise; `closing` is the request that closed it, known from its acceptance on."""

    year: Exercise
    status: Status = "open"
    closing: RequestRef | None = None


class Books(State):
    """The exercises of one Caf, sorted by year.

    An exercise is named once it is active (it holds entries, grants that start in it, or
    commitments to reverse), closing or closed; any other is open and holds nothing.

    Every accounting decision reads the books, few change them: accepting a closing makes every
    decision in flight that saw the exercise open start again.
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
        """The closing that is running; a Caf closes one exercise at a time."""
        running = (
            RunningClosing(each.year, each.closing)
            for each in self.exercises
            if each.status == "closing" and each.closing
        )
        return next(running, None)

    def exercise(self, year: int) -> ExerciseBooks:
        """Return what is known of an exercise."""
        named = (each for each in self.exercises if each.year == year)
        return next(named, ExerciseBooks(year=year))

    def is_open(self, year: int) -> bool:
        """Tell whether an exercise still takes entries: closing counts as closed."""
        return self.exercise(year).status == "open"

    def with_active_years(self, *years: int) -> "Books":
        """Return the books with these exercises named."""
        new = set(years).difference(each.year for each in self.exercises)
        return self._with(*(ExerciseBooks(year=year) for year in new)) if new else self

    def closing(self, running: "RunningClosing") -> "Books":
        """Return the books once a closing is accepted."""
        return self._with(
            ExerciseBooks(year=running.year, status="closing", closing=running.origin)
        )

    def closed(self, running: "RunningClosing") -> "Books":
        """Return the books once a closing is completed."""
        return self._with(ExerciseBooks(year=running.year, status="closed", closing=running.origin))

    def _with(self, *changed: ExerciseBooks) -> "Books":
        years = {each.year for each in changed}
        others = [each for each in self.exercises if each.year not in years]
        return self.with_changes(exercises=tuple(sorted([*others, *changed], key=_year)))


@dataclass(frozen=True, slots=True)
class RunningClosing:
    """A closing between its acceptance and its completion, and the request that it answers."""

    year: int
    origin: RequestRef


@dataclass(frozen=True, slots=True)
class Booking:
    """Where an entry stands: exercise, period (12 months and the closing, 13), and day."""

    exercise: int
    period: int
    booked_on: date


def books_of(states: States, caf: str) -> Books:
    """Return the books of a Caf, blank ones when it has none yet."""
    return states.get(Books, caf) or Books(caf=caf)


def booking_of(day: date, books: Books) -> Booking:
    """Return where an event of this day is booked.

    In its own month; once its exercise is closing or closed, on the first day of the first
    exercise after it that is open.
    """
    if books.is_open(day.year):
        return Booking(day.year, day.month, day)
    year = day.year + 1
    while not books.is_open(year):  # Ends: a Caf has closed a finite number of exercises.
        year += 1
    return Booking(year, 1, date(year, 1, 1))


def only_if_changed(before: Books, after: Books) -> tuple[Books, ...]:
    """Return the books only when they changed: whoever writes them restarts the others."""
    return () if after is before else (after,)


def _year(exercise: ExerciseBooks) -> int:
    return exercise.year

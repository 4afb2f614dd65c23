"""The credits of a Caf by exercise, and the waiting list of grants for them [ENV-03].

One document per Caf: every decision that grants, allots or waits writes it, so that concurrent
handlers conflict and retry. All functions here are pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.funding.domain.grant_values import Stored
from services.funding.domain.states import grant_key
from shared.contracts.funding import EnvelopeCharge, EnvelopeReleaseContinued
from shared.contracts.types import CafCode, Day, Exercise, Id, Instant, Money, SchoolYear
from shared.french import euros
from shared.kernel.decision import Finding, State
from shared.kernel.money import ZERO
from shared.kernel.rules import breach


class Allotment(Stored):
    """The total of an exercise, in euros, and the `time` and `id` of its event.

    The latest CloudEvents `time` counts; on a tie, the greater id as text.
    """

    amount: Money
    time: Instant
    id: str


class BudgetLine(Stored):
    """One exercise: `granted` in euros, counted with or without an allotment."""

    exercise: Exercise
    granted: Money = ZERO
    allotment: Allotment | None = None

    @property
    def left(self) -> Decimal | None:
        """The remaining credit, in euros; below zero after a cut, None without an allotment."""
        return self.allotment.amount - self.granted if self.allotment else None


class Reservation(Stored):
    """The amounts that one grant needs by exercise, without exercises charged nothing."""

    decided_on: Day
    dossier_id: Id
    school_year: SchoolYear
    charges: tuple[EnvelopeCharge, ...]

    @property
    def key(self) -> str:
        """The id of its grant."""
        return grant_key(self.dossier_id, self.school_year)

    @property
    def place(self) -> tuple[date, str, str]:
        """Sort key on the waiting list: decision date, dossier, school year."""
        return (self.decided_on, self.dossier_id, self.school_year)

    @property
    def exercises(self) -> frozenset[int]:
        """The exercises that it needs."""
        return frozenset(charge.exercise for charge in self.charges)


class Envelopes(State):
    """The budget lines of a Caf by exercise, its waiting list, and the grants admitted from it.

    `waiting` is sorted by place. `released` are reservations already counted in the lines, whose
    `FundingGranted` is still to be published; `releases` counts the releases.
    """

    collection = "envelopes"

    caf: CafCode
    lines: tuple[BudgetLine, ...] = ()
    waiting: tuple[Reservation, ...] = ()
    released: tuple[Reservation, ...] = ()
    releases: int = 0

    @property
    def key(self) -> str:
        """The Caf."""
        return self.caf

    def line(self, exercise: int) -> BudgetLine:
        """Return the line of an exercise, an empty one if nothing was granted or allotted yet."""
        lines = (line for line in self.lines if line.exercise == exercise)
        return next(lines, BudgetLine(exercise=exercise))

    def waiting_on(self, exercise: int) -> tuple[Decimal, ...]:
        """Return what each grant on the waiting list needs of an exercise, in euros."""
        charges = (charge for reservation in self.waiting for charge in reservation.charges)
        return tuple(charge.amount for charge in charges if charge.exercise == exercise)

    def with_line(self, changed: BudgetLine) -> "Envelopes":
        """Return the envelopes with one line set."""
        others = (line for line in self.lines if line.exercise != changed.exercise)
        return self.with_changes(lines=tuple(sorted((*others, changed), key=_exercise)))


@dataclass(frozen=True, slots=True)
class ReservationResult:
    """A reservation admitted with its charges, or waiting for what stands against it."""

    envelopes: Envelopes
    charges: tuple[EnvelopeCharge, ...]
    obstacles: tuple[Finding, ...] = ()


def reserve(envelopes: Envelopes, reservation: Reservation) -> ReservationResult:
    """Reserve the whole amount, or put the reservation in its place on the waiting list [ENV-03].

    It waits when an exercise has too little left, or when a waiting grant needs one of its
    exercises, whatever their decision dates.
    """
    if obstacles := _obstacles(envelopes, reservation):
        waiting = tuple(sorted((*envelopes.waiting, reservation), key=_place))
        return ReservationResult(envelopes.with_changes(waiting=waiting), (), obstacles)
    admitted = _with_status(envelopes, reservation)
    return ReservationResult(_with_reserved(envelopes, admitted.charges), admitted.charges)


def supersedes(envelopes: Envelopes, exercise: int, allotment: Allotment) -> bool:
    """Return whether an allotment is later than the current one."""
    current = envelopes.line(exercise).allotment
    return current is None or (current.time, current.id) < (allotment.time, allotment.id)


def allot(envelopes: Envelopes, exercise: int, allotment: Allotment) -> Envelopes:
    """Set the total of an exercise; an increase serves the waiting list.

    A cut takes nothing back and admits nothing; a first total only sets the limit.
    """
    before = envelopes.line(exercise)
    after = envelopes.with_line(before.with_changes(allotment=allotment))
    raised = before.allotment and before.allotment.amount < allotment.amount
    return serve_waiting(after) if raised else after


def serve_waiting(envelopes: Envelopes) -> Envelopes:
    """Admit the reservations that fit, in the order of the waiting list.

    A reservation that still waits blocks those after it that need one of its exercises.
    """
    waiting: list[Reservation] = []
    admitted: list[Reservation] = []
    blocked: frozenset[int] = frozenset()
    for reservation in envelopes.waiting:
        if blocked & reservation.exercises or not _fits(envelopes, reservation):
            blocked |= reservation.exercises
            waiting.append(reservation)
        else:
            admitted.append(_with_status(envelopes, reservation))
            envelopes = _with_reserved(envelopes, reservation.charges)
    if not admitted:
        return envelopes
    return envelopes.with_changes(
        waiting=tuple(waiting),
        released=(*envelopes.released, *admitted),
        releases=envelopes.releases + 1,
    )


def withdraw(envelopes: Envelopes, key: str) -> Envelopes:
    """Remove a grant that was not published yet, then serve the waiting list.

    One that was admitted already gives its amounts back.
    """
    return serve_waiting(_without(envelopes, key))


def replace(envelopes: Envelopes, reservation: Reservation) -> Envelopes:
    """Change the charges of a grant that was not published yet, then serve the waiting list.

    A waiting grant keeps its place. An admitted one stays admitted: an amendment only reduces.
    """
    if any(other.key == reservation.key for other in envelopes.released):
        lower = _with_status(envelopes, reservation)
        without = _without(envelopes, reservation.key)
        reserved = _with_reserved(without, lower.charges)
        return serve_waiting(reserved.with_changes(released=(*reserved.released, lower)))
    others = (other for other in envelopes.waiting if other.key != reservation.key)
    return serve_waiting(
        envelopes.with_changes(waiting=tuple(sorted((*others, reservation), key=_place)))
    )


def mark_announced(envelopes: Envelopes, keys: Iterable[str]) -> Envelopes:
    """Return the envelopes once these released grants are published."""
    announced = frozenset(keys)
    remaining = tuple(
        reservation for reservation in envelopes.released if reservation.key not in announced
    )
    return envelopes.with_changes(released=remaining)


def continue_release(before: Envelopes, after: Envelopes) -> tuple[EnvelopeReleaseContinued, ...]:
    """Return the message that starts the publication of newly admitted grants, if any."""
    if after.releases == before.releases:
        return ()
    return (EnvelopeReleaseContinued(caf=after.caf, release=after.releases, page=1),)


def _without(envelopes: Envelopes, key: str) -> Envelopes:
    """Remove a reservation, and the amounts counted for it."""
    for reservation in envelopes.released:
        if reservation.key == key:
            back = (charge.with_changes(amount=-charge.amount) for charge in reservation.charges)
            return mark_announced(_with_reserved(envelopes, back), (key,))
    return envelopes.with_changes(
        waiting=tuple(other for other in envelopes.waiting if other.key != key)
    )


def _fits(envelopes: Envelopes, reservation: Reservation) -> bool:
    return not any(_exceeds(envelopes, charge) for charge in reservation.charges)


def _exceeds(envelopes: Envelopes, charge: EnvelopeCharge) -> bool:
    left = envelopes.line(charge.exercise).left
    return left is not None and charge.amount > left


def _with_status(envelopes: Envelopes, reservation: Reservation) -> Reservation:
    """Set the status of each charge: `reserved` under an allotment, else `unchecked`."""
    charges = (
        charge.with_changes(
            status="reserved" if envelopes.line(charge.exercise).allotment else "unchecked"
        )
        for charge in reservation.charges
    )
    return reservation.with_changes(charges=tuple(charges))


def _with_reserved(envelopes: Envelopes, charges: Iterable[EnvelopeCharge]) -> Envelopes:
    for charge in charges:
        line = envelopes.line(charge.exercise)
        envelopes = envelopes.with_line(line.with_changes(granted=line.granted + charge.amount))
    return envelopes


def _obstacles(envelopes: Envelopes, reservation: Reservation) -> tuple[Finding, ...]:
    reasons = (
        reason
        for charge in reservation.charges
        for reason in (_too_little(envelopes, charge), _others_wait(envelopes, charge))
    )
    return tuple(reason for reason in reasons if reason)


def _too_little(envelopes: Envelopes, charge: EnvelopeCharge) -> Finding | None:
    left = envelopes.line(charge.exercise).left
    if left is None or charge.amount <= left:
        return None
    state = f"il reste {euros(left)}" if left >= ZERO else f"elle est dépassée de {euros(-left)}"
    return breach(
        "ENV-03",
        f"Enveloppe {charge.exercise} de la Caf {envelopes.caf} : {state}, "
        f"il faut {euros(charge.amount)}.",
    )


def _others_wait(envelopes: Envelopes, charge: EnvelopeCharge) -> Finding | None:
    before = sum(charge.exercise in reservation.exercises for reservation in envelopes.waiting)
    if not before:
        return None
    who = f"{before} dossiers attendent" if before > 1 else "un dossier attend"
    return breach(
        "ENV-03",
        f"Enveloppe {charge.exercise} de la Caf {envelopes.caf} : {who} déjà ; "
        "celui-ci prend rang dans la liste, par date de décision.",
    )


def _exercise(line: BudgetLine) -> int:
    return line.exercise


def _place(reservation: Reservation) -> tuple[date, str, str]:
    return reservation.place

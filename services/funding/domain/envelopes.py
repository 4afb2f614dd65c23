"""The credits of a Caf by exercise, and the one list of grants that wait for them [ENV-03].

One document a Caf: whatever grants, allots or waits writes it, so racing workers conflict and
redo. Everything here is a pure function on that document.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.funding.domain.grant_values import Stored
from services.funding.domain.states import grant_key
from shared.contracts.common import Reason
from shared.contracts.funding import EnvelopeCharge, EnvelopeReleaseContinued
from shared.contracts.types import CafCode, Day, Exercise, Id, Instant, Money, SchoolYear
from shared.french import euros
from shared.kernel.decision import State
from shared.kernel.money import ZERO


class Allotment(Stored):
    """The total of an exercise, in euros, and the event that told it.

    The last by CloudEvents `time` counts, a tie goes to the greater id as text.
    """

    amount: Money
    time: Instant
    id: str


class BudgetLine(Stored):
    """One exercise: what is granted always counts, with an allotment or without."""

    exercise: Exercise
    granted: Money = ZERO
    allotment: Allotment | None = None

    @property
    def left(self) -> Decimal | None:
        """What is left, in euros; below zero after a cut, None while nothing limits it."""
        return self.allotment.amount - self.granted if self.allotment else None


class Reservation(Stored):
    """What one grant needs of each exercise; one charged nothing does not stand here."""

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
        """Its place in the list: decision date, dossier; a dossier's years in their order."""
        return (self.decided_on, self.dossier_id, self.school_year)

    @property
    def exercises(self) -> frozenset[int]:
        """The exercises that it needs."""
        return frozenset(charge.exercise for charge in self.charges)


class Envelopes(State):
    """The exercises of a Caf in their order, who waits, who is let in and not yet told.

    `waiting` stands in the order of the list. `released` are claims that are counted already and
    whose `FundingGranted` a page still has to say; `releases` counts the times that some were.
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
        """Return the line of an exercise, a blank one if nothing was granted or allotted yet."""
        found = (line for line in self.lines if line.exercise == exercise)
        return next(found, BudgetLine(exercise=exercise))

    def with_line(self, changed: BudgetLine) -> "Envelopes":
        """Return the envelopes with one line set."""
        others = (line for line in self.lines if line.exercise != changed.exercise)
        return self.with_changes(lines=tuple(sorted((*others, changed), key=_exercise)))


@dataclass(frozen=True, slots=True)
class ReservationResult:
    """What became of a claim: let in with these charges, or waiting for these reasons."""

    envelopes: Envelopes
    charges: tuple[EnvelopeCharge, ...]
    reasons: tuple[Reason, ...] = ()


def reserve(envelopes: Envelopes, claim: Reservation) -> ReservationResult:
    """Let a claim in whole, or put it whole in its place in the list [ENV-03].

    It waits when an exercise has too little left, or when any grant that waits needs one of its
    exercises, whatever their decision dates.
    """
    if reasons := _obstacles(envelopes, claim):
        waiting = tuple(sorted((*envelopes.waiting, claim), key=_place))
        return ReservationResult(envelopes.with_changes(waiting=waiting), (), reasons)
    admitted = _with_status(envelopes, claim)
    return ReservationResult(_with_reserved(envelopes, admitted.charges), admitted.charges)


def supersedes(envelopes: Envelopes, exercise: int, allotment: Allotment) -> bool:
    """Whether an allotment is later than the one that counts so far."""
    known = envelopes.line(exercise).allotment
    return known is None or (known.time, known.id) < (allotment.time, allotment.id)


def allot(envelopes: Envelopes, exercise: int, allotment: Allotment) -> Envelopes:
    """Set the total of an exercise; on a raise, serve the list.

    A cut takes nothing back and lets nothing in, a first total only limits what was not.
    """
    before = envelopes.line(exercise)
    after = envelopes.with_line(before.with_changes(allotment=allotment))
    raised = before.allotment and before.allotment.amount < allotment.amount
    return serve_waiting(after) if raised else after


def serve_waiting(envelopes: Envelopes) -> Envelopes:
    """Let in what fits, in the order of the list.

    A claim that still waits holds back those behind it that need one of its exercises.
    """
    still: list[Reservation] = []
    let_in: list[Reservation] = []
    held: frozenset[int] = frozenset()
    for claim in envelopes.waiting:
        if held & claim.exercises or not _fits(envelopes, claim):
            held |= claim.exercises
            still.append(claim)
        else:
            let_in.append(_with_status(envelopes, claim))
            envelopes = _with_reserved(envelopes, claim.charges)
    if not let_in:
        return envelopes
    return envelopes.with_changes(
        waiting=tuple(still),
        released=(*envelopes.released, *let_in),
        releases=envelopes.releases + 1,
    )


def withdraw(envelopes: Envelopes, key: str) -> Envelopes:
    """Take a grant that was never told out of the list, then serve those behind it.

    One that was let in already gives back what it was counted for.
    """
    return serve_waiting(_without(envelopes, key))


def replace(envelopes: Envelopes, claim: Reservation) -> Envelopes:
    """Give a grant that was never told other charges, then serve the list.

    In the list it keeps its place. Let in already it stays in: an amendment only reduces.
    """
    if any(each.key == claim.key for each in envelopes.released):
        lower = _with_status(envelopes, claim)
        without = _without(envelopes, claim.key)
        counted = _with_reserved(without, lower.charges)
        return serve_waiting(counted.with_changes(released=(*counted.released, lower)))
    others = (each for each in envelopes.waiting if each.key != claim.key)
    return serve_waiting(
        envelopes.with_changes(waiting=tuple(sorted((*others, claim), key=_place)))
    )


def mark_announced(envelopes: Envelopes, keys: Iterable[str]) -> Envelopes:
    """Return the envelopes once these released grants are granted."""
    done = frozenset(keys)
    left = tuple(claim for claim in envelopes.released if claim.key not in done)
    return envelopes.with_changes(released=left)


def continue_release(before: Envelopes, after: Envelopes) -> tuple[EnvelopeReleaseContinued, ...]:
    """Return the message that starts to tell what was let in between; none if nothing was."""
    if after.releases == before.releases:
        return ()
    return (EnvelopeReleaseContinued(caf=after.caf, release=after.releases, page=1),)


def _without(envelopes: Envelopes, key: str) -> Envelopes:
    """Drop a claim, and what it was counted for."""
    for claim in envelopes.released:
        if claim.key == key:
            back = (charge.with_changes(amount=-charge.amount) for charge in claim.charges)
            return mark_announced(_with_reserved(envelopes, back), (key,))
    return envelopes.with_changes(waiting=tuple(c for c in envelopes.waiting if c.key != key))


def _fits(envelopes: Envelopes, claim: Reservation) -> bool:
    return not any(_lacking(envelopes, charge) for charge in claim.charges)


def _lacking(envelopes: Envelopes, charge: EnvelopeCharge) -> bool:
    left = envelopes.line(charge.exercise).left
    return left is not None and charge.amount > left


def _with_status(envelopes: Envelopes, claim: Reservation) -> Reservation:
    """Say of each charge whether an allotment limits it."""
    charges = (
        charge.with_changes(
            status="reserved" if envelopes.line(charge.exercise).allotment else "unchecked"
        )
        for charge in claim.charges
    )
    return claim.with_changes(charges=tuple(charges))


def _with_reserved(envelopes: Envelopes, charges: Iterable[EnvelopeCharge]) -> Envelopes:
    for charge in charges:
        line = envelopes.line(charge.exercise)
        envelopes = envelopes.with_line(line.with_changes(granted=line.granted + charge.amount))
    return envelopes


def _obstacles(envelopes: Envelopes, claim: Reservation) -> tuple[Reason, ...]:
    reasons = (
        reason
        for charge in claim.charges
        for reason in (_too_little(envelopes, charge), _others_wait(envelopes, charge))
    )
    return tuple(reason for reason in reasons if reason)


def _too_little(envelopes: Envelopes, charge: EnvelopeCharge) -> Reason | None:
    left = envelopes.line(charge.exercise).left
    if left is None or charge.amount <= left:
        return None
    state = f"il reste {euros(left)}" if left >= ZERO else f"elle est dépassée de {euros(-left)}"
    return Reason(
        rule="ENV-03",
        message=f"Enveloppe {charge.exercise} de la Caf {envelopes.caf} : {state}, "
        f"il faut {euros(charge.amount)}.",
    )


def _others_wait(envelopes: Envelopes, charge: EnvelopeCharge) -> Reason | None:
    before = sum(charge.exercise in each.exercises for each in envelopes.waiting)
    if not before:
        return None
    who = f"{before} dossiers attendent" if before > 1 else "un dossier attend"
    return Reason(
        rule="ENV-03",
        message=f"Enveloppe {charge.exercise} de la Caf {envelopes.caf} : {who} déjà ; "
        "celui-ci prend rang dans la liste, par date de décision.",
    )


def _exercise(line: BudgetLine) -> int:
    return line.exercise


def _place(claim: Reservation) -> tuple[date, str, str]:
    return claim.place

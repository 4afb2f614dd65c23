"""What a closing posts for one grant: accrual and commitment at N, the reversal at N + 1.

What was settled before the closing is accrued too, since the service was due at 31 December,
and released on the first day that is open again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.accounting.domain.books import Booking, Books, RunningClosing, booking_of
from services.accounting.domain.chart import Parameters
from services.accounting.domain.entries import Entry, EntryHeader, build_entry
from services.accounting.domain.explanations import (
    explain_accrual,
    explain_commitment,
    explain_reversal,
)
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.grants import Grant
from services.accounting.domain.movements import Movement, credit, debit
from shared.contracts.accounting import EntryKind
from shared.contracts.common import Cause
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import OutgoingEvent, StateRef
from shared.kernel.money import ZERO
from shared.kernel.rules import Step

PERIODS: dict[EntryKind, int] = {"accrual": 13, "commitment": 13, "commitment_reversal": 12}


@dataclass(frozen=True, slots=True)
class ClosedGrant:
    """A grant as the running closing leaves it, the entries that this took and their events.

    The events answer the closing, whoever posts the entries.
    """

    grant: Grant
    entries: tuple[Entry, ...] = ()
    events: tuple[OutgoingEvent, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class _ClosingContext:
    """The running closing as it meets one grant."""

    closing: RunningClosing
    books: Books
    parameters: Parameters


def close_grant(grant: Grant, books: Books, parameters: Parameters) -> ClosedGrant | None:
    """Post what the running closing still owes to a grant.

    None when there is nothing to do: no closing runs, it has passed the grant already, or it
    does not concern it. A grant of which only advances or controls are known has no parts yet:
    when what is due becomes known, it is late.
    """
    running = books.running
    if running is None:
        return None
    run = _ClosingContext(running, books, parameters)
    if grant.start_year == running.year and grant.year_end == "ahead" and grant.due:
        # Once the next exercise is closed, nothing could reverse a commitment in it any more.
        commits = books.exercise(running.year + 1).status != "closed"
        due = grant.due if commits else grant.due.with_changes(part_n1=ZERO)
        return _close_part_n(grant, due, run)
    if grant.start_year + 1 == running.year and grant.commitment_left:
        return _reverse_commitment(grant, run)
    return None


def _close_part_n(grant: Grant, due: Parts, run: _ClosingContext) -> ClosedGrant:
    """Accrue part N net of its advances [CPT-06] and commit part N + 1 [CPT-07…10]."""
    advances = grant.advanced_in(run.closing.year)
    accrued, committed = max(due.part_n - advances, ZERO), due.part_n1
    entries = (
        *_draw_up("accrual", grant, _accrual(grant, accrued, run), run),
        *_draw_up("commitment", grant, _commitment(grant, committed, run), run),
        *_draw_up("accrual_release", grant, _release(grant, accrued, run), run),
    )
    passed = grant.with_changes(
        year_end="passed", accrued=accrued, committed=committed, commitment_left=committed
    )
    steps = (
        explain_accrual(grant.dossier_id, due.part_n, advances, accrued),
        explain_commitment(grant.dossier_id, committed),
    )
    return ClosedGrant(passed, entries, _events(grant, entries, run), steps)


def _reverse_commitment(grant: Grant, run: _ClosingContext) -> ClosedGrant:
    """Undo the commitment in month 12 of the exercise after [CPT-11]."""
    amount = grant.commitment_left
    undone = [each.opposite for each in _commitment(grant, amount, run)]
    entries = _draw_up("commitment_reversal", grant, undone, run)
    steps = (explain_reversal(grant.dossier_id, amount),)
    passed = grant.with_changes(commitment_left=ZERO)
    return ClosedGrant(passed, entries, _events(grant, entries, run), steps)


def _accrual(grant: Grant, amount: Decimal, run: _ClosingContext) -> tuple[Movement, ...]:
    chart, year = run.parameters.chart_of(grant.school_year), run.closing.year
    return (
        debit(chart.expense(origin=year, booking=year), amount, origin=year),
        credit(chart.accrued_expense, amount),
    )


def _release(grant: Grant, amount: Decimal, run: _ClosingContext) -> tuple[Movement, ...]:
    """End the accrual of what was settled already; otherwise it waits for the balance."""
    if grant.settlement is None:
        return ()
    chart, year = run.parameters.chart_of(grant.school_year), run.closing.year
    booked = _booking("accrual_release", run).exercise
    return (
        debit(chart.accrued_expense, amount),
        credit(chart.expense(origin=year, booking=booked), amount, origin=year),
    )


def _commitment(grant: Grant, amount: Decimal, run: _ClosingContext) -> tuple[Movement, ...]:
    chart = run.parameters.chart_of(grant.school_year)
    return (debit(chart.commitment_contra, amount), credit(chart.commitment, amount))


def _booking(kind: EntryKind, run: _ClosingContext) -> Booking:
    """Return the period that the closing's own entries have, and for the release the next day."""
    last_day = date(run.closing.year, 12, 31)
    if kind == "accrual_release":
        return booking_of(last_day, run.books)
    return Booking(run.closing.year, PERIODS[kind], last_day)


def _draw_up(
    kind: EntryKind, grant: Grant, movements: Iterable[Movement], run: _ClosingContext
) -> tuple[Entry, ...]:
    cause = Cause(id=run.closing.origin.request, type=BY_NAME["ExerciseClosed"].type)
    return build_entry(
        EntryHeader(kind, cause, _booking(kind, run)), grant, movements, run.parameters
    )


def _events(
    grant: Grant, entries: Iterable[Entry], run: _ClosingContext
) -> tuple[OutgoingEvent, ...]:
    about = StateRef(Grant, grant.key)
    return tuple(
        OutgoingEvent(each.posted, origin=run.closing.origin, about=about) for each in entries
    )

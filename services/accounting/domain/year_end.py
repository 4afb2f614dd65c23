"""What a closing posts for one grant: accrual and commitment at N, the reversal at N + 1."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.accounting.domain.books import Booking, Books, RunningClosing
from services.accounting.domain.chart import Parameters
from services.accounting.domain.entries import Entry, Movement, Voucher, credit, debit, draw_up
from services.accounting.domain.grants import Grant, Parts
from shared.contracts.accounting import EntryKind
from shared.contracts.common import Cause
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import Emit, Ref
from shared.kernel.money import ZERO, total

PERIODS: dict[EntryKind, int] = {"accrual": 13, "commitment": 13, "commitment_reversal": 12}


@dataclass(frozen=True, slots=True)
class Passed:
    """A grant as the running closing leaves it, the entries that this took and their events.

    The events answer the closing, whoever posts the entries.
    """

    grant: Grant
    entries: tuple[Entry, ...] = ()
    events: tuple[Emit, ...] = ()


def pass_grant(grant: Grant, books: Books, parameters: Parameters) -> Passed | None:
    """Post what the running closing still owes to a grant.

    None when there is nothing to do: no closing runs, it has passed the grant already, or it
    does not concern it. A grant known by an advance only has no parts yet: when
    `FundingGranted` comes, it is late.
    """
    running = books.running
    if running is None:
        return None
    if grant.start_year == running.year and grant.year_end == "ahead" and grant.parts:
        # Once the next exercise is closed, nothing could reverse a commitment in it any more.
        commits = books.exercise(running.year + 1).status != "closed"
        due = grant.parts if commits else grant.parts.but(part_n1=ZERO)
        return _close_part_n(grant, due, running, parameters)
    if grant.start_year + 1 == running.year and grant.commitment_left:
        return _reverse_commitment(grant, running, parameters)
    return None


def _close_part_n(
    grant: Grant, due: Parts, running: RunningClosing, parameters: Parameters
) -> Passed:
    """Accrue part N net of its advances [CPT-06] and commit part N + 1 [CPT-07…10]."""
    chart, year = parameters.chart_of(grant.school_year), running.year
    accrued, committed = max(due.part_n - _advanced(grant, year), ZERO), due.part_n1
    accrual = (
        debit(chart.expense(origin=year, booking=year), accrued, origin=year),
        credit(chart.accrued_expense, accrued),
    )
    commitment = (debit(chart.commitment_contra, committed), credit(chart.commitment, committed))
    passed = grant.but(
        year_end="passed",
        accrued=accrued,
        accrual_left=accrued,
        committed=committed,
        commitment_left=committed,
    )
    entries = (
        *_draw_up("accrual", grant, running, accrual, parameters),
        *_draw_up("commitment", grant, running, commitment, parameters),
    )
    return Passed(passed, entries, _events(grant, entries, running))


def _reverse_commitment(grant: Grant, running: RunningClosing, parameters: Parameters) -> Passed:
    """Undo the commitment in month 12 of the exercise after [CPT-11]."""
    chart, amount = parameters.chart_of(grant.school_year), grant.commitment_left
    reversal = (debit(chart.commitment, amount), credit(chart.commitment_contra, amount))
    entries = _draw_up("commitment_reversal", grant, running, reversal, parameters)
    return Passed(grant.but(commitment_left=ZERO), entries, _events(grant, entries, running))


def _advanced(grant: Grant, year: int) -> Decimal:
    """Return the advances for this exercise that it booked itself, in euros."""
    return total(each.amount for each in grant.advances if each.origin == each.booked == year)


def _draw_up(
    kind: EntryKind,
    grant: Grant,
    running: RunningClosing,
    movements: Iterable[Movement],
    parameters: Parameters,
) -> tuple[Entry, ...]:
    cause = Cause(id=running.origin.request, type=BY_NAME["ExerciseClosed"].type)
    booking = Booking(running.year, PERIODS[kind], date(running.year, 12, 31))
    return draw_up(Voucher(kind, cause, booking), grant, movements, parameters)


def _events(grant: Grant, entries: Iterable[Entry], running: RunningClosing) -> tuple[Emit, ...]:
    about = Ref(Grant, grant.key)
    return tuple(Emit(entry.posted, origin=running.origin, about=about) for entry in entries)

"""Closing entries of one grant: accrual and commitment at N, reversal of the latter at N + 1.

A grant settled before the closing is accrued too, since the service was due at 31 December;
its accrual is released on the first open day after it.
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
from shared.kernel.decision import Finding, OutgoingEvent, StateRef
from shared.kernel.money import ZERO

PERIODS: dict[EntryKind, int] = {"accrual": 13, "commitment": 13, "commitment_reversal": 12}


@dataclass(frozen=True, slots=True)
class ClosedGrant:
    """A grant after its closing entries, with these entries, their events and findings.

    The events answer the closing, whoever posts the entries.
    """

    grant: Grant
    entries: tuple[Entry, ...] = ()
    events: tuple[OutgoingEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _ClosingContext:
    """The running closing, the books and the parameters."""

    closing: RunningClosing
    books: Books
    parameters: Parameters


def close_grant(grant: Grant, books: Books, parameters: Parameters) -> ClosedGrant | None:
    """Return a grant with the closing entries that are still to be posted for it.

    None when there is nothing to do: no closing runs, the entries are posted already, or the
    closing does not concern the grant. A grant with only advances or adjustments has no parts
    yet: when its parts are recorded, it is late.
    """
    running = books.running
    if running is None:
        return None
    context = _ClosingContext(running, books, parameters)
    if grant.start_year == running.year and grant.year_end == "ahead" and grant.due:
        # A commitment could not be reversed in the next exercise once that is closed.
        commits = books.exercise(running.year + 1).status != "closed"
        due = grant.due if commits else grant.due.with_changes(part_n1=ZERO)
        return _close_part_n(grant, due, context)
    if grant.start_year + 1 == running.year and grant.commitment_left:
        return _reverse_commitment(grant, context)
    return None


def _close_part_n(grant: Grant, due: Parts, context: _ClosingContext) -> ClosedGrant:
    """Accrue part N net of its advances [CPT-06] and commit part N + 1 [CPT-07…10]."""
    advances = grant.advanced_in(context.closing.year)
    accrued, committed = max(due.part_n - advances, ZERO), due.part_n1
    entries = (
        *_build("accrual", grant, _accrual(grant, accrued, context), context),
        *_build("commitment", grant, _commitment(grant, committed, context), context),
        *_build("accrual_release", grant, _release(grant, accrued, context), context),
    )
    closed = grant.with_changes(
        year_end="passed", accrued=accrued, committed=committed, commitment_left=committed
    )
    findings = (
        explain_accrual(grant.dossier_id, due.part_n, advances, accrued),
        explain_commitment(grant.dossier_id, committed),
    )
    return ClosedGrant(closed, entries, _events(grant, entries, context), findings)


def _reverse_commitment(grant: Grant, context: _ClosingContext) -> ClosedGrant:
    """Reverse the commitment in month 12 of the next exercise [CPT-11]."""
    amount = grant.commitment_left
    reversed_ = [movement.opposite for movement in _commitment(grant, amount, context)]
    entries = _build("commitment_reversal", grant, reversed_, context)
    findings = (explain_reversal(grant.dossier_id, amount),)
    closed = grant.with_changes(commitment_left=ZERO)
    return ClosedGrant(closed, entries, _events(grant, entries, context), findings)


def _accrual(grant: Grant, amount: Decimal, context: _ClosingContext) -> tuple[Movement, ...]:
    chart, year = context.parameters.chart_of(grant.school_year), context.closing.year
    return (
        debit(chart.expense(origin=year, booking=year), amount, origin=year),
        credit(chart.accrued_expense, amount),
    )


def _release(grant: Grant, amount: Decimal, context: _ClosingContext) -> tuple[Movement, ...]:
    """Release the accrual of a settled grant; otherwise the balance does."""
    if grant.settlement is None:
        return ()
    chart, year = context.parameters.chart_of(grant.school_year), context.closing.year
    booked = _booking("accrual_release", context).exercise
    return (
        debit(chart.accrued_expense, amount),
        credit(chart.expense(origin=year, booking=booked), amount, origin=year),
    )


def _commitment(grant: Grant, amount: Decimal, context: _ClosingContext) -> tuple[Movement, ...]:
    chart = context.parameters.chart_of(grant.school_year)
    return (debit(chart.commitment_contra, amount), credit(chart.commitment, amount))


def _booking(kind: EntryKind, context: _ClosingContext) -> Booking:
    """Return the booking of a closing entry; a release is booked on the next open day."""
    last_day = date(context.closing.year, 12, 31)
    if kind == "accrual_release":
        return booking_of(last_day, context.books)
    return Booking(context.closing.year, PERIODS[kind], last_day)


def _build(
    kind: EntryKind, grant: Grant, movements: Iterable[Movement], context: _ClosingContext
) -> tuple[Entry, ...]:
    cause = Cause(id=context.closing.origin.request, type=BY_NAME["ExerciseClosed"].type)
    return build_entry(
        EntryHeader(kind, cause, _booking(kind, context)), grant, movements, context.parameters
    )


def _events(
    grant: Grant, entries: Iterable[Entry], context: _ClosingContext
) -> tuple[OutgoingEvent, ...]:
    about = StateRef(Grant, grant.key)
    return tuple(
        OutgoingEvent(entry.posted, origin=context.closing.origin, about=about) for entry in entries
    )

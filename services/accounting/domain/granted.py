"""Grants and advances as funding publishes them, in whatever order they arrive."""

from collections.abc import Iterable
from decimal import Decimal

from services.accounting.domain.books import Booking, Books, booking_of, books_of
from services.accounting.domain.chart import Parameters
from services.accounting.domain.entries import Movement, Voucher, credit, debit, draw_up
from services.accounting.domain.grants import (
    Advance,
    Grant,
    Parts,
    grant_key,
    grant_of,
)
from services.accounting.domain.year_end import Passed, pass_grant
from shared.contracts.common import Cause
from shared.contracts.funding import AdvanceGranted, FundingGranted
from shared.kernel.decision import SILENT, Decision, Known, Message, Ref, State
from shared.kernel.money import ZERO


def reads_grant(
    message: Message[FundingGranted | AdvanceGranted],
    known: Known,  # noqa: ARG001 - every `reads` has this shape
) -> Iterable[Ref[State]]:
    """Name the books of the Caf and the grant."""
    return (Ref(Books, message.data.caf), Ref(Grant, grant_key(message.data)))


def learn_grant(
    message: Message[FundingGranted],
    known: Known,
    parameters: Parameters,  # noqa: ARG001 - every decision has this shape
) -> Decision:
    """Remember what is due. Nothing is booked before an advance or a closing.

    A grant whose start year is closing or closed is late: it gets neither accrual nor
    commitment, even where an advance had come before it.
    """
    data = message.data
    books, grant = books_of(known, data.caf), grant_of(known, data)
    if grant.parts is not None:
        return SILENT
    learnt = grant.but(
        gestionnaire=data.gestionnaire,
        parts=Parts(part_n=data.part_n, part_n1=data.part_n1),
        year_end="ahead" if books.is_open(grant.start_year) else "missed",
    )
    return Decision(states=(learnt, *_changed(books, books.activated(grant.start_year))))


def book_advance(
    message: Message[AdvanceGranted], known: Known, parameters: Parameters
) -> Decision:
    """Book an advance; a late one uses up the accrual first.

    An advance proves its grant, so it makes the start year active even before the grant is
    known. What the running closing still owes to the grant is posted first, as the closing
    would have posted it.
    """
    data = message.data
    books, grant = books_of(known, data.caf), grant_of(known, data)
    if any(each.order_id == data.order_id for each in grant.advances):
        return SILENT
    passed = pass_grant(grant, books, parameters) or Passed(grant)
    booking = booking_of(data.ordered_on, books)
    used = min(data.amount, _accrual_for(data.exercise, passed.grant))
    voucher = Voucher("advance", Cause(id=message.id, type=message.type), booking)
    entries = draw_up(voucher, data, _movements(data, booking, used, parameters), parameters)
    booked = passed.grant.but(accrual_left=passed.grant.accrual_left - used).with_advance(
        Advance(
            order_id=data.order_id,
            origin=data.exercise,
            booked=booking.exercise,
            amount=data.amount,
        )
    )
    active = books.activated(booked.start_year, *(entry.exercise for entry in entries))
    return Decision(
        states=(booked, *passed.entries, *entries, *_changed(books, active)),
        events=(*passed.events, *(entry.posted for entry in entries)),
    )


def _accrual_for(exercise: int, grant: Grant) -> Decimal:
    """Return what is left of the accrual for this origin, in euros: only part N has one."""
    return grant.accrual_left if exercise == grant.start_year else ZERO


def _movements(
    data: AdvanceGranted, booking: Booking, used: Decimal, parameters: Parameters
) -> tuple[Movement, ...]:
    chart, origin = parameters.chart_of(data.school_year), data.exercise
    return (
        debit(chart.accrued_expense, used),
        debit(chart.expense(origin, booking.exercise), data.amount - used, origin),
        credit(chart.third_party, data.amount),
    )


def _changed(before: Books, after: Books) -> tuple[Books, ...]:
    """Return the books only when they changed: whoever writes them restarts the others."""
    return () if after is before else (after,)

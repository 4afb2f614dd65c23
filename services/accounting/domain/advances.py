"""Advances, and those taken back: the opposite entry, never a deletion."""

from services.accounting.domain.books import Booking
from services.accounting.domain.chart import Parameters
from services.accounting.domain.explanations import explain_dues
from services.accounting.domain.grant_values import Advance, Reversal
from services.accounting.domain.grants import Grant
from services.accounting.domain.movements import Due, movements_of
from services.accounting.domain.posting import load_context, post_entry
from shared.contracts.funding import AdvanceGranted, AdvanceReversed
from shared.kernel.decision import NO_CHANGE, Decision, Message, States


def book_advance(
    message: Message[AdvanceGranted], states: States, parameters: Parameters
) -> Decision:
    """Book an advance; a late one uses up the accrual first.

    One that was taken back before it came uses nothing: its entry undoes the opposite one.
    """
    met, data = load_context(message, states, parameters), message.data
    grant, booking = met.grant, met.booking(data.ordered_on)
    if any(each.order_id == data.order_id for each in grant.advances):
        return NO_CHANGE
    advanced = grant.with_advance(_advance(data, grant, booking))
    due = Due(data.exercise, data.amount, accrued=grant.accrual_left - advanced.accrual_left)
    movements = movements_of((due,), met.chart, booking.exercise)
    steps = explain_dues((due,), booking.exercise)
    return post_entry(met, advanced, ("advance", booking), movements, steps)


def reverse_advance(
    message: Message[AdvanceReversed], states: States, parameters: Parameters
) -> Decision:
    """Take an advance back: each of its movements on the other side.

    What it had used of the accrual comes back, unless other late advances use it now or the
    grant is settled. It may come before its advance.
    """
    met, data = load_context(message, states, parameters), message.data
    grant, booking = met.grant, met.booking(data.reversed_on)
    if any(each.order_id == data.order_id for each in grant.reversals):
        return NO_CHANGE
    reversal = Reversal(order_id=data.order_id, booked=booking.exercise, amount=data.amount)
    reversed_ = grant.with_reversal(reversal)
    due = Due(data.exercise, data.amount, accrued=reversed_.accrual_left - grant.accrual_left)
    movements = [each.opposite for each in movements_of((due,), met.chart, booking.exercise)]
    steps = explain_dues((due.opposite,), booking.exercise)
    return post_entry(met, reversed_, ("advance_reversal", booking), movements, steps)


def _advance(data: AdvanceGranted, grant: Grant, booking: Booking) -> Advance:
    return Advance(
        order_id=data.order_id,
        origin=data.exercise,
        booked=booking.exercise,
        amount=data.amount,
        late=grant.year_end == "passed" and data.exercise == grant.start_year,
    )

"""Handlers of advances and of their reversals, booked as opposite entries."""

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
    """Book an advance; a late one is charged to the accrual first.

    An advance whose reversal was handled before it uses no accrual: the two entries cancel out.
    """
    context, data = load_context(message, states, parameters), message.data
    grant, booking = context.grant, context.booking(data.ordered_on)
    if any(advance.order_id == data.order_id for advance in grant.advances):
        return NO_CHANGE
    advanced = grant.with_advance(_advance(data, grant, booking))
    due = Due(data.exercise, data.amount, accrued=grant.accrual_left - advanced.accrual_left)
    movements = movements_of((due,), context.chart, booking.exercise)
    findings = explain_dues((due,), booking.exercise)
    return post_entry(context, advanced, context.header("advance", booking), movements, findings)


def reverse_advance(
    message: Message[AdvanceReversed], states: States, parameters: Parameters
) -> Decision:
    """Reverse an advance: each of its movements on the opposite side.

    The accrual that it used is available again, unless other late advances use it now or the
    grant is settled. The reversal may be handled before its advance.
    """
    context, data = load_context(message, states, parameters), message.data
    grant, booking = context.grant, context.booking(data.reversed_on)
    if any(movement.order_id == data.order_id for movement in grant.reversals):
        return NO_CHANGE
    reversal = Reversal(order_id=data.order_id, booked=booking.exercise, amount=data.amount)
    reversed_ = grant.with_reversal(reversal)
    due = Due(data.exercise, data.amount, accrued=reversed_.accrual_left - grant.accrual_left)
    movements = [
        movement.opposite for movement in movements_of((due,), context.chart, booking.exercise)
    ]
    findings = explain_dues((due.opposite,), booking.exercise)
    return post_entry(
        context, reversed_, context.header("advance_reversal", booking), movements, findings
    )


def _advance(data: AdvanceGranted, grant: Grant, booking: Booking) -> Advance:
    return Advance(
        order_id=data.order_id,
        origin=data.exercise,
        booked=booking.exercise,
        amount=data.amount,
        late=grant.year_end == "passed" and data.exercise == grant.start_year,
    )

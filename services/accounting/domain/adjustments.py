"""Handler of adjustments: a rappel is an expense, an indu reverses one, by origin."""

from services.accounting.domain.chart import Parameters
from services.accounting.domain.explanations import explain_dues
from services.accounting.domain.grant_values import Adjustment
from services.accounting.domain.movements import Due, movements_of
from services.accounting.domain.posting import load_context, post_entry
from shared.contracts.funding import AdjustmentDecided
from shared.kernel.decision import NO_CHANGE, Decision, Message, States


def book_adjustment(
    message: Message[AdjustmentDecided], states: States, parameters: Parameters
) -> Decision:
    """Book the difference of each origin in one entry, even where they add up to zero.

    It does not depend on the balance that it corrects, which may be handled later.
    """
    context, data = load_context(message, states, parameters), message.data
    if any(adjustment.control_id == data.control_id for adjustment in context.grant.adjustments):
        return NO_CHANGE
    booking = context.booking(data.decided_on)
    adjusted = context.grant.with_adjustment(
        Adjustment(control_id=data.control_id, amount=data.amount)
    )
    dues = tuple(Due(adjustment.exercise, adjustment.amount) for adjustment in data.by_origin)
    movements = movements_of(dues, context.chart, booking.exercise)
    findings = explain_dues(dues, booking.exercise)
    return post_entry(context, adjusted, context.header("adjustment", booking), movements, findings)

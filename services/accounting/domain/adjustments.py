"""What a control changes: a rappel is an expense, an indu takes one back, by origin."""

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
    """Book the difference of each origin in one entry, even where they add up to nothing.

    It stands by itself: the balance that it corrects may still be on its way here.
    """
    met, data = load_context(message, states, parameters), message.data
    if any(each.control_id == data.control_id for each in met.grant.adjustments):
        return NO_CHANGE
    booking = met.booking(data.decided_on)
    adjusted = met.grant.with_adjustment(Adjustment(control_id=data.control_id, amount=data.amount))
    dues = tuple(Due(each.exercise, each.amount) for each in data.by_origin)
    movements = movements_of(dues, met.chart, booking.exercise)
    steps = explain_dues(dues, booking.exercise)
    return post_entry(met, adjusted, ("adjustment", booking), movements, steps)

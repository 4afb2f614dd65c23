"""The balance of a school year, and its cancellation: a balance in which everything is zero."""

from collections.abc import Iterable
from datetime import date

from services.accounting.domain.chart import Parameters
from services.accounting.domain.explanations import explain_dues, explain_result
from services.accounting.domain.grant_values import Settlement
from services.accounting.domain.grants import Grant
from services.accounting.domain.movements import Due, movements_of
from services.accounting.domain.posting import PostingContext, load_context, post_entry
from shared.contracts.accounting import EntryKind
from shared.contracts.common import Payee
from shared.contracts.funding import BalanceSettled, FundingCancelled
from shared.kernel.decision import NO_CHANGE, Decision, Message, States
from shared.kernel.money import ZERO

NOTHING = Settlement(part_n=ZERO, part_n1=ZERO, bonus=ZERO)


def settle_balance(
    message: Message[BalanceSettled], states: States, parameters: Parameters
) -> Decision:
    """Book what was due in the end, less the advances, by origin [CPT-05]."""
    met, data = load_context(message, states, parameters), message.data
    final = Settlement(part_n=data.final_part_n, part_n1=data.final_part_n1, bonus=data.final_bonus)
    return _settle(met, "balance", data.settled_on, final)


def cancel_funding(
    message: Message[FundingCancelled], states: States, parameters: Parameters
) -> Decision:
    """End the accrual and ask the advances back: nothing was due."""
    met = load_context(message, states, parameters)
    return _settle(met, "cancellation", message.data.cancelled_on, NOTHING)


def _settle(met: PostingContext, kind: EntryKind, day: date, final: Settlement) -> Decision:
    """Settle a grant once, whatever is known of it; what is left of its accrual ends.

    The advances are those that the event names: some may still be on their way here.
    """
    grant, data = met.grant, met.message.data
    if grant.settlement is not None:
        return NO_CHANGE
    due_n, due_n1 = final.part_n, final.part_n1 + final.bonus
    dues = (
        Due(grant.start_year, due_n - data.advances_n, accrued=grant.accrual_left),
        Due(grant.start_year + 1, due_n1 - data.advances_n1),
    )
    booking = met.booking(_bookable(day, dues))
    steps = (
        explain_result(dues[0], due_n, data.advances_n),
        explain_result(dues[1], due_n1, data.advances_n1),
        *explain_dues(dues, booking.exercise),
    )
    movements = movements_of(dues, met.chart, booking.exercise)
    return post_entry(met, _settled(met, final), (kind, booking), movements, steps)


def _bookable(day: date, dues: Iterable[Due]) -> date:
    """Return the day, or the first of the latest exercise in which something moves.

    A right may be cancelled with a date before its last advances; no exercise takes the expense
    of one to come.
    """
    return max([day, *(date(due.origin, 1, 1) for due in dues if due.expense)])


def _settled(met: PostingContext, final: Settlement) -> Grant:
    grant = met.grant
    payee: Payee = met.message.data.gestionnaire if grant.due is None else grant.gestionnaire
    return grant.with_changes(
        gestionnaire=payee,
        settlement=final,
        year_end="missed" if met.is_late() else grant.year_end,
    )

"""Handlers of the balance of a school year, and of its cancellation: a balance of zero."""

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

NOTHING_DUE = Settlement(part_n=ZERO, part_n1=ZERO, bonus=ZERO)


def settle_balance(
    message: Message[BalanceSettled], states: States, parameters: Parameters
) -> Decision:
    """Book the final amounts due less the advances, by origin [CPT-05]."""
    context, data = load_context(message, states, parameters), message.data
    final = Settlement(part_n=data.final_part_n, part_n1=data.final_part_n1, bonus=data.final_bonus)
    return _settle(context, "balance", data.settled_on, final)


def cancel_funding(
    message: Message[FundingCancelled], states: States, parameters: Parameters
) -> Decision:
    """Release the accrual and book the advances as to be recovered: nothing is due."""
    context = load_context(message, states, parameters)
    return _settle(context, "cancellation", message.data.cancelled_on, NOTHING_DUE)


def _settle(context: PostingContext, kind: EntryKind, day: date, final: Settlement) -> Decision:
    """Settle a grant once, and release the rest of its accrual.

    The advances are those that the event names: some of them may be handled later.
    """
    grant, data = context.grant, context.message.data
    if grant.settlement is not None:
        return NO_CHANGE
    due_n, due_n1 = final.part_n, final.part_n1 + final.bonus
    dues = (
        Due(grant.start_year, due_n - data.advances_n, accrued=grant.accrual_left),
        Due(grant.start_year + 1, due_n1 - data.advances_n1),
    )
    booking = context.booking(_bookable(day, dues))
    findings = (
        explain_result(dues[0], due_n, data.advances_n),
        explain_result(dues[1], due_n1, data.advances_n1),
        *explain_dues(dues, booking.exercise),
    )
    movements = movements_of(dues, context.chart, booking.exercise)
    return post_entry(
        context, _settled(context, final), context.header(kind, booking), movements, findings
    )


def _bookable(day: date, dues: Iterable[Due]) -> date:
    """Return the day, or the first day of the latest origin with an expense if that is later.

    A grant may be cancelled with a date before its last advances; an expense is never booked
    before its origin.
    """
    return max([day, *(date(due.origin, 1, 1) for due in dues if due.expense)])


def _settled(context: PostingContext, final: Settlement) -> Grant:
    grant = context.grant
    payee: Payee = context.message.data.gestionnaire if grant.due is None else grant.gestionnaire
    return grant.with_changes(
        gestionnaire=payee,
        settlement=final,
        year_end="missed" if context.is_late() else grant.year_end,
    )

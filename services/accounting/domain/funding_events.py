"""Handlers of grants and their amendments, in whatever order they arrive.

They book nothing: entries start with an advance, a closing or the balance. An amendment after
the closing of the start year books nothing either: the balance settles the difference.
"""

from services.accounting.domain.chart import Parameters
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.posting import PostingContext, load_context, store_grant
from shared.contracts.funding import FundingAmended, FundingGranted
from shared.kernel.decision import NO_CHANGE, Decision, Message, States

RANK_OF_GRANT = 0


def record_grant(
    message: Message[FundingGranted], states: States, parameters: Parameters
) -> Decision:
    """Record the amounts due, unless an amendment was handled before.

    A grant whose start year is closing or closed is late: it gets neither accrual nor
    commitment, even where an advance was handled before it.
    """
    return _remember(load_context(message, states, parameters), message.data, RANK_OF_GRANT)


def record_amendment(
    message: Message[FundingAmended], states: States, parameters: Parameters
) -> Decision:
    """Record the amounts due after an amendment; the highest rank counts."""
    return _remember(load_context(message, states, parameters), message.data, message.data.rank)


def _remember(context: PostingContext, data: FundingGranted, rank: int) -> Decision:
    grant = context.grant
    if grant.parts is not None and grant.rank >= rank:
        return NO_CHANGE
    return store_grant(
        context,
        grant.with_changes(
            gestionnaire=data.gestionnaire,
            parts=Parts(part_n=data.part_n, part_n1=data.part_n1),
            rank=rank,
            year_end="missed" if context.is_late() else grant.year_end,
        ),
    )

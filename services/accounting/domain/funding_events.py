"""What is due as funding forecasts it: the grant and its amendments, in whatever order they come.

Nothing is booked before an advance, a closing or the balance. An amendment after the closing of
the start year books nothing either: the balance settles the rest.
"""

from services.accounting.domain.chart import Parameters
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.posting import PostingContext, load_context, remember_grant
from shared.contracts.funding import FundingAmended, FundingGranted
from shared.kernel.decision import NO_CHANGE, Decision, Message, States

GRANT_ITSELF = 0


def record_grant(
    message: Message[FundingGranted], states: States, parameters: Parameters
) -> Decision:
    """Remember what is due, unless an amendment told it already.

    A grant whose start year is closing or closed is late: it gets neither accrual nor
    commitment, even where an advance had come before it.
    """
    return _learn(load_context(message, states, parameters), message.data, GRANT_ITSELF)


def record_amendment(
    message: Message[FundingAmended], states: States, parameters: Parameters
) -> Decision:
    """Remember what is due after an amendment; of several the highest rank counts."""
    return _learn(load_context(message, states, parameters), message.data, message.data.rank)


def _learn(met: PostingContext, data: FundingGranted, rank: int) -> Decision:
    grant = met.grant
    if grant.parts is not None and grant.rank >= rank:
        return NO_CHANGE
    return remember_grant(
        met,
        grant.with_changes(
            gestionnaire=data.gestionnaire,
            parts=Parts(part_n=data.part_n, part_n1=data.part_n1),
            rank=rank,
            year_end="missed" if met.is_late() else grant.year_end,
        ),
    )

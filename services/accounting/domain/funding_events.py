"""What is due as funding forecasts it: the grant and its amendments, in whatever order they come.

Nothing is booked before an advance, a closing or the balance. An amendment after the closing of
the start year books nothing either: the balance settles the rest.
"""

from services.accounting.domain.chart import Parameters
from services.accounting.domain.grant_values import Parts
from services.accounting.domain.posting import Met, learnt, meet
from shared.contracts.funding import FundingAmended, FundingGranted
from shared.kernel.decision import SILENT, Decision, Known, Message

GRANT_ITSELF = 0


def learn_grant(message: Message[FundingGranted], known: Known, parameters: Parameters) -> Decision:
    """Remember what is due, unless an amendment told it already.

    A grant whose start year is closing or closed is late: it gets neither accrual nor
    commitment, even where an advance had come before it.
    """
    return _learn(meet(message, known, parameters), message.data, GRANT_ITSELF)


def learn_amendment(
    message: Message[FundingAmended], known: Known, parameters: Parameters
) -> Decision:
    """Remember what is due after an amendment; of several the highest rank counts."""
    return _learn(meet(message, known, parameters), message.data, message.data.rank)


def _learn(met: Met, data: FundingGranted, rank: int) -> Decision:
    grant = met.grant
    if grant.parts is not None and grant.rank >= rank:
        return SILENT
    return learnt(
        met,
        grant.but(
            gestionnaire=data.gestionnaire,
            parts=Parts(part_n=data.part_n, part_n1=data.part_n1),
            rank=rank,
            year_end="missed" if met.is_late() else grant.year_end,
        ),
    )

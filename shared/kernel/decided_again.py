"""Messages of the release before that are decided again, since a state now keeps more of them.

Each is decided as if it came again: its states get a next version, with a receipt. The record has
the instant of the first one, so that a migration which was interrupted ends as any other.
"""

from collections.abc import AsyncIterable

from shared.contracts.envelope import decode
from shared.kernel.clock import Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.messages import (
    DECIDED_AGAIN,
    InboundMessage,
    IncomingMessage,
    MessageRecord,
)
from shared.kernel.ports import Store
from shared.kernel.service import Service
from shared.kernel.unit_of_work import UnitOfWork


async def decide_again(
    records: AsyncIterable[MessageRecord], service: Service, store: Store
) -> None:
    """Decide the messages of these records again, in order, one by one; doing it again is safe.

    Raises:
        StoreError: when the store does not answer.
    """
    crash_points = CrashPoints(service.name)
    async for record in records:
        work = UnitOfWork(service, store, "migration", _clock_at(record), crash_points)
        await work.commit([_inbound(record)])


def _clock_at(record: MessageRecord) -> Clock:
    return Clock(now=lambda: record.handled_at)


def _inbound(record: MessageRecord) -> InboundMessage:
    assert record.body is not None, f"{record.key}: a message that was decided has its body"
    return InboundMessage(
        IncomingMessage(record.body, record.routing_key),
        record.key._replace(replay=DECIDED_AGAIN),
        record.sha256,
        event=decode(record.body),
    )

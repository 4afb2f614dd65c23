"""Records of messages, and units of work that write them."""

from datetime import UTC, datetime

from shared.kernel.messages import (
    DEVELOPMENT,
    InboxKey,
    MessageRecord,
    OutboxBatch,
    OutgoingMessage,
    outbox_batch,
)
from shared.kernel.ports import Store
from shared.kernel.position import position_of

WORKER = "w"


def key(event_id: str) -> InboxKey:
    return InboxKey(DEVELOPMENT, "/elan", event_id)


def record(event_id: str, *outputs: str, body: bytes = b"{}") -> MessageRecord:
    return MessageRecord(
        key=key(event_id),
        sha256=f"hash of {event_id}",
        size=len(body),
        body=body,
        routing_key="DossierSubmitted.v1.761",
        handled_at=datetime.now(UTC),
        position=position_of(datetime.now(UTC)),
        outcome="decided",
        dossier_ids=(event_id,),
        outputs=tuple(
            OutgoingMessage(o, "DossierReceived.v1.761", b"[1]", subject=event_id) for o in outputs
        ),
    )


async def put_records(store: Store, *records: MessageRecord) -> OutboxBatch:
    """Write records in one unit of work; return their batch of the outbox."""
    async with store.transaction() as transaction:
        await transaction.write([], records, WORKER)
    batch = outbox_batch(records)
    assert batch
    return batch

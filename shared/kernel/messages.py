"""Messages on their way through a service: as they come, as they are handled, as they go out."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.envelope import Envelope, InvalidMessageError
from shared.contracts.registry import BY_TYPE, EventSpec

FORM = 2
"""The form of stored documents and receipts; documents of release 0.3.0, form 1, have no number."""
DEVELOPMENT = "development"
"""The principal of every message, as long as the broker does not name one."""
AMQP_ID_BYTES_MAX = 255
LEGACY = "legacy"
"""The principal of records that were written before there were principals."""
DECIDED_AGAIN = -1
"""The replay number of a message that `clas migrate` decided again: no redrive has it."""


def amqp_id(text: str | None) -> str | None:
    """Return the text if AMQP can carry it as the id of a message: 255 bytes at most."""
    return text if text and len(text.encode()) <= AMQP_ID_BYTES_MAX else None


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message as it came, before anything was read. `tag` belongs to the bus.

    `redriven`: it came through the exchange of redrives, with its first routing key.
    """

    body: bytes
    routing_key: str
    message_id: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    redelivered: bool = False
    tag: Any = None
    redriven: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to publish: to the events exchange, or to `queue` when it is a dead letter."""

    id: str
    routing_key: str
    body: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)
    queue: str | None = None
    subject: str | None = None


class InboxKey(NamedTuple):
    """The idempotency key of a message: who sent it, source and id, number of its redrive.

    A message that is not valid has no source; its id is `sha256:` and the hash of its body.
    """

    principal: str
    source: str
    id: str
    replay: int = 0

    @property
    def legacy(self) -> "InboxKey":
        """The key that a record of this message has if it is older than principals."""
        return self._replace(principal=LEGACY)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of a decision: what it read and what came of it, as one JSON document.

    `hash` is the SHA-256 of the content, in hexadecimal.
    """

    content: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One message handled: inbox, outbox and archive at once. Never expires.

    `body` is None for a body over the bound: only its size and hash are kept.
    `outcome` is `decided`, `refused` (not valid) or `poison`; what is decided has a receipt, the
    others have a `reason`. `handled_at` counts whole milliseconds, as the store does. `position`
    orders records: microseconds since 1970 at handling, strictly increasing for each worker.
    """

    key: InboxKey
    sha256: str
    size: int
    body: bytes | None
    routing_key: str
    handled_at: datetime
    position: int
    outcome: str
    type: str | None = None
    caf: str | None = None
    dossier_ids: tuple[str, ...] = ()
    outputs: tuple[OutgoingMessage, ...] = ()
    reason: str | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class OutboxBatch:
    """The records of one unit of work that wait to be published: the outbox has one entry for all.

    `id` is the key of the first of them as it was written. `unreadable` names records that this
    release cannot read: they stay in the outbox.
    """

    id: InboxKey
    records: tuple[MessageRecord, ...]
    unreadable: tuple[InboxKey, ...] = ()

    def left(self, unpublished: AbstractSet[InboxKey]) -> tuple[InboxKey, ...]:
        """Return the keys that stay in the outbox while some records are not published."""
        keys = (record.key for record in self.records)
        return (*(key for key in keys if key in unpublished), *self.unreadable)


def outbox_batch(records: Iterable[MessageRecord]) -> OutboxBatch | None:
    """Return the batch of the records of one unit of work, None when they publish nothing."""
    waiting = tuple(record for record in records if record.outputs)
    return OutboxBatch(waiting[0].key, waiting) if waiting else None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A delivery with its idempotency key and either its event or its fault."""

    delivery: IncomingMessage
    key: InboxKey
    sha256: str
    event: Envelope | None = None
    fault: InvalidMessageError | None = None

    @property
    def spec(self) -> EventSpec:
        """The registry's row of the event."""
        assert self.event is not None
        return BY_TYPE[self.event.type]


def invalid_message(
    delivery: IncomingMessage, digest: str, replay: int, fault: InvalidMessageError
) -> InboundMessage:
    """Return a message that can never be decided; the hash of its bytes is its id."""
    key = InboxKey(DEVELOPMENT, "", f"sha256:{digest}", replay)
    return InboundMessage(delivery, key, digest, fault=fault)

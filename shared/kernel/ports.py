"""The two ports of the kernel: a bus that delivers and publishes, a store that commits.

Each has an in-process adapter and a real one; one contract suite runs on both.

    KernelError
    ├── StoreError
    │   ├── ConflictError               another unit of work was faster: decide again
    │   ├── ContentRejectedError        the store rejects this content for good
    │   │   └── PreconditionFailedError another document does not allow it to be written
    │   └── StoreUnavailableError       no answer, or an unknown one: wait and try again
    ├── StoreFormError                  the documents have another form: migrate them
    └── BrokerUnavailableError          the broker does not answer
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson

from shared.kernel.decision import State, WritePrecondition
from shared.kernel.personal import NO_FIELDS, PersonalFields

S = TypeVar("S", bound=State)
FORM = 2
"""The form of stored documents and receipts; documents of release 0.3.0, form 1, have no number."""
DEVELOPMENT = "development"
"""The principal of every message, as long as the broker does not name one."""
LEGACY = "legacy"
"""The principal of records that were written before there were principals."""


class KernelError(Exception):
    """The root of what the ports raise."""


class StoreError(KernelError):
    """The store did not commit."""


class ConflictError(StoreError):
    """Another unit of work wrote what this one read or wrote: start again."""


class ContentRejectedError(StoreError):
    """The store refuses the content for good (too large, not representable)."""


class PreconditionFailedError(ContentRejectedError):
    """A write precondition does not hold: what the document belongs to is closed."""


class StoreUnavailableError(StoreError):
    """The store is not there, or the result of a commit is unknown."""


class StoreFormError(KernelError):
    """The documents of a store have another form than this release reads and writes."""


class SnapshotExpiredError(KernelError):
    """The store does not keep that moment any more: reading took too long."""


class BrokerUnavailableError(KernelError):
    """The broker is not there."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message as it came, before anything was read. `tag` belongs to the bus."""

    body: bytes
    routing_key: str
    message_id: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    redelivered: bool = False
    tag: Any = None


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
class Change:
    """One document to write: an insert when `before` is 0, else a guarded replacement.

    `precondition` names another document that must allow it, as this transaction sees it.
    `personal` are the fields of the document that the store keeps apart.
    """

    collection: str
    id: str
    before: int
    after: int
    document: dict[str, Any]
    precondition: WritePrecondition | None = None
    personal: PersonalFields = field(default_factory=lambda: NO_FIELDS)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document as it was read."""

    id: str
    version: int
    document: dict[str, Any]

    def read(self, model: type[S]) -> S:
        """Return the document as the state that it is.

        Raises:
            pydantic.ValidationError: when it does not have its form (any more).
        """
        return model.model_validate_json(orjson.dumps(self.document))


@dataclass(frozen=True, slots=True)
class Selection:
    """A page of documents: equalities or tuples of allowed values, in the order of `order`."""

    collection: str
    where: tuple[tuple[str, Any], ...]
    order: tuple[str, ...]
    after: tuple[Any, ...]
    limit: int


class SharedAccess(NamedTuple):
    """What a unit of work did with shared states; see `Transaction.write`."""

    worker: str
    read: bool
    wrote: bool


class Transaction(Protocol):
    """A snapshot of the store and the writes that commit together at the end."""

    async def already_handled(self, keys: Sequence[InboxKey]) -> dict[InboxKey, str]:
        """Return the body's hash of each message that was handled before, also as a legacy one."""
        ...

    async def find(self, collection: str, ids: Sequence[str]) -> list[StoredDocument]:
        """Return the documents that exist among `ids`."""
        ...

    async def page(self, selection: Selection) -> list[StoredDocument]:
        """Return a page of documents."""
        ...

    async def write(
        self, changes: Sequence[Change], records: Sequence[MessageRecord], access: SharedAccess
    ) -> None:
        """Write documents and records.

        A unit that only read shared states marks its worker's read lock (a document of
        `fences`); one that wrote a shared state deletes every lock. So the two conflict, although
        one of them only read. The document of a precondition counts as such a read.

        Raises:
            PreconditionFailedError: a precondition does not hold; nothing is written.
        """
        ...


class Store(Protocol):
    """A service's own database. Every method may raise StoreUnavailableError."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commit at the end of the block; nothing is left of a block that raised."""
        ...

    async def mark_published(self, keys: Sequence[InboxKey], token: str | None = None) -> int:
        """Mark records as published (under a lease: only while it holds); count them."""
        ...

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[MessageRecord]:
        """Lease records that wait longer than `grace` to be published, by the store's clock."""
        ...

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        ...

    async def page(self, selection: Selection) -> list[StoredDocument]:
        """Return a page of documents as committed, outside of any transaction."""
        ...

    async def count(self, selection: Selection) -> int:
        """Count the documents of a page and all behind it: the limit does not count."""
        ...

    async def ping(self) -> None:
        """Answer, or raise StoreUnavailableError."""
        ...


class Bus(Protocol):
    """A service's queue and its way to publish."""

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for messages, then for at most `linger` more; none after `stop_receiving`."""
        ...

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries. One batch is in hand at a time and all of it is settled."""
        ...

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[bool]:
        """Publish with confirms; True where the broker took the message and routed it."""
        ...

    async def stop_receiving(self) -> None:
        """Take no more; what was prefetched and not taken goes back when the bus closes."""
        ...

"""The two ports of the kernel: a bus that delivers and publishes, a store that commits.

Each has an in-process adapter and a real one; one contract suite runs on both.

    KernelError
    ├── StoreError
    │   ├── ConflictError               another unit of work was faster: decide again
    │   ├── ContentRejectedError        the store rejects this content for good
    │   │   └── PreconditionFailedError another document does not allow it to be written
    │   ├── StoreUnavailableError       no answer, or an unknown one: wait and try again
    │   └── UnexpectedStoreError        an error that no table knows: suspect, alone and counted
    ├── StoreFormError                  the documents have another form: migrate them
    ├── SnapshotExpiredError            the store does not keep that moment any more
    └── BrokerUnavailableError          the broker does not answer
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.messages import (
    InboxKey,
    IncomingMessage,
    MessageRecord,
    OutboxBatch,
    OutgoingMessage,
)

S = TypeVar("S", bound=State)


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


class UnexpectedStoreError(StoreError):
    """The store failed in a way that may be the fault of one message, or of the store."""


class StoreFormError(KernelError):
    """The documents of a store have another form than this release reads and writes."""


class SnapshotExpiredError(KernelError):
    """The store does not keep that moment any more: reading took too long."""


class BrokerUnavailableError(KernelError):
    """The broker is not there."""


class Transaction(Protocol):
    """A snapshot of the store and the writes that commit together at the end."""

    async def already_handled(self, keys: Sequence[InboxKey]) -> dict[InboxKey, str]:
        """Return the body's hash of each message that was handled before, also as a legacy one."""
        ...

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of a message that was handled before, also of a legacy one.

        Raises:
            ValueError: the record has another form.
        """
        ...

    async def find(self, model: type[S], keys: Sequence[str]) -> list[StoredState[S]]:
        """Return the states that exist among `keys`."""
        ...

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states."""
        ...

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        """Write states and records; those with outputs are one batch of the outbox.

        A unit that only read shared states marks its worker's read lock (a document of
        `fences`); one that wrote a shared state deletes every lock. So the two conflict, although
        one of them only read. A precondition counts as such a read.

        Raises:
            PreconditionFailedError: a precondition does not hold; nothing is written.
        """
        ...


class Store(Protocol):
    """A service's own database. Every method may raise a StoreError."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commit at the end of the block; nothing is left of a block that raised."""
        ...

    async def mark_published(
        self,
        batches: Sequence[OutboxBatch],
        unpublished: AbstractSet[InboxKey] = frozenset(),
        token: str | None = None,
    ) -> int:
        """Mark the records of batches as published, all but `unpublished`; count the batches.

        Under a lease only while it holds. What two publishers left of one batch may be published
        twice, never lost: the later mark is the one that counts.
        """
        ...

    async def lease_unpublished(
        self, *, most: int, grace: timedelta, lease: timedelta, token: str
    ) -> list[OutboxBatch]:
        """Lease batches that wait longer than `grace`, by the store's clock, the oldest first.

        As many as make up `most` records, at least one; `token` is a new one. A record that cannot
        be read is logged; a batch without any other is left out.
        """
        ...

    async def count_unpublished(self) -> int:
        """Count the records that wait to be published."""
        ...

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest record waits to be published, None when there is none."""
        ...

    async def page(self, query: Query[S]) -> list[StoredState[S]]:
        """Return a page of states as committed, outside of any transaction."""
        ...

    async def count(self, query: Query[Any]) -> int:
        """Count the states of a page and all behind it: the limit does not count."""
        ...

    async def count_attempt(self, message: str) -> int:
        """Count one more attempt, durably, and return how many there are.

        `message` is a key taken before anything of the message was read.
        """
        ...

    async def forget_attempts(self, messages: Sequence[str]) -> None:
        """Forget the attempts of messages that did not end their process.

        They were settled, or met a conflict or an outage.
        """
        ...

    async def ping(self) -> None:
        """Answer, or raise StoreUnavailableError."""
        ...


class Published(StrEnum):
    """What became of a message that was published."""

    CONFIRMED = "confirmed"
    """The broker has it, in at least one queue."""
    RETURNED = "returned"
    """No queue takes it, the broker refuses it, or AMQP cannot carry it.

    It is tried again, in vain until somebody repairs the cause.
    """
    UNKNOWN = "unknown"
    """No answer in time, or no broker: it may have arrived."""


class Bus(Protocol):
    """A service's queue and its way to publish.

    It consumes from `consume` until `pause`, also across lost connections and channels: after each
    loss one message at a time, since what was lost comes again with a higher delivery count.
    """

    @property
    def one_at_a_time(self) -> bool:
        """Whether at most one message is in hand; true after each loss and `pause`."""
        ...

    async def consume(self, *, one_at_a_time: bool) -> None:
        """Consume, with at most one unsettled message or up to `prefetch`; gives nothing back."""
        ...

    async def pause(self) -> None:
        """Stop consuming and give back every message that is not settled: nothing is in hand."""
        ...

    async def receive(
        self, *, most: int, bytes_most: int, linger: timedelta
    ) -> list[IncomingMessage]:
        """Wait for messages, then for at most `linger` more; none after `stop_receiving`."""
        ...

    async def ack(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries, and no others; one whose connection was lost comes again."""
        ...

    async def reject(self, deliveries: Sequence[IncomingMessage]) -> None:
        """Settle deliveries as dead letters of the broker, which moves them as they are."""
        ...

    async def publish(self, outgoing: Sequence[OutgoingMessage]) -> list[Published]:
        """Publish with confirms; never raises for a broker that is away."""
        ...

    async def stop_receiving(self) -> None:
        """Take no more; what was prefetched and not taken goes back when the bus closes."""
        ...

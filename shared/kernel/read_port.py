"""The read port: the records and states of one service, read and never written.

Two adapters, one in process and one on MongoDB, pass the same contract tests.

A filter (`where`) names fields of a state, `_id` for its key and dots for nested fields, and the
value of each, or one operator: `{"$in": [...]}`, `{"$ne": value}`, `{"$lte": value}`. A field that
is absent equals None.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode, routing_key
from shared.kernel.decision import State, StoredState
from shared.kernel.messages import InboxKey, MessageRecord

S = TypeVar("S", bound=State)
Where = Mapping[str, Any]


class StoredOutput(NamedTuple):
    """An event that a service published: the record that has its bytes, and what it is about.

    `position` is that of the record, `sha256` the hash of the bytes.
    """

    record: InboxKey
    position: int
    id: str
    routing_key: str
    sha256: str
    dossier_id: str | None


class Reads(Protocol):
    """One service's records and states. Every method may raise StoreError."""

    async def record(self, key: InboxKey) -> MessageRecord | None:
        """Return the record of one message, None while it was not handled."""
        ...

    async def handled(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, of messages that were handled, also as legacy ones."""
        ...

    async def recorded(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        """Return the keys, among these, that have a record under any redrive number.

        `handled` looks for the very number of each key.
        """
        ...

    def outputs(self, *, since: datetime | None = None) -> AsyncIterator[StoredOutput]:
        """Yield the events in all records, or in those handled since then, by position."""
        ...

    def records(
        self, *, caf: str | None = None, dossier_id: str | None = None
    ) -> AsyncIterator[MessageRecord]:
        """Yield the records of decisions, of one Caf or dossier, ordered by position."""
        ...

    async def count_records(self, *, caf: str | None = None, dossier_id: str | None = None) -> int:
        """Count what `records` yields."""
        ...

    async def records_of_dossier(self, dossier_id: str) -> list[MessageRecord]:
        """Return the records about a dossier, oldest first.

        A record may be about many dossiers: outputs about others are left out.
        """
        ...

    async def events_of_caf(self, caf: str, keys: Sequence[str]) -> list[bytes]:
        """Return the events of a Caf under these routing keys, received or published, in order.

        They stand in records of the Caf, and in those of none: a bareme concerns every Caf.
        """
        ...

    async def events_of_dossiers(
        self, dossier_ids: AbstractSet[str], keys: Sequence[str]
    ) -> list[bytes]:
        """Return such events in the records of decisions about these dossiers.

        A record may be about many dossiers: events about others are not left out.
        """
        ...

    async def state(self, model: type[S], key: str) -> S | None:
        """Return one state, None when it does not exist."""
        ...

    async def states(self, model: type[S], where: Where, order: Sequence[str] = ()) -> list[S]:
        """Return all states that a filter selects, in the order of some fields, then of keys."""
        ...

    def stream(
        self, model: type[S], where: Where, order: Sequence[str] = ()
    ) -> AsyncIterator[StoredState[S]]:
        """Yield such states one by one, not parsed: memory does not grow with their number."""
        ...

    async def find_first(self, model: type[S], where: Where, most: int) -> list[StoredState[S]]:
        """Return the first `most` of these states by key."""
        ...

    async def find_by_ids(self, model: type[S], keys: Sequence[str]) -> list[S]:
        """Return the states that exist among these keys."""
        ...

    async def count_states(self, model: type[State], where: Where) -> int:
        """Count the states that a filter selects."""
        ...

    async def distinct(self, model: type[State], field: str, where: Where) -> list[str]:
        """Return the values of a field over these states, sorted."""
        ...

    async def keys(self, model: type[State]) -> list[str]:
        """Return the keys of all states of a model, sorted."""
        ...

    async def count_unpublished(self) -> int:
        """Count the records whose outputs wait to be published."""
        ...

    async def oldest_unpublished(self) -> timedelta | None:
        """Return how long the oldest of them waits, None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """How many states a filter selects, and the first of them by name."""

    count: int = 0
    first: tuple[str, ...] = ()


async def sample(reads: Reads, model: type[State], where: Where, most: int) -> Sample:
    """Count states and name the dossiers of the first `most`: keys are `dossier|school year`.

    Raises:
        StoreError: when the database does not answer.
    """
    first = await reads.find_first(model, where, most)
    dossier_ids = tuple(document.key.partition("|")[0] for document in first)
    return Sample(await reads.count_states(model, where), dossier_ids)


async def events_of_types(
    reads: Reads,
    caf: str,
    models: Sequence[type[WireModel]],
    dossier_ids: AbstractSet[str] | None = None,
) -> tuple[Envelope, ...]:
    """Return the events of these types about one Caf that a service received or published.

    `dossier_ids`: only those about these dossiers; every model has a `dossier_id`.

    Raises:
        StoreError: when the database does not answer.
    """
    keys = [routing_key(model.__name__, caf) for model in models]
    if dossier_ids is None:
        return tuple(decode(body) for body in await reads.events_of_caf(caf, keys))
    events = [decode(body) for body in await reads.events_of_dossiers(dossier_ids, keys)]
    return tuple(e for e in events if getattr(e.data, "dossier_id", None) in dossier_ids)


def bodies_by_routing_key(records: Iterable[MessageRecord], keys: Sequence[str]) -> Iterator[bytes]:
    """Yield the messages under these routing keys that records received or published, in order.

    The records are sorted here: a store cannot merge the order of many ranges of an index.
    """
    for record in sorted(records, key=attrgetter("position")):
        outputs = ((output.routing_key, output.body) for output in record.outputs)
        for key, body in ((record.routing_key, record.body), *outputs):
            if key in keys and body:
                yield body

"""A toy service on the in-process adapters, with injected faults."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from shared.contracts.caf import ConventionSigned
from shared.contracts.funding import ConventionRegistered
from shared.kernel.decision import Decision, Message, Query, State, StateRef, States, StoredState
from shared.kernel.memory import MemoryBroker, MemoryBus, MemoryStore
from shared.kernel.messages import MessageRecord, OutgoingMessage
from shared.kernel.ports import StoreUnavailableError, Transaction
from shared.kernel.service import Handler, Service
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from tests.support import samples
from tests.support.client import LONGEST_S, Event, event, key_of

QUEUE = "clas.funding"
S = TypeVar("S", bound=State)


class Tally(State):
    """How many conventions were counted for one Caf."""

    collection: ClassVar[str] = "tallies"
    caf: str
    count: int = 0
    who: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.caf


def reads(message: Message[ConventionSigned], _states: States) -> Iterable[StateRef[Tally]]:
    yield StateRef(Tally, message.data.caf)


def count(message: Message[ConventionSigned], states: States, _: None) -> Decision:
    """Count; `D-poison` raises unexpectedly, `D-big` exceeds what a store accepts."""
    data = message.data
    if data.dossier_id == "D-poison":
        raise ZeroDivisionError("no rule foresees this")
    tally = states.get(Tally, data.caf) or Tally(caf=data.caf)
    who = 2**63 if data.dossier_id == "D-big" else tally.count + 1
    counted = tally.with_changes(count=who, who=(*tally.who, data.dossier_id))
    registered = ConventionRegistered(caf=data.caf, dossier_id=data.dossier_id)
    return Decision(states=(counted,), events=(registered,))


class DeadError(BaseException):
    """The process of a worker died."""


def kill(message: Message[ConventionSigned], states: States, parameters: None) -> Decision:
    """Count; `D-killer` ends the process."""
    if message.data.dossier_id == "D-killer":
        raise DeadError
    return count(message, states, parameters)


def paging_reads(message: Message[ConventionSigned], _states: States) -> Iterable[Any]:
    yield StateRef(Tally, message.data.caf)
    yield Query(Tally, where=(), limit=10)


TOY = Service(name="funding", handlers=(Handler(ConventionSigned, reads, count),), states=(Tally,))
PAGING = Service(
    name="funding", handlers=(Handler(ConventionSigned, paging_reads, count),), states=(Tally,)
)
KILLING = Service(
    name="funding", handlers=(Handler(ConventionSigned, reads, kill),), states=(Tally,)
)
FAST = Settings(
    linger_ms=2,
    relay_every_s=0.02,
    relay_grace_s=0.5,
    relay_lease_s=0.5,
    publish_timeout_s=0.2,
    pause_s_max=0,
    attempts_after_s=0,
)


class FaultyStore:
    """Raises the next of `faults` at the writes of a transaction; None lets it through.

    `sizes` are the numbers of records written, 0 for a transaction that wrote none. A write without
    records only asks whether the store commits: it has no fault and no size.
    """

    def __init__(self, store: MemoryStore, faults: Sequence[Exception | None] = ()) -> None:
        self.store, self.faults, self.sizes = store, list(faults), list[int]()
        self.finds: list[list[str]] = []
        self.commits = True
        """Whether what a transaction wrote commits; other writes succeed either way."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self.store.transaction() as transaction:
            faulty = _Faulty(transaction, self)
            yield faulty
            if not faulty.wrote:
                self.sizes.append(0)
            elif not self.commits:
                raise StoreUnavailableError("no transactions")


class _Faulty:
    def __init__(self, transaction: Transaction, owner: FaultyStore) -> None:
        self._transaction, self._owner = transaction, owner
        self.wrote = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    async def find(self, model: type[S], keys: Sequence[str]) -> list[StoredState[S]]:
        self._owner.finds.append(list(keys))
        return await self._transaction.find(model, keys)

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        self.wrote = True
        if records:
            self._owner.sizes.append(len(records))
            if self._owner.faults and (fault := self._owner.faults.pop(0)):
                raise fault
        await self._transaction.write(states, records, worker, read_shared=read_shared)


@dataclass
class Bench:
    """One worker of a toy service, its broker and its store."""

    service: Service = TOY
    settings: Settings = FAST
    faults: Sequence[Exception | None] = ()
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    store: FaultyStore = field(init=False)

    def __post_init__(self) -> None:
        self.broker.bindings = {QUEUE: {"ConventionSigned"}}
        self.store = FaultyStore(MemoryStore(), self.faults)

    def send(self, *dossiers: str, **attributes: Any) -> list[Event]:
        """Send one convention per dossier."""
        sent = [convention(dossier, **attributes) for dossier in dossiers]
        for convention_sent in sent:
            body = json.dumps(convention_sent).encode()
            self.publish(body, key_of(convention_sent), convention_sent["id"])
        return sent

    def publish(self, body: bytes, key: str = "ConventionSigned.v1.761", name: str = "m") -> None:
        self.broker.publish(OutgoingMessage(name, key, body))

    def worker(self) -> Worker:
        return Worker(self.service, MemoryBus(self.broker, "funding"), self.store, self.settings)

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Bench"]:
        """Run the worker; on leaving, wait until all is handled, then stop it."""
        worker = self.worker()
        task = asyncio.create_task(worker.run())
        yield self
        await self.wait_until_idle()
        await worker.stop()
        await asyncio.wait_for(task, LONGEST_S)

    @asynccontextmanager
    async def widened(self) -> AsyncIterator["Bench"]:
        """Run the worker; it decided `D-0` and takes several messages at a time."""
        async with self.working():
            self.send("D-0")
            await self.wait_until_idle()
            self.store.sizes.clear()
            yield self

    async def wait_until_idle(self) -> None:
        async with asyncio.timeout(LONGEST_S):
            while not (self.broker.idle() and await self.pending() == 0):
                await asyncio.sleep(0.002)

    async def pending(self) -> int:
        return await self.store.store.count_unpublished()

    def published(self, name: str = "ConventionRegistered") -> list[Event]:
        """Return the events of a type that the service published, in order."""
        events = [json.loads(d.body) for d in self.broker.log if d.routing_key.startswith(name)]
        return [each for each in events if each["source"] == "/clas/funding"]

    def counted(self) -> list[str]:
        """Return the dossiers that were counted, in order."""
        return [who for tally in self.store.store.documents("tallies") for who in tally["who"]]

    def redeliveries(self) -> list[int]:
        """Return how often each message in the queue was given back."""
        return [message.redeliveries for message in self.broker.queues[QUEUE].ready]

    def duplicates(self) -> int:
        """Return how many records stand for a message that was delivered again."""
        return len(self.store.sizes) - len([size for size in self.store.sizes if size])

    def dead_letters(self) -> list[tuple[str, bytes]]:
        """Return reason and body of each dead letter."""
        messages = self.broker.dead_letters("funding")
        return [(str(message.headers["clas-reason"]), message.body) for message in messages]


def convention(dossier: str, caf: str = "761", **attributes: Any) -> Event:
    data = samples.convention(caf=caf, dossier_id=dossier).model_dump(mode="json")
    return event("ConventionSigned", data, **attributes)

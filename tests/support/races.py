"""Race two replicas: one waits between its reads and its writes while the other commits."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shared.contracts.base import WireModel
from shared.kernel.decision import StoredState
from shared.kernel.memory import MemoryBroker, MemoryBus
from shared.kernel.messages import MessageRecord, OutgoingMessage
from shared.kernel.ports import Store, Transaction
from shared.kernel.service import Service
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from tests.support.client import INTERNAL, LONGEST_S, Event, event, key_of, name_of, once

SETTINGS = Settings(linger_ms=0)


class Barrier:
    """A store whose transactions wait, after their reads, until `open` is set."""

    def __init__(self, store: Store) -> None:
        self._store, self.reached, self.open = store, asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._store.transaction() as transaction:
            yield Held(transaction, self)


class Held:
    """A transaction that stops at the barrier before it writes."""

    def __init__(self, transaction: Transaction, barrier: Barrier) -> None:
        self._transaction, self._barrier = transaction, barrier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    async def write(
        self,
        states: Sequence[StoredState[Any]],
        records: Sequence[MessageRecord],
        worker: str,
        *,
        read_shared: bool = False,
    ) -> None:
        self._barrier.reached.set()
        await asyncio.wait_for(self._barrier.open.wait(), LONGEST_S)
        await self._transaction.write(states, records, worker, read_shared=read_shared)


async def feed(service: Service, store: Store, *events: Event) -> list[Event]:
    """Let one replica handle events in turn, with its internal events; return its answers."""
    broker = MemoryBroker()
    queue = f"clas.{service.name}"
    broker.bindings = {queue: broker.bindings[queue]}
    worker = Worker(service, MemoryBus(broker, service.name), store, SETTINGS)
    running = asyncio.create_task(worker.run())
    for sent in events:
        broker.publish(OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode()))
        while not await _idle(broker, store):
            await asyncio.sleep(0.002)
    await worker.stop()
    await running
    assert broker.dead_letters(service.name) == []
    return _published(broker)


async def _idle(broker: MemoryBroker, store: Store) -> bool:
    """Return whether nothing is queued, in hand or unpublished.

    A message is acknowledged before its outputs are published: what is published while the store
    counts may be an event that is not handled yet.
    """
    published = len(broker.log)
    return broker.idle() and not await store.count_unpublished() and len(broker.log) == published


async def race(service: Service, store: Store, held: Event, runner: Event) -> list[Event]:
    """Stop one event between reads and writes while another and its pages are committed."""
    barrier = Barrier(store)
    holding = asyncio.create_task(_first_step(service, barrier, held))
    await asyncio.wait_for(barrier.reached.wait(), LONGEST_S)
    answers = await feed(service, store, runner)
    barrier.open.set()
    late = await holding
    internal = [each for each in late if name_of(each) in INTERNAL]
    return [*answers, *late, *await feed(service, store, *internal)]


async def _first_step(service: Service, store: Any, held: Event) -> list[Event]:
    """Handle one event; internal events are left to `race`."""
    broker = MemoryBroker()
    broker.bindings = {f"clas.{service.name}": {name_of(held)}}
    worker = Worker(service, MemoryBus(broker, service.name), store, SETTINGS)
    running = asyncio.create_task(worker.run())
    broker.publish(OutgoingMessage(held["id"], key_of(held), json.dumps(held).encode()))
    while not broker.idle():
        await asyncio.sleep(0.002)
    await worker.stop()
    await running
    return _published(broker)


def _published(broker: MemoryBroker) -> list[Event]:
    events = once(each.body for each in broker.log)
    return [each for each in events if each["source"] != "/elan/test"]


def sent(data: WireModel, **changes: str) -> Event:
    return event(type(data).__name__, data.model_dump(mode="json"), **changes)


def events_named(events: list[Event], name: str) -> list[Event]:
    return [each for each in events if name_of(each) == name]

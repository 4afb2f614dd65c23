"""One replica has read and not yet written when another goes all its way: nothing is missed.

The barrier holds the first replica between its reads and its writes, until the second one has
committed its event and every page that follows from it. Each pair is tried both ways round.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.base import Wire
from shared.kernel.decision import Service
from shared.kernel.memory import MemoryBroker, MemoryBus, MemoryStore
from shared.kernel.ports import Change, Fence, Outgoing, Record, Store, Transaction
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from shared.mongodb.store import MongoStore, connect
from tests.support import samples
from tests.support.client import INTERNAL, Event, event, key_of, name_of
from tests.support.services import ACCOUNTING, FUNDING, SUBMISSION

TURNS = (0, 1)
SETTINGS = Settings(linger_ms=0)


class Barrier:
    """A store whose first transaction waits, after its reads, until it is let through."""

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
        self, changes: Sequence[Change], records: Sequence[Record], fence: Fence
    ) -> None:
        self._barrier.reached.set()
        await asyncio.wait_for(self._barrier.open.wait(), 10)
        await self._transaction.write(changes, records, fence)


@pytest.fixture(params=["memory", pytest.param("mongodb", marks=pytest.mark.servers)])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield _memory_store
        return
    client = connect(request.getfixturevalue("real_servers").mongo_url)
    made: list[str] = []

    async def mongo_store(service: Service) -> Store:
        made.append(f"race_{uuid.uuid4().hex[:10]}")
        store = MongoStore(client[made[-1]])
        await store.prepare(service.states)
        return store

    yield mongo_store
    for name in made:
        await client.drop_database(name)
    client.close()


async def _memory_store(_: Service) -> Store:
    return MemoryStore()


async def feed(service: Service, store: Store, *events: Event) -> list[Event]:
    """Let one replica handle events in turn, and all it tells itself; return what it said."""
    broker = MemoryBroker()
    queue = f"clas.{service.name}"
    broker.bindings = {queue: broker.bindings[queue]}
    worker = Worker(service, MemoryBus(broker, service.name), store, SETTINGS)
    running = asyncio.create_task(worker.run())
    for sent in events:
        broker.publish(Outgoing(sent["id"], key_of(sent), json.dumps(sent).encode()))
        while not broker.idle() or await store.pending():
            await asyncio.sleep(0.002)
    await worker.stop()
    await running
    assert broker.dead_letters(service.name) == []
    return [json.loads(d.body) for d in broker.log if json.loads(d.body)["source"] != "/elan/test"]


async def race(service: Service, store: Store, held: Event, runner: Event) -> list[Event]:
    """Hold one event between reads and writes while another and its pages go through."""
    barrier = Barrier(store)
    holding = asyncio.create_task(_first_step(service, barrier, held))
    await asyncio.wait_for(barrier.reached.wait(), 10)
    told = await feed(service, store, runner)
    barrier.open.set()
    late = await holding
    internal = [each for each in late if name_of(each) in INTERNAL]
    return [*told, *late, *await feed(service, store, *internal)]


async def _first_step(service: Service, store: Any, held: Event) -> list[Event]:
    """Handle one event; what it tells itself is left to `race`."""
    broker = MemoryBroker()
    broker.bindings = {f"clas.{service.name}": {name_of(held)}}
    worker = Worker(service, MemoryBus(broker, service.name), store, SETTINGS)
    running = asyncio.create_task(worker.run())
    broker.publish(Outgoing(held["id"], key_of(held), json.dumps(held).encode()))
    while not broker.idle():
        await asyncio.sleep(0.002)
    await worker.stop()
    await running
    return [json.loads(d.body) for d in broker.log if json.loads(d.body)["source"] != "/elan/test"]


def sent(data: Wire, **changes: str) -> Event:
    return event(type(data).__name__, data.model_dump(mode="json"), **changes)


def named(told: list[Event], name: str) -> list[Event]:
    return [each for each in told if name_of(each) == name]


@pytest.mark.parametrize("turn", TURNS)
async def test_a_report_and_the_dossier_that_waits_for_it(stores: Any, turn: int) -> None:
    store = await stores(SUBMISSION)
    await feed(SUBMISSION, store, sent(samples.campaign()))
    dossier = sent(samples.dossier(previous_clas=True))
    report = sent(samples.interim_report())

    pair = (dossier, report) if turn % 2 else (report, dossier)
    told = await race(SUBMISSION, store, *pair)

    assert len(named(told, "DossierReceived")) == 1
    assert len(named(told, "InterimReportRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_bareme_and_a_grant_that_waits_for_it(stores: Any, turn: int) -> None:
    store = await stores(FUNDING)
    agrement = sent(samples.agrement(school_year="2026-2027", multi_year_until="2026-2027"))
    bareme = sent(samples.bareme(start_year=2026))

    pair = (agrement, bareme) if turn % 2 else (bareme, agrement)
    told = await race(FUNDING, store, *pair)

    assert len(named(told, "FundingGranted")) == 1
    assert len(named(told, "BaremeRegistered")) == 1


@pytest.mark.parametrize("turn", TURNS)
async def test_a_closing_and_a_new_grant(stores: Any, turn: int) -> None:
    store = await stores(ACCOUNTING)
    await feed(ACCOUNTING, store, sent(_granted("D-1")))
    grant, closing = sent(_granted("D-2")), sent(samples.exercise_closed())

    pair = (grant, closing) if turn % 2 else (closing, grant)
    told = await race(ACCOUNTING, store, *pair)

    accrued = [e["data"]["dossier_id"] for e in named(told, "AccountingEntryPosted")]
    (completed,) = named(told, "ClosingCompleted")
    late = [g for g in await _grants(store) if g["year_end"] == "missed"]
    assert sorted(set(accrued)) == (["D-1"] if late else ["D-1", "D-2"])
    assert completed["data"]["last_sequence"] == len(accrued)


@pytest.mark.parametrize("turn", TURNS)
async def test_a_closing_and_an_advance(stores: Any, turn: int) -> None:
    store = await stores(ACCOUNTING)
    await feed(ACCOUNTING, store, sent(_granted("D-1")))
    advance = sent(samples.advance_granted(dossier_id="D-1", amount="100.00"))
    closing = sent(samples.exercise_closed())

    pair = (advance, closing) if turn % 2 else (closing, advance)
    told = await race(ACCOUNTING, store, *pair)

    entries = [e["data"] for e in named(told, "AccountingEntryPosted")]
    (completed,) = named(told, "ClosingCompleted")
    (paid,) = [e for e in entries if e["kind"] == "advance"]
    (accrual,) = [e for e in entries if e["kind"] == "accrual"]
    booked = {"2025": "1003.30", "2026": "1103.30"}[str(paid["exercise"])]
    assert accrual["lines"][0]["debit"] == booked
    assert completed["data"]["last_sequence"] == sum(e["exercise"] == 2025 for e in entries)
    debits = sum(Decimal(row["debit"]) for row in completed["data"]["trial_balance"])
    assert debits == sum(
        Decimal(line["debit"]) for e in entries if e["exercise"] == 2025 for line in e["lines"]
    )


def _granted(dossier: str) -> Wire:
    return samples.funding_granted(dossier_id=dossier)


async def _grants(store: Store) -> list[dict[str, Any]]:
    async with store.transaction() as transaction:
        found = await transaction.find("grants", ["D-1|2025-2026", "D-2|2025-2026"])
    return [each.document for each in found]

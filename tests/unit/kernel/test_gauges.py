"""What a service shows of long works: what is left of those that run, nothing of the others."""

import asyncio
from dataclasses import replace
from typing import ClassVar

from prometheus_client import generate_latest

from shared.kernel.decision import Query, State, StoredState
from shared.kernel.gauges import refresh_metrics, refresh_metrics_forever
from shared.kernel.memory import MemoryStore
from shared.kernel.service import Gauge, Service
from tests.support.client import LONGEST_S


class Parcel(State):
    """Something that a work goes through, one after the other."""

    collection: ClassVar[str] = "parcels"
    name: str
    work: str

    @property
    def key(self) -> str:
        return self.name


class Work(State):
    """A long work and how far it came."""

    collection: ClassVar[str] = "works"
    work: str
    status: str
    after: str = ""

    @property
    def key(self) -> str:
        return self.work


class UnnamedWork(State):
    """Work A as a model stores it that has no name of a work."""

    collection: ClassVar[str] = "works"
    status: str

    @property
    def key(self) -> str:
        return "A"


def left(work: Work) -> Query[Parcel] | None:
    if work.status == "counted":
        return None
    after = (work.after,) if work.after else ()
    return Query(Parcel, where=(("work", work.work),), limit=1, after=after)


RUNNING = Query(Work, where=(("status", ("runs", "counted")),), limit=10)
LEFT = Gauge("toy_parcels_left", "Parcels left", RUNNING, ("work",), left)
TOY = Service(name="toy", handlers=(), states=(Parcel, Work), gauges=(LEFT,))


def work(key: str, status: str, after: str = "") -> Work:
    return Work(work=key, status=status, after=after)


async def put(store: MemoryStore, *states: State) -> None:
    """Write states, whatever their last version."""
    async with store.transaction() as transaction:
        for state in states:
            before = await transaction.find(type(state), [state.key])
            last = before[0].version if before else 0
            await transaction.write([StoredState.of(state, last + 1, last)], [], "w")


async def store_with(*works: Work) -> MemoryStore:
    """Works A and B have five parcels each, one of A was handled with `after` at `A1`."""
    store = MemoryStore()
    parcels = [Parcel(name=f"{of}{n}", work=of) for of in "AB" for n in range(1, 6)]
    await put(store, *parcels, *works)
    return store


def shown(name: str = "toy_parcels_left") -> list[str]:
    """Return the lines of a gauge in the metrics."""
    lines = generate_latest().decode().splitlines()
    return [line for line in lines if line.startswith(name + "{")]


async def test_each_work_that_runs_shows_what_is_left_behind_its_cursor() -> None:
    store = await store_with(work("A", "runs", after="A1"), work("B", "runs"), work("C", "done"))

    await refresh_metrics(TOY, store)

    assert shown() == ['toy_parcels_left{work="A"} 4.0', 'toy_parcels_left{work="B"} 5.0']


async def test_a_work_that_has_nothing_left_shows_zero_until_it_is_done_and_disappears() -> None:
    store = await store_with(work("A", "counted"))
    await refresh_metrics(TOY, store)
    assert shown() == ['toy_parcels_left{work="A"} 0.0']

    await put(store, work("A", "done"))
    await refresh_metrics(TOY, store)

    assert shown() == []


async def test_a_store_that_is_away_and_a_state_that_cannot_be_read_are_waited_for() -> None:
    store = await store_with(work("A", "runs"))
    await refresh_metrics(TOY, store)
    store.up = False
    showing = asyncio.create_task(refresh_metrics_forever(TOY, store, 0.001))
    await asyncio.sleep(0.02)
    store.up = True
    await put(store, UnnamedWork(status="runs"))
    await asyncio.sleep(0.02)
    assert shown() == ['toy_parcels_left{work="A"} 5.0']

    await put(store, work("A", "runs", after="A4"))
    async with asyncio.timeout(LONGEST_S):
        while shown() != ['toy_parcels_left{work="A"} 1.0']:
            await asyncio.sleep(0.001)
    showing.cancel()


async def test_a_look_is_shown_whole_or_not_at_all() -> None:
    """While the second gauge is queried, the first still has its previous value."""
    meanwhile: list[list[str]] = []

    def second_left(work: Work) -> Query[Parcel] | None:
        meanwhile.append(shown())
        return left(work)

    second = Gauge("toy_parcels_left_too", "Parcels left, again", RUNNING, ("work",), second_left)
    twice = replace(TOY, gauges=(LEFT, second))
    store = await store_with(work("A", "runs"))
    await refresh_metrics(twice, store)

    await put(store, work("A", "runs", after="A4"))
    await refresh_metrics(twice, store)

    assert meanwhile[-1] == ['toy_parcels_left{work="A"} 5.0']
    assert shown() == ['toy_parcels_left{work="A"} 1.0']
    assert shown("toy_parcels_left_too") == ['toy_parcels_left_too{work="A"} 1.0']

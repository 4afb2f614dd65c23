"""What the outbox promises: nothing committed stays unpublished, nothing is sent without need."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.memory import MemoryBus, MemoryStore
from shared.kernel.messages import OutgoingMessage
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import Published
from tests.support.client import until
from tests.unit.kernel.bench import FAST, Bench, FaultyStore

NO_RELAY = FAST.model_copy(update={"relay_every_s": 60.0})


async def test_a_record_that_was_published_in_part_is_published_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refused message has two outputs: its dead letter, and the event that answers it."""
    publish = MemoryBus.publish

    async def publish_the_first(self: MemoryBus, outgoing: Sequence[OutgoingMessage]) -> Any:
        monkeypatch.setattr(MemoryBus, "publish", publish)
        first, *others = outgoing
        return [*await publish(self, [first]), *[Published.UNKNOWN] * len(others)]

    monkeypatch.setattr(MemoryBus, "publish", publish_the_first)
    async with Bench().working() as bench:
        bench.publish(b"not json")

    assert len(bench.published("MessageRefused")) == 1


async def test_what_the_fast_path_has_in_flight_is_not_relayed_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish, attempts = MemoryBus.publish, list[str]()

    async def publish_late(self: MemoryBus, outgoing: Sequence[OutgoingMessage]) -> Any:
        attempts.extend(message.id for message in outgoing)
        await asyncio.sleep(FAST.relay_grace.total_seconds() + 5 * FAST.relay_every_s)
        return await publish(self, outgoing)

    monkeypatch.setattr(MemoryBus, "publish", publish_late)
    async with Bench().working() as bench:
        bench.send("D-1")

    assert attempts == [bench.published()[0]["id"]]


async def test_one_message_that_no_queue_takes_stops_no_other() -> None:
    """The relay does not run here: the others leave on the fast path."""
    async with Bench(settings=NO_RELAY).working() as bench:
        dead_letters = bench.broker.queues.pop("clas.funding.dead-letters")
        bench.publish(b"not json")
        await until(lambda: len(bench.published("MessageRefused")) == 1, what="the refusal")
        bench.send("D-1", "D-2")
        await until(lambda: len(bench.published()) == 2, what="both answers")
        bench.broker.queues["clas.funding.dead-letters"] = dead_letters
        bench.store.store._outbox.clear()


async def test_a_blocked_broker_is_not_asked_again_for_each_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each would wait for its time-out, and hold up what comes behind."""
    publish, published = MemoryBus.publish, list[int]()

    async def take_nothing(_self: MemoryBus, outgoing: Sequence[OutgoingMessage]) -> Any:
        published.append(len(outgoing))
        return [Published.UNKNOWN] * len(outgoing)

    async with Bench(settings=NO_RELAY).working() as bench:
        monkeypatch.setattr(MemoryBus, "publish", take_nothing)
        for rank in range(20):
            bench.send(f"D-{rank}")
            await until(lambda n=rank: len(bench.counted()) > n, what="decided")  # type: ignore[misc]
        monkeypatch.setattr(MemoryBus, "publish", publish)
        bench.store.store._outbox.clear()

    assert len(bench.counted()) == 20
    assert len(published) <= 2


async def test_the_relay_outlives_any_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = MemoryStore.lease_unpublished
    faults: list[Exception] = [ValueError("a record of another form"), KeyError("due")]

    async def lease_with_faults(self: MemoryStore, **options: Any) -> Any:
        if faults:
            raise faults.pop()
        return await lease(self, **options)

    monkeypatch.setattr(MemoryStore, "lease_unpublished", lease_with_faults)
    bench = Bench()
    async with bench.working():
        bench.broker.up = False
        bench.send("D-1")
        await until(lambda: not faults, what="the relay met both faults")
        bench.broker.up = True

    assert bench.counted() == ["D-1"]
    assert len(bench.published()) == 1


async def test_a_service_without_its_relay_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would commit events that never leave, and nobody would notice."""

    async def end(_self: OutboxRelay) -> None:
        raise RuntimeError("the relay ended")

    monkeypatch.setattr(OutboxRelay, "relay", end)
    bench = Bench()
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await bench.worker().run()


async def test_another_replica_s_publication_has_ended_before_the_relay_takes_it() -> None:
    store = MemoryStore()
    settings = FAST.model_copy(update={"publish_timeout_s": 0.4, "relay_grace_s": 0.0})
    bench = Bench(settings=settings)
    bench.store = FaultyStore(store)
    async with bench.working():
        bench.broker.up = False
        bench.send("D-1")
        await until(lambda: bench.counted() == ["D-1"], what="counted")
        await asyncio.sleep(0.1)
        other = await store.lease_unpublished(
            most=10, grace=settings.relay_grace, lease=timedelta(seconds=1), token="other"
        )
        assert other == []
        bench.broker.up = True

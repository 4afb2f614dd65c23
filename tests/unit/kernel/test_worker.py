"""What the loop of a service promises when its servers do not behave."""

import asyncio
import json

import pytest

from shared.kernel.fault_injection import CrashPoints
from shared.kernel.memory import MemoryBus
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.ports import ConflictError, ContentRejectedError, StoreUnavailableError
from shared.kernel.settings import Settings
from shared.kernel.worker import Worker
from shared.observability import metrics
from tests.support.client import LONGEST_S, Event, key_of, until
from tests.unit.kernel.bench import FAST, QUEUE, TOY, Bench, convention


async def test_a_conflict_is_decided_again() -> None:
    async with Bench(faults=[ConflictError("busy"), ConflictError("busy")]).working() as bench:
        bench.send("D-1", "D-2")

    assert bench.counted() == ["D-1", "D-2"]
    assert bench.dead_letters() == []


async def test_a_batch_that_keeps_conflicting_is_halved() -> None:
    async with Bench(faults=[ConflictError("busy")] * 5).working() as bench:
        bench.send("D-1", "D-2", "D-3", "D-4")

    assert bench.counted() == ["D-1", "D-2", "D-3", "D-4"]
    assert bench.store.sizes == [4, 4, 4, 4, 4, 2, 2]


async def test_a_store_that_is_away_is_waited_for_and_nothing_is_given_up() -> None:
    async with Bench(faults=[StoreUnavailableError("gone")] * 3).working() as bench:
        bench.send("D-1")

    assert bench.counted() == ["D-1"]
    assert bench.dead_letters() == []


async def test_a_commit_of_unknown_result_is_settled_by_the_inbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The commit went through, its answer was lost: deciding again finds the record."""
    bench = Bench()
    store = bench.store.store
    answered = store._commit

    def commit_and_lose_the_answer(transaction: object) -> None:
        monkeypatch.setattr(store, "_commit", answered)
        answered(transaction)  # type: ignore[arg-type]
        raise StoreUnavailableError("the answer was lost")

    monkeypatch.setattr(store, "_commit", commit_and_lose_the_answer)
    async with bench.working():
        bench.send("D-1")

    assert bench.counted() == ["D-1"]
    assert len(bench.published()) == 1


async def test_a_single_message_that_the_store_refuses_becomes_a_dead_letter() -> None:
    async with Bench(faults=[ContentRejectedError("no such number")]).working() as bench:
        bench.send("D-1")

    assert bench.counted() == []
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


async def test_a_dead_letter_is_counted_under_its_reason() -> None:
    counter = metrics.REFUSED.labels("funding", "not_json")
    before = counter._value.get()
    async with Bench().working() as bench:
        bench.publish(b"not json")

    assert counter._value.get() == before + 1


async def test_a_broker_that_is_away_leaves_all_to_the_relay() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", "D-2")
        bench.broker.up = False
        await until(lambda: bench.counted() == ["D-1", "D-2"], what="both are counted")
        await asyncio.sleep(0.15)
        assert bench.published() == []
        bench.broker.up = True

    assert [each["data"]["dossier_id"] for each in bench.published()] == ["D-1", "D-2"]


async def test_consuming_goes_on_while_nothing_can_be_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Bench().working() as bench:
        publish = bench.broker.publish
        monkeypatch.setattr(bench.broker, "publish", _nothing_goes_out)
        for rank in range(12):
            publish(_outgoing(convention(f"D-{rank}")))
            await asyncio.sleep(0.01)
        await until(lambda: len(bench.counted()) == 12, what="all are counted")
        monkeypatch.setattr(bench.broker, "publish", publish)

    assert len({each["id"] for each in bench.published()}) == 12


def _nothing_goes_out(_outgoing: OutgoingMessage) -> bool:
    return False


def _outgoing(sent: Event, **headers: int) -> OutgoingMessage:
    return OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode(), headers)


async def test_a_body_over_the_bound_goes_whole_to_the_dead_letters() -> None:
    big = b'{"x": "' + b"x" * 2_000 + b'"}'
    async with Bench(settings=FAST.model_copy(update={"body_bytes_max": 1_000})).working() as bench:
        bench.publish(big)
        bench.send("D-1")

    assert bench.dead_letters() == [("too_large", big)]
    assert bench.counted() == ["D-1"]
    (record,) = [r for r in bench.store.store.records.values() if r.outcome == "refused"]
    assert (record.body, record.size) == (None, len(big))
    assert len(bench.published("MessageRefused")) == 1


async def test_a_dead_letter_too_large_to_record_is_sent_until_it_is_taken() -> None:
    bench = Bench(settings=FAST.model_copy(update={"body_bytes_max": 10}))
    bench.broker.queues.pop("clas.funding.dead-letters")
    async with bench.working():
        bench.publish(b"x" * 11)
        await asyncio.sleep(0.1)
        assert bench.store.store.records == {}
        bench.broker.queues["clas.funding.dead-letters"] = type(bench.broker.queues[QUEUE])()

    assert bench.dead_letters() == [("too_large", b"x" * 11)]


def _came_back(times: int) -> Bench:
    """A bench whose first message was in processing at so many crashes."""
    bench = Bench()
    bench.send("D-1")
    for _ in range(times):
        bus = MemoryBus(bench.broker, "funding")
        bus._next_batch(1, 10_000)
        bus.die()
    return bench


async def test_a_suspect_of_crashes_is_committed_alone() -> None:
    bench = _came_back(3)
    bench.send("D-2", "D-3")
    async with bench.working():
        pass

    assert bench.counted() == ["D-1", "D-2", "D-3"]
    assert bench.store.sizes == [1, 2]


async def test_a_message_that_kills_every_service_ends_in_the_dead_letters() -> None:
    bench = _came_back(20)
    async with bench.working():
        pass

    assert bench.counted() == []
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


async def test_a_forged_count_on_a_first_delivery_counts_for_nothing() -> None:
    bench = Bench()
    bench.broker.publish(_outgoing(convention("D-1"), **{"x-delivery-count": 99}))
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]


async def test_stop_finishes_the_batch_in_hand_and_takes_no_more() -> None:
    bench = Bench(settings=FAST.model_copy(update={"batch_max": 2}))
    bench.send("D-1", "D-2", "D-3", "D-4")
    bus = MemoryBus(bench.broker, "funding")
    worker = Worker(TOY, bus, bench.store, bench.settings)
    running = asyncio.create_task(worker.run())
    while not bench.counted():
        await asyncio.sleep(0)
    await worker.stop()
    await asyncio.wait_for(running, LONGEST_S)

    assert len(bench.counted()) in {2, 4}
    assert bench.broker.depth(QUEUE) == 4 - len(bench.counted())
    assert len(bench.published()) == len(bench.counted())


async def test_a_relay_survives_a_store_that_goes_away() -> None:
    async with Bench().working() as bench:
        bench.store.store.up = False
        await asyncio.sleep(0.08)
        bench.store.store.up = True
        bench.send("D-1")

    assert len(bench.published()) == 1


def test_a_crash_point_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="commited"):
        CrashPoints("funding", "funding.commited")


def test_a_crash_point_kills_its_own_service_at_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    for service, times in (("accounting", 0), ("funding", 1)):
        crash = CrashPoints(service, "funding.committed:2")
        crash("taken")
        crash("committed")
        assert killed == []
        crash("committed")
        assert len(killed) == times


def test_bounds_are_settings_that_the_environment_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAS_PREFETCH", "64")
    monkeypatch.setenv("CLAS_BODY_BYTES_MAX", "2048")
    settings = Settings()
    assert (settings.prefetch, settings.batch_max, settings.body_bytes_max) == (64, 200, 2048)


async def test_a_batch_waits_only_while_there_is_room() -> None:
    bench = Bench()
    bench.send("D-1", "D-2", "D-3")
    bus = MemoryBus(bench.broker, "funding")
    began = asyncio.get_running_loop().time()
    await bus.consume(one_at_a_time=False)
    received = await bus.receive(most=3, bytes_most=10_000, linger=FAST.linger * 30_000)

    assert [isinstance(each, IncomingMessage) for each in received] == [True] * 3
    assert asyncio.get_running_loop().time() - began < 30

"""What the loop of a service promises when its servers do not behave."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import attempt_key
from shared.kernel.memory import MemoryBus
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.outbox_relay import OutboxRelay
from shared.kernel.ports import (
    ConflictError,
    ContentRejectedError,
    StoreUnavailableError,
    UnexpectedStoreError,
)
from shared.kernel.settings import Settings
from shared.kernel.settlement import PUBLISHED_BYTES_MAX
from shared.kernel.worker import Worker
from shared.observability import metrics
from tests.support.client import LONGEST_S, Event, key_of, until
from tests.unit.kernel.bench import FAST, KILLING, QUEUE, TOY, Bench, convention


async def test_a_conflict_is_decided_again() -> None:
    async with Bench(faults=[ConflictError("busy"), ConflictError("busy")]).working() as bench:
        bench.send("D-1", "D-2")

    assert bench.counted() == ["D-1", "D-2"]
    assert bench.dead_letters() == []


async def test_a_batch_that_keeps_conflicting_is_halved() -> None:
    async with Bench().widened() as bench:
        bench.store.faults = [ConflictError("busy")] * 5
        bench.send("D-1", "D-2", "D-3", "D-4")

    assert bench.counted() == ["D-0", "D-1", "D-2", "D-3", "D-4"]
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


async def test_a_body_over_the_bound_holds_up_nothing_while_nothing_can_be_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(settings=FAST.model_copy(update={"body_bytes_max": 1_000}))
    async with bench.working():
        publish = bench.broker.publish
        monkeypatch.setattr(bench.broker, "publish", _nothing_goes_out)
        publish(OutgoingMessage("big", "ConventionSigned.v1.761", b"x" * 1_001))
        publish(_outgoing(convention("D-1")))
        await until(lambda: bench.counted() == ["D-1"], what="the one behind is counted")
        monkeypatch.setattr(bench.broker, "publish", publish)

    (letter,) = bench.broker.dead_letters("funding")
    assert letter.body == b"x" * 1_001
    assert len(bench.published("MessageRefused")) == 1


async def test_a_very_large_body_is_left_to_the_broker() -> None:
    """Publishing it takes long, and a newer broker refuses it."""
    huge = b"x" * (PUBLISHED_BYTES_MAX + 1)
    async with Bench().working() as bench:
        bench.publish(huge)

    (letter,) = bench.broker.dead_letters("funding")
    assert (letter.body, letter.headers.get("clas-reason")) == (huge, None)


def _came_back(times: int, *dossiers: str) -> Bench:
    """A bench whose first messages were in hand at so many crashes."""
    bench = Bench()
    bench.send(*dossiers)
    for _ in range(times):
        bus = MemoryBus(bench.broker, "funding")
        bus._consuming, bus.one_at_a_time = True, False
        bus._next_batch(len(dossiers), 10_000)
        bus.die()
    return bench


async def test_a_suspect_of_crashes_is_committed_alone() -> None:
    bench = _came_back(3, "D-1", "D-2")
    bench.send("D-3", "D-4", "D-5")
    async with bench.working():
        pass

    assert bench.counted() == ["D-1", "D-2", "D-3", "D-4", "D-5"]
    assert bench.store.sizes == [1, 1, 1, 2]


async def test_suspects_among_many_are_set_aside_until_they_are_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They came back from another replica, which takes the batches of this one along."""
    bench, in_hand = Bench(), list[int]()
    count_attempt = bench.store.count_attempt

    async def note_what_is_in_hand(key: str) -> Any:
        in_hand.append(bench.broker.unacknowledged)
        return await count_attempt(key)

    async with bench.widened():
        monkeypatch.setattr(bench.store, "count_attempt", note_what_is_in_hand)
        other = _came_back(3, "D-1", "D-2")
        for message in other.broker.queues[QUEUE].ready:
            bench.broker.queues[QUEUE].put(replace(message, position=message.position + 1_000))
        bench.send("D-3")

    assert sorted(bench.counted()) == ["D-0", "D-1", "D-2", "D-3"]
    assert bench.store.sizes == [1, 1, 1]
    assert in_hand == [1, 1]


async def test_one_message_that_kills_takes_no_other_along() -> None:
    """Three deaths make it a suspect, five more attempts alone make it poison."""
    healthy = [f"D-{rank}" for rank in range(39)]
    bench = Bench()
    bench.send(*healthy[:20], "D-killer", *healthy[20:])
    deaths = 0
    while bench.broker.depth(QUEUE):
        bus = MemoryBus(bench.broker, "funding")
        working = asyncio.create_task(Worker(KILLING, bus, bench.store, FAST).run())
        await asyncio.wait(
            [working, asyncio.ensure_future(bench.wait_until_idle())],
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not working.done():
            working.cancel()
        deaths += working.done()
        await asyncio.gather(working, return_exceptions=True)
        bus.die()

    assert deaths == 8
    assert sorted(bench.counted()) == sorted(healthy)
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


async def test_a_message_that_kills_before_it_is_decoded_ends_in_the_dead_letters() -> None:
    bench = _came_back(3, "D-1")
    bench.store.store._attempts[attempt_key(bench.broker.queues[QUEUE].ready[0].delivery)] = 6
    async with bench.working():
        pass

    assert bench.counted() == []
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]
    (record,) = bench.store.store.records.values()
    assert record.type is None
    assert not bench.store.store._attempts


async def test_a_suspect_is_not_blamed_for_an_outage() -> None:
    """Each attempt ends when the store goes away, and none ends a process."""
    settings = FAST.model_copy(update={"patience_s": 0, "patience_alone_s": 0})
    bench = _came_back(3, "D-1")
    bench.settings = settings
    bench.store.faults = [StoreUnavailableError("gone")] * 16
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]
    assert bench.dead_letters() == []


async def test_a_suspect_is_not_blamed_for_deaths_while_others_hold_its_documents() -> None:
    """A process that died keeps its locks for a while: who waits for them may die of anything."""
    bench = _came_back(3, "D-1")
    for _ in range(8):
        attempts = await _die_while_failing(bench, ConflictError("locked"), times=3)
        bench.store.store._attempts = attempts  # A killed process writes nothing more.
    bench.store.faults = []
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]
    assert bench.dead_letters() == []


async def test_a_suspect_is_not_blamed_for_restarts_while_its_commit_fails() -> None:
    """A graceful stop cancels it after a while: the process ends, and not by the message."""
    bench = _came_back(3, "D-1")
    for _ in range(8):
        await _die_while_failing(bench, StoreUnavailableError("half away"), times=1)
        assert not bench.store.store._attempts
    bench.store.faults = []
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]
    assert bench.dead_letters() == []


async def test_a_suspect_is_not_blamed_where_processes_are_killed_as_they_begin() -> None:
    bench = _came_back(3, "D-1")
    patient = FAST.model_copy(update={"attempts_after_s": 0.2})
    for _ in range(8):
        bus = MemoryBus(bench.broker, "funding")
        working = asyncio.create_task(Worker(TOY, bus, bench.store, patient).run())
        await until(lambda: bench.broker.unacknowledged == 1, what="in hand")
        await asyncio.sleep(0.02)
        assert (bench.counted(), bench.store.store._attempts) == ([], {})
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        bus.die()
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]


async def test_a_suspect_is_not_blamed_for_attempts_whose_counting_has_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, lost = _came_back(3, "D-1"), list(range(8))
    count_attempt = bench.store.count_attempt

    async def count_and_lose_the_answer(key: str) -> Any:
        counted = await count_attempt(key)
        if lost:
            lost.pop()
            raise StoreUnavailableError("no answer")
        return counted

    monkeypatch.setattr(bench.store, "count_attempt", count_and_lose_the_answer, raising=False)
    async with bench.working():
        pass

    assert bench.counted() == ["D-1"]
    assert bench.dead_letters() == []


async def test_a_store_that_takes_the_probe_and_nothing_else_is_asked_ever_more_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each round returns the message, and fifty returns make it a dead letter of the broker."""
    sleeps = list[float]()

    async def note(_worker: Worker, seconds: float) -> None:
        sleeps.append(seconds)

    monkeypatch.setattr(Worker, "_sleep", note)
    patience = {"patience_s": 0, "patience_alone_s": 0, "pause_s_max": 5}
    bench = Bench(settings=FAST.model_copy(update=patience))
    async with bench.working():
        bench.store.faults = [StoreUnavailableError("no role")] * 4
        bench.send("D-1")
        await bench.wait_until_idle()
        bench.store.faults = [StoreUnavailableError("no role")] * 2
        bench.send("D-2")

    assert bench.counted() == ["D-1", "D-2"]
    assert sleeps == [0, 2, 4, 5, 0, 2]


@pytest.mark.parametrize("job", [OutboxRelay.relay, MemoryBus.consume])
async def test_a_cancellation_that_nobody_asked_for_ends_no_job_in_silence(
    job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task group takes no notice of a task that ends by one."""

    async def end(*_arguments: object, **_named: object) -> None:
        raise asyncio.CancelledError

    owner = OutboxRelay if job is OutboxRelay.relay else MemoryBus
    monkeypatch.setattr(owner, job.__name__, end)

    with pytest.raises((ExceptionGroup, asyncio.CancelledError)):
        await asyncio.wait_for(asyncio.shield(Bench().worker().run()), LONGEST_S)


async def test_while_the_store_is_away_no_message_is_in_hand() -> None:
    """An outage, however long, costs a message one delivery, and none its life."""
    bench = Bench(settings=FAST.model_copy(update={"patience_s": 0.01, "patience_alone_s": 0.01}))
    async with bench.widened():
        bench.store.store.up = False
        bench.send("D-1", "D-2")

        await until(lambda: bench.redeliveries() == [1, 1], what="both were given back")
        for _ in range(20):
            await asyncio.sleep(0.01)
            assert bench.broker.unacknowledged == 0
        assert bench.redeliveries() == [1, 1]
        bench.store.store.up = True

    assert sorted(bench.counted()) == ["D-0", "D-1", "D-2"]


async def test_a_store_without_transactions_is_away_whatever_else_it_writes() -> None:
    bench = Bench(settings=FAST.model_copy(update={"patience_s": 0.01, "patience_alone_s": 0.01}))
    async with bench.widened():
        bench.store.commits = False
        bench.send("D-1")
        await until(lambda: bench.redeliveries() == [1], what="it was given back")
        await asyncio.sleep(0.5)
        assert bench.redeliveries() == [1]
        bench.store.commits = True

    assert bench.counted() == ["D-0", "D-1"]


async def test_each_group_is_acknowledged_when_it_is_committed() -> None:
    """What was committed before an outage does not come again after it."""
    bench = Bench(settings=FAST.model_copy(update={"patience_s": 0, "patience_alone_s": 0}))
    async with bench.widened():
        bench.store.faults = [ContentRejectedError("D-2"), None, StoreUnavailableError("gone")]
        bench.send("D-1", "D-2")

    assert bench.counted() == ["D-0", "D-1", "D-2"]
    assert bench.duplicates() == 0


async def test_an_unexpected_error_of_the_store_costs_one_message_five_attempts() -> None:
    async with Bench().widened() as bench:
        bench.store.faults = [UnexpectedStoreError("code 12345")] * 6
        bench.send("D-1", "D-2")

    assert bench.counted() == ["D-0", "D-2"]
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]
    assert not bench.store.store._attempts


async def test_attempts_that_ended_well_are_forgotten() -> None:
    async with Bench().widened() as bench:
        bench.store.faults = [UnexpectedStoreError("code 12345")] * 2
        bench.send("D-1")

    assert bench.counted() == ["D-0", "D-1"]
    assert not bench.store.store._attempts


async def test_an_unexpected_error_that_is_the_store_s_own_condemns_nothing() -> None:
    """Not even a refusal can be recorded: the store is as good as away."""
    settings = FAST.model_copy(update={"attempts_max": 1})
    async with Bench(settings=settings).widened() as bench:
        bench.store.faults = [UnexpectedStoreError("code 20")] * 12
        bench.send("D-1")

    assert bench.counted() == ["D-0", "D-1"]
    assert bench.dead_letters() == []


async def test_a_message_that_conflicts_for_ever_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(settings=FAST.model_copy(update={"conflicts_max": 3}))
    pause, redeliveries = MemoryBus.pause, list[list[int]]()

    async def note_what_is_given_back(bus: MemoryBus) -> None:
        await pause(bus)
        redeliveries.append(bench.redeliveries())

    async with bench.widened():
        monkeypatch.setattr(MemoryBus, "pause", note_what_is_given_back)
        bench.store.faults = [ConflictError("busy")] * 4
        bench.send("D-1")

    assert bench.counted() == ["D-0", "D-1"]
    assert redeliveries == [[1]]


async def test_a_refusal_that_cannot_be_recorded_is_left_to_the_broker() -> None:
    """It must not end the service, each time that it is delivered."""
    async with Bench(faults=[ContentRejectedError("x")] * 2).working() as bench:
        bench.send("D-1")
        bench.publish(b"behind it")

    assert len(bench.broker.dead_letters("funding")) == 2
    assert [record.reason for record in bench.store.store.records.values()] == ["not_json"]


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

    assert len(bench.counted()) in {1, 3}  # The first comes alone.
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


async def _die_while_failing(bench: Bench, fault: Exception, *, times: int) -> Counter[str]:
    """End a worker once it met `fault` that often; return the attempts counted just before."""
    bench.store.faults = [fault] * 100
    bus = MemoryBus(bench.broker, "funding")
    working = asyncio.create_task(Worker(TOY, bus, bench.store, FAST).run())
    await until(lambda: len(bench.store.faults) <= 100 - times, what="its commits failed")
    attempts = bench.store.store._attempts.copy()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    bus.die()
    return attempts

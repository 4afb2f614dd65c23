"""What an operator sees while the kernel retries, pauses or tries a suspect: lines and metrics."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.kernel.inbound import attempt_key
from shared.kernel.ports import ConflictError, StoreUnavailableError
from shared.observability import metrics
from tests.unit.kernel.bench import FAST, QUEUE, Bench

LONG = "x" * 300
CUT = "x" * 200
IMPATIENT = FAST.model_copy(update={"patience_s": 0, "patience_alone_s": 0})


def named(logs: list[Any], name: str) -> list[dict[str, Any]]:
    """Return the log lines of one event."""
    return [line for line in logs if line["event"] == name]


def value(metric: Any) -> float:
    return float(metric.labels("funding")._value.get())


async def test_conflicts_are_counted_and_each_fifth_in_a_row_has_a_line() -> None:
    before = value(metrics.CONFLICTS)
    with capture_logs() as logs:
        async with Bench(faults=[ConflictError(LONG)] * 11).working() as bench:
            bench.send("D-1")

    common = {"event": "conflicts", "log_level": "warning", "service": "funding", "error": CUT}
    assert named(logs, "conflicts") == [{**common, "conflicts": 5}, {**common, "conflicts": 10}]
    assert value(metrics.CONFLICTS) == before + 11
    assert bench.counted() == ["D-1"]


@pytest.mark.parametrize(("conflicts", "pauses"), [(2, 0), (3, 1)])
async def test_too_many_conflicts_in_a_row_are_an_absence_of_the_store(
    conflicts: int, pauses: int
) -> None:
    settings = FAST.model_copy(update={"conflicts_max": 3})
    bench = Bench(settings=settings, faults=[ConflictError("locked")] * conflicts)
    with capture_logs() as logs:
        async with bench.working():
            bench.send("D-1")

    assert [line["error"] for line in named(logs, "store_away")] == [
        "3 conflicts in a row: locked"
    ] * pauses


@pytest.mark.parametrize(
    ("messages", "groups"), [(1, [1] * 6), (2, [2] * 5 + [1, 1]), (3, [3] * 5 + [2, 1])]
)
async def test_a_group_is_halved_after_five_conflicts_a_single_message_never(
    messages: int, groups: list[int]
) -> None:
    bench = Bench(faults=[None, *[ConflictError("locked")] * 5])
    async with bench.widened():
        bench.send(*(f"D-{rank}" for rank in range(1, messages + 1)))

    assert bench.store.sizes == groups


async def test_an_absence_of_the_store_is_told_at_its_beginning_and_its_end() -> None:
    absence = [StoreUnavailableError(LONG)]
    bench = Bench(settings=IMPATIENT, faults=absence)
    paused: list[float] = []
    transaction = bench.store.transaction

    def probed() -> Any:
        paused.append(value(metrics.PAUSED))
        return transaction()

    bench.store.transaction = probed  # type: ignore[method-assign]
    with capture_logs() as logs:
        async with bench.working():
            bench.send("D-1")

    assert named(logs, "store_away") == [
        {"event": "store_away", "log_level": "warning", "service": "funding", "error": CUT}
    ]
    assert named(logs, "store_again") == [
        {"event": "store_again", "log_level": "info", "service": "funding", "failures": 0}
    ]
    assert 1.0 in paused
    assert value(metrics.PAUSED) == 0


async def test_each_failed_probe_is_counted_when_the_store_is_back() -> None:
    bench = Bench(settings=IMPATIENT, faults=[StoreUnavailableError("gone")])
    transaction, failing = bench.store.transaction, [True] * 3

    def away() -> Any:
        if len(bench.store.faults) == 0 and failing:
            failing.pop()
            raise StoreUnavailableError("still away")
        return transaction()

    bench.store.transaction = away  # type: ignore[method-assign]
    with capture_logs() as logs:
        async with bench.working():
            bench.send("D-1")

    assert [line["failures"] for line in named(logs, "store_again")] == [3]
    assert bench.counted() == ["D-1"]


async def test_after_an_absence_messages_are_taken_one_at_a_time() -> None:
    bench = Bench(settings=IMPATIENT, faults=[None, StoreUnavailableError("gone")])
    async with bench.widened():
        bench.send("D-1", "D-2", "D-3")

    assert [size for size in bench.store.sizes if size] == [3, 1, 1, 1]


async def test_a_suspect_has_a_line_with_its_ids_and_its_attempts() -> None:
    bench = Bench()
    (sent,) = bench.send("D-1")
    bench.broker.queues[QUEUE].ready[0].redeliveries = 3
    before = value(metrics.SUSPECTS)
    with capture_logs() as logs:
        async with bench.working():
            pass

    assert named(logs, "suspect_tried_alone") == [
        {
            "event": "suspect_tried_alone",
            "log_level": "warning",
            "service": "funding",
            "message_id": sent["id"],
            "routing_key": "ConventionSigned.v1.761",
            "attempts": 1,
        }
    ]
    assert value(metrics.SUSPECTS) == before + 1


async def tried(attempts: int) -> Bench:
    """Return a bench after a suspect with so many attempts was settled."""
    bench = Bench()
    bench.send("D-1")
    queued = bench.broker.queues[QUEUE].ready[0]
    queued.redeliveries = 3
    bench.store.store._attempts[attempt_key(queued.delivery)] = attempts
    async with bench.working():
        pass
    return bench


async def test_a_suspect_is_decided_at_its_fifth_attempt() -> None:
    bench = await tried(4)

    assert (bench.counted(), bench.dead_letters()) == (["D-1"], [])


@pytest.mark.parametrize(("attempts", "parsed"), [(5, True), (6, False)])
async def test_a_suspect_is_poison_after_five_attempts_and_after_six_it_is_not_read(
    attempts: int, *, parsed: bool
) -> None:
    bench = await tried(attempts)

    (letter,) = bench.broker.dead_letters("funding")
    assert f"{attempts} attempts to decide it alone ended their process" in str(
        letter.headers["clas-errors"]
    )
    (record,) = bench.store.store.records.values()
    assert (record.type is not None) is parsed

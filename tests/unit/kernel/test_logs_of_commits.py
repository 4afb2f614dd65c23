"""What an operator reads of commits, refusals, the relay and the faults of a store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.kernel.clock import Clock
from shared.kernel.memory import MemoryBus
from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import (
    ContentRejectedError,
    Published,
    StoreUnavailableError,
    UnexpectedStoreError,
)
from shared.kernel.settlement import backoff
from tests.unit.kernel.bench import FAST, QUEUE, Bench
from tests.unit.kernel.test_logs import named

LONG = "x" * 600
NOT_JSON = "7ccfa1fbf3940e6f0c0375d87c0f9235a50514e14cb427bdfaf5077987b26ccf"
"""The SHA-256 of the refused body."""
OF_FUNDING = {"service": "funding"}


async def test_a_commit_and_each_refusal_have_a_line() -> None:
    with capture_logs() as logs:
        async with Bench().working() as bench:
            bench.send("D-1")
            await bench.wait_until_idle()
            bench.publish(b"not json")

    committed = {"event": "committed", "log_level": "debug", **OF_FUNDING, "messages": 1, "new": 1}
    assert named(logs, "committed") == [committed, committed]
    (refused,) = named(logs, "message_refused")
    assert refused == {
        "event": "message_refused",
        "log_level": "warning",
        **OF_FUNDING,
        "source": "",
        "id": f"sha256:{NOT_JSON}",
        "type": None,
        "reason": "not_json",
        "sha256": NOT_JSON,
    }


async def test_a_poisonous_message_is_refused_under_its_own_ids() -> None:
    with capture_logs() as logs:
        async with Bench().working() as bench:
            (sent,) = bench.send("D-poison")

    (refused,) = named(logs, "message_refused")
    assert (refused["source"], refused["id"], refused["type"]) == (
        sent["source"],
        sent["id"],
        sent["type"],
    )
    assert refused["reason"] == "poison"


async def test_a_store_that_fails_for_a_moment_has_a_line_a_time() -> None:
    with capture_logs() as logs:
        async with Bench(faults=[StoreUnavailableError(LONG)] * 2).working() as bench:
            bench.send("D-1")

    line = {"event": "store_fails", "log_level": "warning", **OF_FUNDING, "error": "x" * 200}
    assert named(logs, "store_fails") == [line, line]
    assert bench.counted() == ["D-1"]


async def test_an_unexpected_error_has_its_text_in_log_and_dead_letter() -> None:
    settings = FAST.model_copy(update={"attempts_max": 2, "backoff_s_max": 0.01})
    faults = [UnexpectedStoreError(LONG)] * 2
    with capture_logs() as logs:
        async with Bench(settings=settings, faults=faults).working() as bench:
            bench.send("D-1")

    line = {
        "event": "unexpected_store_error",
        "log_level": "error",
        **OF_FUNDING,
        "error": "x" * 500,
    }
    assert named(logs, "unexpected_store_error") == [line, line]
    (letter,) = bench.broker.dead_letters("funding")
    assert letter.headers["clas-reason"] == "poison"
    assert f"UnexpectedStoreError: {LONG}" in str(letter.headers["clas-errors"])


async def test_an_unexpected_error_on_a_refusal_is_an_absence_of_the_store() -> None:
    settings = FAST.model_copy(update={"backoff_s_max": 0.01, "patience_s": 0})
    with capture_logs() as logs:
        bench = Bench(settings=settings, faults=[UnexpectedStoreError("odd")])
        async with bench.working():
            bench.publish(b"not json")

    assert [line["error"] for line in named(logs, "store_away")] == ["odd"]
    assert len(bench.published("MessageRefused")) == 1


async def test_a_refusal_that_cannot_be_recorded_is_left_to_the_broker() -> None:
    with capture_logs() as logs:
        async with Bench(faults=[ContentRejectedError("too large")] * 2).working() as bench:
            bench.send("D-1")

    (line,) = named(logs, "unrecordable")
    assert (line["log_level"], line["service"]) == ("error", "funding")
    assert not bench.broker.queues[QUEUE].ready


async def test_what_the_fast_path_leaves_is_relayed_with_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish = MemoryBus.publish

    async def fail_once(_self: MemoryBus, outgoing: Sequence[OutgoingMessage]) -> Any:
        monkeypatch.setattr(MemoryBus, "publish", publish)
        return [Published.UNKNOWN] * len(outgoing)

    monkeypatch.setattr(MemoryBus, "publish", fail_once)
    with capture_logs() as logs:
        async with Bench().working() as bench:
            bench.send("D-1")

    assert named(logs, "relayed") == [
        {"event": "relayed", "log_level": "info", **OF_FUNDING, "records": 1}
    ]
    assert len(bench.published()) == 1


@pytest.mark.parametrize(
    ("failures", "longest"),
    [(1, 0.2), (2, 0.4), (3, 0.8), (9, 51.2), (10, 102.4), (11, 102.4), (50, 102.4)],
)
def test_each_failure_doubles_the_wait_up_to_a_bound(failures: int, longest: float) -> None:
    bounds = list[tuple[float, float]]()

    def highest(low: float, high: float) -> float:
        bounds.append((low, high))
        return high

    clock = Clock(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), uniform=highest)

    assert backoff(clock, failures, 1_000) == pytest.approx(longest)
    assert backoff(clock, failures, 0.3) == pytest.approx(min(longest, 0.3))
    assert bounds == [(0.5, 1), (0.5, 1)]

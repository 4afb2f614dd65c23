"""The loop that a seed owns: virtual time, a drawn order, processes that are abandoned."""

import asyncio
import random
import time

import pytest

from tests.simulation.loop import Deadlock, Process, VirtualLoop, collected_silently

HOUR_S = 3_600.0


def drawn_order(seed: int) -> list[str]:
    """Return the order in which five processes do two steps each."""
    order: list[str] = []

    async def work(name: str) -> None:
        for step in range(2):
            await asyncio.sleep(0)
            order.append(f"{name}{step}")

    async def all_of_them() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        await asyncio.gather(*(loop.spawn(Process(name), work(name)) for name in "abcde"))

    run(VirtualLoop(random.Random(seed)), all_of_them())
    return order


def _nothing() -> None:
    """Do it in a thread."""


def run(loop: VirtualLoop, work: "asyncio._CoroutineLike[None]") -> None:
    with collected_silently():
        try:
            loop.run_until_complete(work)
        finally:
            loop.discard()


def test_the_seed_alone_draws_the_order() -> None:
    assert drawn_order(1) == drawn_order(1)
    assert len({tuple(drawn_order(seed)) for seed in range(5)}) > 1


def test_time_passes_at_once() -> None:
    loop, began = VirtualLoop(random.Random(0)), time.monotonic()

    run(loop, asyncio.sleep(HOUR_S))

    assert loop.time() == HOUR_S
    assert time.monotonic() - began < HOUR_S / 2


def test_a_killed_process_does_nothing_more_not_even_finally() -> None:
    steps: list[str] = []
    loop, process = VirtualLoop(random.Random(0)), Process("victim")

    async def victim() -> None:
        try:
            steps.append("begun")
            await asyncio.sleep(1)
            steps.append("went on")
        finally:
            steps.append("finally")

    async def kill() -> None:
        loop.spawn(process, victim())
        await asyncio.sleep(0.5)
        process.kill()
        await asyncio.sleep(1)
        assert steps == ["begun"]

    run(loop, kill())


def test_a_suspended_process_goes_on_where_it_stood() -> None:
    loop, process = VirtualLoop(random.Random(0)), Process("victim")
    times: list[float] = []

    async def victim() -> None:
        await asyncio.sleep(1)
        times.append(loop.time())

    async def suspend() -> None:
        working = loop.spawn(process, victim())
        await asyncio.sleep(0.5)
        process.stopped = True
        await asyncio.sleep(4.5)
        process.stopped = False
        await working

    run(loop, suspend())

    assert times == [5.0]


def test_a_deadlock_is_found_and_says_what_waits() -> None:
    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match=r"partners: .*wait_for_ever"):
        run(VirtualLoop(random.Random(0)), wait_for_ever())


def test_a_thread_is_refused() -> None:
    with pytest.raises(AssertionError):
        run(VirtualLoop(random.Random(0)), asyncio.to_thread(_nothing))

"""Faults of the network between services and servers: cuts, silence, delay, lost answers."""

import asyncio
import random

from tests.chaos.proxy import COMMIT, PUBLISH, Proxy
from tests.chaos.registry import scenario
from tests.chaos.run import Run


@scenario(rows=(18,), summary="AMQP connections reset each second", proxied=True, replicas=2)
async def amqp_cut(run: Run) -> None:
    await _cut_each_second(_amqp(run), run.seconds)


@scenario(rows=(18,), summary="MongoDB connections reset each second", proxied=True, replicas=2)
async def mongo_cut(run: Run) -> None:
    await _cut_each_second(_mongo(run), run.seconds)


@scenario(rows=(19,), summary="All AMQP connections go silent, without a reset", proxied=True)
async def amqp_silent(run: Run) -> None:
    await asyncio.sleep(0.2 * run.seconds)
    _amqp(run).swallow()


@scenario(rows=(19,), summary="All MongoDB connections go silent, without a reset", proxied=True)
async def mongo_silent(run: Run) -> None:
    await asyncio.sleep(0.2 * run.seconds)
    _mongo(run).swallow()


@scenario(rows=(3, 20), summary="The answers to 12 commits are lost", proxied=True, replicas=2)
async def commit_answers_lost(run: Run) -> None:
    await _lose_answers(run, _mongo(run), COMMIT, 12)


@scenario(rows=(6,), summary="The confirms of 12 publications are lost", proxied=True)
async def confirms_lost(run: Run) -> None:
    await _lose_answers(run, _amqp(run), PUBLISH, 12)


@scenario(rows=(21,), summary="Each way takes 50 to 500 ms, to both servers", proxied=True)
async def slow_network(run: Run) -> None:
    draws = random.Random(50)
    for _ in range(int(2 * run.seconds)):
        _amqp(run).delay_s = draws.uniform(0.05, 0.5)
        _mongo(run).delay_s = draws.uniform(0.05, 0.5)
        await asyncio.sleep(1)
    _amqp(run).delay_s = _mongo(run).delay_s = 0.0


async def _cut_each_second(proxy: Proxy, seconds: float) -> None:
    for _ in range(int(seconds)):
        await asyncio.sleep(1)
        proxy.cut()


async def _lose_answers(run: Run, proxy: Proxy, pattern: bytes, times: int) -> None:
    proxy.lose_answers(pattern, times)
    await asyncio.sleep(run.seconds)
    proxy.lose_answers(b"", 0)
    assert proxy.answers_lost, "no answer was lost: the scenario shows nothing"
    run.notes.append(f"{proxy.answers_lost} answers lost")


def _amqp(run: Run) -> Proxy:
    assert run.amqp_proxy is not None
    return run.amqp_proxy


def _mongo(run: Run) -> Proxy:
    assert run.mongo_proxy is not None
    return run.mongo_proxy

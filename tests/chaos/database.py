"""Faults of MongoDB: silence, kills, stepdowns, and outages beside those of the broker."""

import asyncio
import os
import signal
from collections.abc import Iterable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.chaos.broker import closing_connections
from tests.chaos.registry import scenario
from tests.chaos.run import Run

STEPDOWN_S = 2


def send_signal(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to processes."""
    for pid in pids:
        os.kill(pid, number)


@scenario(rows=(16,), summary="mongod killed, and started on the same data", replicas=2)
async def mongod_kill(run: Run) -> None:
    await asyncio.to_thread(run.mongo.kill)
    await asyncio.sleep(5)
    await asyncio.to_thread(run.mongo.start)


@scenario(rows=(32,), summary="mongod stopped for 20 s (SIGSTOP)", replicas=2)
async def mongod_silent(run: Run) -> None:
    await _silence(run, 20)


@scenario(
    rows=(16, 47),
    summary="mongod silent for 60 s while all AMQP connections are closed each second",
    settings={"crashes_max": "4"},
)
async def mongod_silent_connections_closed(run: Run) -> None:
    """Each lost connection raises the delivery count of all that a service holds."""
    await asyncio.sleep(0.2 * run.seconds)
    await run.rabbitmqctl("eval", closing_connections(times=55))
    await _silence(run, 60)


@scenario(rows=(17,), summary="The primary steps down three times")
async def stepdown(run: Run) -> None:
    with MongoClient[dict[str, Any]](run.mongo.url, directConnection=True) as client:
        for _ in range(3):
            await asyncio.sleep(run.seconds / 4)
            await asyncio.to_thread(step_down, client)


def step_down(client: MongoClient[dict[str, Any]]) -> None:
    """Make a primary step down; it may close the connection instead of answering."""
    try:
        client.admin.command("replSetStepDown", STEPDOWN_S, force=True)
    except PyMongoError:
        return


async def short_consumer_timeout(run: Run) -> None:
    """Give a consumer 10 s to acknowledge; the broker looks every 5 s. Channels to come have it."""
    for name, milliseconds in (("consumer_timeout", 10_000), ("channel_tick_interval", 5_000)):
        await run.rabbitmqctl("eval", f"application:set_env(rabbit, {name}, {milliseconds}).")


@scenario(
    rows=(46,),
    summary="mongod silent for 75 s, the broker's consumer time-out being 10 s",
    prepare=short_consumer_timeout,
    settings={"crashes_max": "4"},
    own_servers=True,
)
async def consumer_timeout(run: Run) -> None:
    await asyncio.sleep(0.2 * run.seconds)
    await _silence(run, 75)
    run.notes.append(f"{run.broker_log().count('Timeout value used')} consumers timed out")


async def _silence(run: Run, seconds: float) -> None:
    pids = run.mongo.processes()
    send_signal(pids, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        send_signal(pids, signal.SIGCONT)

"""Faults of MongoDB: silence, kills, stepdowns, and outages beside those of the broker."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.embedded import PrivateMongo, ServerFailedError
from deploy.embedded.mongo import connected_to
from deploy.embedded.mongo_set import PrivateMongoSet
from shared.contracts.registry import SERVICES
from tests.chaos.broker import closing_connections
from tests.chaos.registry import NotHereError, scenario
from tests.chaos.run import Run
from tests.chaos.servers import MongoOnSmallDisk
from tests.support.client import LONGEST_S

STEPDOWN_S = 2


def send_signal(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to processes."""
    for pid in pids:
        os.kill(pid, number)


async def may_mount(_: Run) -> None:
    """Look for what a small disk takes."""
    if os.geteuid() != 0 or not shutil.which("nsenter"):
        raise NotHereError("a small file system takes root and util-linux")


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
    own_servers=True,
)
async def consumer_timeout(run: Run) -> None:
    await asyncio.sleep(0.2 * run.seconds)
    await _silence(run, 75)
    run.notes.append(f"{run.broker_log().count('Timeout value used')} consumers timed out")


@scenario(
    rows=(17, 18),
    summary="Three nodes of MongoDB: two stepdowns, then the primary killed for 10 s",
    database=PrivateMongoSet,
    replicas=2,
)
async def replica_set(run: Run) -> None:
    nodes = run.mongo_set
    for _ in range(2):
        await asyncio.sleep(run.seconds / 2)
        with connected_to((await _primary(nodes)).address) as client:
            await asyncio.to_thread(step_down, client)
    killed = await _primary(nodes)
    await asyncio.to_thread(killed.kill)
    await asyncio.sleep(10)
    await asyncio.to_thread(killed.start)
    await _primary(nodes)


@scenario(
    rows=(33,),
    summary="The disk of mongod full for 15 s; it is started again where it ended by itself",
    prepare=may_mount,
    database=MongoOnSmallDisk,
)
async def database_disk_full(run: Run) -> None:
    assert isinstance(run.mongo, MongoOnSmallDisk)
    await asyncio.sleep(0.2 * run.seconds)
    await asyncio.to_thread(run.mongo.fill)
    await asyncio.sleep(15)
    await asyncio.to_thread(run.mongo.free)
    if run.mongo.ended():
        run.notes.append("mongod ended by itself, and was started again")
        await asyncio.to_thread(run.mongo.start)


@scenario(rows=(45,), summary="An index of each inbox created and dropped again and again")
async def index_created(run: Run) -> None:
    """Deployments create indexes before services start; an operator may do it at any time."""
    end = asyncio.get_running_loop().time() + run.seconds
    with MongoClient[dict[str, Any]](run.mongo.url) as client:
        while asyncio.get_running_loop().time() < end:
            for service in SERVICES:
                inbox = client[f"{run.stage.prefix}{service}"]["inbox"]
                name = await asyncio.to_thread(inbox.create_index, "chaos")
                await asyncio.to_thread(inbox.drop_index, name)


async def _primary(nodes: PrivateMongoSet) -> PrivateMongo:
    async with asyncio.timeout(LONGEST_S):
        while True:
            try:
                return await asyncio.to_thread(nodes.primary)
            except ServerFailedError:
                await asyncio.sleep(0.2)


async def _silence(run: Run, seconds: float) -> None:
    pids = run.mongo.processes()
    send_signal(pids, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        send_signal(pids, signal.SIGCONT)

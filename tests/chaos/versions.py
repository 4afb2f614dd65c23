"""The last release and this one at once, and a database that is older than the broker."""

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from shared.contracts.registry import SERVICES
from tests.chaos.registry import NotHereError, scenario
from tests.chaos.run import Run

ROOT = Path(__file__).parents[2]
RELEASE = "837436a"
"""The last commit of release 0.3.0."""


def unpacked_release(run: Run) -> dict[str, str]:
    """Unpack the last release, and return the variables that make a process use it.

    Its topology is declared: where releases run side by side, the older one was there first.

    Raises:
        NotHereError: when the history is not at hand.
    """
    folder = run.stage.folder / "release"
    archive = ["git", "-C", str(ROOT), "archive", RELEASE, "services", "shared"]
    done = subprocess.run(archive, capture_output=True, check=False)
    if done.returncode != 0:
        raise NotHereError("the history of the repository is not here")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
    variables = {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    broker = {"CLAS_AMQP_URL": run.stage.servers.amqp_url}
    topology = [sys.executable, "-m", "services.cli", "topology"]
    subprocess.run(topology, env=os.environ | broker | variables, stdout=DEVNULL, check=True)
    return variables


async def old_submission(run: Run) -> None:
    """Let the first service be of the last release, from its first message on."""
    run.stage.environments["submission"] = unpacked_release(run)


async def old_others(run: Run) -> None:
    """Let all services but the first be of the last release."""
    variables = unpacked_release(run)
    run.stage.environments = {service: variables for service in SERVICES if service != "submission"}


@scenario(
    rows=(37,),
    summary="Submission of release 0.3.0, all others of this one; then upgraded",
    prepare=old_submission,
)
async def old_producer(run: Run) -> None:
    await asyncio.sleep(run.seconds)
    await _upgrade(run, "submission")


@scenario(
    rows=(38,),
    summary="Submission of this release, all others of 0.3.0; then upgraded",
    prepare=old_others,
)
async def old_consumers(run: Run) -> None:
    await asyncio.sleep(run.seconds)
    await _upgrade(run, *SERVICES[1:])


async def _upgrade(run: Run, *old: str) -> None:
    """Stop all services, move the databases of the old ones, and start all of this release."""
    for service in old:
        _assert_is_old(run, service)
    for replica in list(run.stage.running):
        replica.process.terminate()
        assert await asyncio.to_thread(replica.process.wait) == 0
        run.stage.running.remove(replica)
    run.stage.environments.clear()
    addresses = {
        "CLAS_AMQP_URL": run.stage.servers.amqp_url,
        "CLAS_MONGO_URL": run.stage.servers.mongo_url,
        "CLAS_DATABASE_PREFIX": run.stage.prefix,
    }
    migrate = [sys.executable, "-m", "services.cli", "migrate", "--yes"]
    moving = partial(subprocess.run, migrate, env=os.environ | addresses, stdout=DEVNULL)
    assert (await asyncio.to_thread(moving)).returncode == 0
    await run.start()


def _assert_is_old(run: Run, service: str) -> None:
    """Records of the last release bear no number of a form."""
    records = run.stage.documents(service, "inbox")
    assert records
    assert not any("_form" in record for record in records)


@scenario(
    rows=(52,), summary="All databases restored from a copy older than the broker, then redriven"
)
async def older_database(run: Run) -> None:
    """The copy is of the first second of the load; what came later is in the log only."""
    await asyncio.sleep(1)
    copy = _copy(run)
    while not await _load_is_handled(run):
        await asyncio.sleep(0.2)
    killed = list(run.stage.running)
    for replica in killed:
        replica.process.terminate()
    for replica in killed:
        await asyncio.to_thread(replica.process.wait)
    run.stage.running.clear()
    _restore(run, copy)
    run.decides_again = True
    await run.start()
    await run.clas("redrive", "--yes")


Copy = dict[str, dict[str, list[dict[str, Any]]]]


def _copy(run: Run) -> Copy:
    """Copy the databases one after the other, each as of one moment."""
    with MongoClient[dict[str, Any]](run.mongo.url) as client:
        return {
            service: _copy_of(client, client[f"{run.stage.prefix}{service}"])
            for service in SERVICES
        }


def _copy_of(
    client: MongoClient[dict[str, Any]], database: Database[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    names = database.list_collection_names()
    with client.start_session(snapshot=True) as session:
        return {name: list(database[name].find(session=session)) for name in names}


def _restore(run: Run, copy: Copy) -> None:
    with MongoClient[dict[str, Any]](run.mongo.url) as client:
        for service, collections in copy.items():
            database = client[f"{run.stage.prefix}{service}"]
            for name in database.list_collection_names():
                database[name].delete_many({})
            for name, documents in collections.items():
                if documents:
                    database[name].insert_many(documents)


async def _load_is_handled(run: Run) -> bool:
    handled = {
        record["_id"]["i"]
        for service in SERVICES
        for record in await asyncio.to_thread(run.stage.documents, service, "inbox")
    }
    return {event["id"] for event in run.load.during} <= handled

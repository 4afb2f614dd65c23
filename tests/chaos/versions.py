"""The last release and this one at once, and a database that is older than the broker."""

import asyncio
import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from shared.contracts.registry import SERVICES
from tests.chaos.registry import NotHereError, scenario
from tests.chaos.run import Run

ROOT = Path(__file__).parents[2]
RELEASE = "837436a"
"""The last commit of release 0.3.0."""


async def old_release(run: Run) -> dict[str, str]:
    """Declare the topology of the last release, since where two run the older was there first.

    Returns the variables that make a process use that release.

    Raises:
        NotHereError: when the history is not at hand.
    """
    folder = run.stage.folder / "release"
    await asyncio.to_thread(_unpack, folder)
    variables = {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    await run.clas("topology", variables=variables)
    return variables


def _unpack(folder: Path) -> None:
    archive = ["git", "-C", str(ROOT), "archive", RELEASE, "services", "shared"]
    done = subprocess.run(archive, capture_output=True, check=False)
    if done.returncode != 0:
        raise NotHereError("the history of the repository is not here")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")


async def old_submission(run: Run) -> None:
    """Let the first service be of the last release, from its first message on."""
    run.stage.environments["submission"] = await old_release(run)


async def old_others(run: Run) -> None:
    """Let all services but the first be of the last release."""
    variables = await old_release(run)
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
    await _stop_all(run)
    run.stage.environments.clear()
    await run.clas("migrate", "--yes")
    await run.start()


async def _stop_all(run: Run) -> None:
    """Stop all services gracefully."""
    stopped = list(run.stage.running)
    for replica in stopped:
        replica.process.terminate()
    assert {await asyncio.to_thread(replica.process.wait) for replica in stopped} == {0}
    run.stage.running.clear()


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
    await _stop_all(run)
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

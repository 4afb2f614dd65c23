"""What is sent to the server: on one node a weaker concern would show nowhere else."""

import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener

from deploy.embedded import Servers
from shared.mongodb.read_api import ReadApi
from shared.mongodb.store import MongoStore, connect
from tests.contract.records import key, put_records, record
from tests.contract.things import Thing

pytestmark = pytest.mark.servers
DURABLE = {"w": "majority", "j": True}


class Commands(CommandListener):
    """The commands that a client sent, without what belongs to the connection."""

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []

    def started(self, event: Any) -> None:
        """Note a command."""
        self.sent.append(event.command)

    def succeeded(self, event: Any) -> None:
        """Nothing to note."""

    def failed(self, event: Any) -> None:
        """Nothing to note."""

    def named(self, name: str) -> list[Mapping[str, Any]]:
        """Return the commands of a name."""
        return [command for command in self.sent if name in command]


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
async def store(
    real_servers: Servers, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MongoStore]:
    listening = partial(AsyncIOMotorClient, event_listeners=[commands])
    monkeypatch.setattr("shared.mongodb.store.AsyncIOMotorClient", listening)
    client = connect(real_servers.mongo_url)
    name = f"clas_test_{uuid.uuid4().hex[:12]}"
    store = MongoStore(client[name])
    await store.prepare([Thing])
    commands.sent.clear()
    yield store
    await client.drop_database(name)
    client.close()


async def test_a_transaction_reads_a_snapshot_and_commits_durably(
    store: MongoStore, commands: Commands
) -> None:
    async with store.transaction() as transaction:
        await transaction.find(Thing, ["a"])
        await transaction.write([], [record("m", "e")], "w")

    first = commands.sent[0]
    assert (first["startTransaction"], first["readConcern"]["level"]) == (True, "snapshot")
    (commit,) = commands.named("commitTransaction")
    assert (commit["writeConcern"], commit["maxTimeMS"]) == (DURABLE, 5_000)
    assert {command.get("txnNumber") for command in commands.sent} == {first["txnNumber"]}


async def test_attempts_are_counted_and_forgotten_durably(
    store: MongoStore, commands: Commands
) -> None:
    await store.count_attempt("m")
    await store.forget_attempts(["m"])

    assert [command["writeConcern"] for command in commands.sent] == [DURABLE, DURABLE]
    assert "txnNumber" in commands.named("findAndModify")[0]  # So it is counted once.


async def test_the_relay_reads_what_a_majority_has(store: MongoStore, commands: Commands) -> None:
    """A primary that is cut off still has commits that will be undone."""
    await put_records(store, record("m", "e"))
    commands.sent.clear()

    nothing = timedelta(0)
    (batch,) = await store.lease_unpublished(most=1, grace=nothing, lease=nothing, token="t")

    assert batch.records[0].key == key("m")
    (read,) = commands.named("find")
    assert (read["find"], read["readConcern"]) == ("inbox", {"level": "majority"})


async def test_a_unit_of_work_is_marked_by_one_statement_that_waits_for_one_member(
    store: MongoStore, commands: Commands
) -> None:
    batch = await put_records(store, record("m", "e"), record("n", "e"))
    commands.sent.clear()
    await store.mark_published([batch])

    (mark,) = commands.sent
    assert (mark["delete"], mark["writeConcern"]) == ("outbox", {"w": 1})
    assert len(mark["deletes"]) == 1


async def test_what_is_read_outside_of_transactions_is_kept_by_a_majority(
    store: MongoStore, commands: Commands
) -> None:
    reads = ReadApi(store._database)
    await reads.record(key("m"))
    await reads.state(Thing, "a")

    assert [command["readConcern"]["level"] for command in commands.sent] == ["majority"] * 2

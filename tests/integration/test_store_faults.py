"""What the store makes of faults of a real server, which its fail points inject."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import PrivateMongo
from shared.kernel.decision import StoredState
from shared.kernel.ports import (
    ConflictError,
    ContentRejectedError,
    StoreError,
    StoreUnavailableError,
    UnexpectedStoreError,
)
from shared.mongodb.store import MongoStore, connect
from tests.contract.records import WORKER, key, put_records, record
from tests.contract.things import Thing

pytestmark = pytest.mark.servers
WRITES = ("insert", "update", "delete")


@pytest.fixture(scope="module")
def server() -> Iterator[MongoClient[Any]]:
    """Return a client of a server with fail points."""
    with PrivateMongo(test_commands=True) as mongo, MongoClient[Any](mongo.url) as client:
        yield client


@pytest.fixture
async def store(server: MongoClient[Any]) -> AsyncIterator[MongoStore]:
    host, port = server.address or ("", 0)
    client = connect(f"mongodb://{host}:{port}/?replicaSet=rs0")
    name = f"clas_test_{uuid.uuid4().hex[:12]}"
    store = MongoStore(client[name])
    await store.prepare([Thing])
    yield store
    client.close()
    server.admin.command("killAllSessions", [])
    server.drop_database(name)


@contextmanager
def failing(server: MongoClient[Any], *commands: str, times: int = 1, **how: Any) -> Iterator[None]:
    """Let these commands of the store fail, the first `times` of them."""
    data = {"failCommands": list(commands), "appName": "clas", **how}
    point = {"configureFailPoint": "failCommand", "mode": {"times": times}, "data": data}
    server.admin.command(point)
    try:
        yield
    finally:
        server.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


async def handled(store: MongoStore, *ids: str) -> set[str]:
    async with store.transaction() as transaction:
        return {each.id for each in await transaction.already_handled([*map(key, ids)])}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (112, ConflictError),
        (251, ConflictError),
        (24, ConflictError),
        (257, ContentRejectedError),
        (10107, StoreUnavailableError),
        (189, StoreUnavailableError),
        (11602, StoreUnavailableError),
        (14031, StoreUnavailableError),
        (13, StoreUnavailableError),
        (20, StoreUnavailableError),
        (388, UnexpectedStoreError),
        (263, UnexpectedStoreError),
        (8, UnexpectedStoreError),
    ],
)
async def test_a_write_that_fails_leaves_nothing_and_can_be_tried_again(
    server: MongoClient[Any], store: MongoStore, code: int, kind: type[StoreError]
) -> None:
    with failing(server, *WRITES, errorCode=code), pytest.raises(StoreError) as raised:
        await put_records(store, record("m", "e1"))
    assert type(raised.value) is kind

    assert await handled(store, "m") == set()
    assert await store.count_unpublished() == 0
    await put_records(store, record("m", "e1"))
    assert await handled(store, "m") == {"m"}


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_a_commit_whose_answers_are_lost_is_asked_for_again(
    server: MongoClient[Any], store: MongoStore, times: int
) -> None:
    with failing(server, "commitTransaction", times=times, closeConnection=True):
        await put_records(store, record("m", "e1"))

    assert await handled(store, "m") == {"m"}
    assert await store.count_unpublished() == 1


async def test_a_commit_that_was_done_before_its_answer_failed_is_done(
    server: MongoClient[Any], store: MongoStore
) -> None:
    late = {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting"}
    with failing(server, "commitTransaction", writeConcernError=late):
        await put_records(store, record("m", "e1"))

    assert await handled(store, "m") == {"m"}


async def test_a_commit_whose_answers_stay_away_has_an_unknown_result(
    server: MongoClient[Any], store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.mongodb.store.COMMIT_MS_MAX", 100)
    lost = failing(server, "commitTransaction", times=1_000, closeConnection=True)
    with lost, pytest.raises(StoreUnavailableError):
        await put_records(store, record("m", "e1"))


async def test_a_commit_that_the_server_refuses_is_not_asked_for_again(
    server: MongoClient[Any], store: MongoStore
) -> None:
    with (
        failing(server, "commitTransaction", times=1_000, errorCode=388),
        pytest.raises(UnexpectedStoreError),
    ):
        await put_records(store, record("m", "e1"))


async def test_what_a_validator_refuses_is_the_fault_of_the_content(
    server: MongoClient[Any], store: MongoStore
) -> None:
    rule = {"collMod": Thing.collection, "validator": {"level": {"$gte": 1}}}
    server[store._database.name].command(rule)

    with pytest.raises(ContentRejectedError):
        async with store.transaction() as transaction:
            state = StoredState.of(Thing(name="a", level=0), 1)
            await transaction.write([state], [record("m")], WORKER)


AFTER_THE_WRITE = {
    "writeConcernError": {"code": 262, "codeName": "ExceededTimeLimit", "errmsg": "waiting"},
    "errorLabels": ["RetryableWriteError"],
}


@pytest.mark.parametrize("how", [{"closeConnection": True}, AFTER_THE_WRITE], ids=["lost", "late"])
async def test_an_attempt_is_counted_once_however_often_it_is_sent(
    server: MongoClient[Any], store: MongoStore, how: dict[str, Any]
) -> None:
    assert await store.count_attempt("m") == 1
    with failing(server, "findAndModify", **how):
        assert await store.count_attempt("m") == 2

    assert await store.count_attempt("m") == 3


async def test_a_lost_answer_does_not_hold_up_others(
    server: MongoClient[Any], store: MongoStore
) -> None:
    """A transaction that nobody ends would keep its locks for seconds."""
    with failing(server, "commitTransaction", times=2, closeConnection=True):
        await put_records(store, record("m", "e1"))

    async with asyncio.timeout(5):
        await put_records(store, record("n", "e2"))

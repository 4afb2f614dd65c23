"""The servers of demos and tests: they answer, survive a crash, and leave nothing behind."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy import embedded
from deploy.embedded import (
    PrivateMongo,
    PrivateRabbit,
    PrivateServers,
    ServerFailedError,
    private_servers,
)
from deploy.embedded.guard import processes_of
from deploy.embedded.mongo_set import PrivateMongoSet
from deploy.embedded.rabbit import QUORUM_QUEUE_SETTLES_S, ROOT_VARIABLE
from tests.support.client import LONGEST_S

ROOT = Path(embedded.__file__).parents[2]
type_of_queue = pytest.mark.parametrize("queue_type", ["classic", "quorum", "stream"])


@pytest.fixture(scope="module")
def private() -> Iterator[PrivateServers]:
    with private_servers() as both:
        yield both


@pytest.mark.servers
@type_of_queue
async def test_a_message_comes_back_from_each_type_of_queue(
    private: PrivateServers, queue_type: str
) -> None:
    await _publish(private.rabbit.url, f"round-{queue_type}", queue_type)

    assert await _receive(private.rabbit.url, f"round-{queue_type}", queue_type) == b"hello"


@pytest.mark.servers
def test_a_transaction_is_kept_whole_or_not_at_all(private: PrivateServers) -> None:
    with _client(private.mongo.url) as client, client.start_session() as session:
        accounts = client.get_database("round").get_collection("accounts")
        with session.start_transaction():
            accounts.insert_one({"_id": "kept"}, session=session)
        with pytest.raises(ZeroDivisionError), session.start_transaction():
            accounts.insert_one({"_id": "dropped"}, session=session)
            raise ZeroDivisionError

        assert [document["_id"] for document in accounts.find()] == ["kept"]


@pytest.mark.servers
def test_a_dead_client_locks_documents_for_seconds_and_fail_points_are_off(
    private: PrivateServers,
) -> None:
    with _client(private.mongo.url) as client:
        limits = client.admin.command("getParameter", 1, transactionLifetimeLimitSeconds=1)
        with pytest.raises(OperationFailure, match="no such command"):
            client.admin.command("configureFailPoint", "failCommand", mode="off")

    assert limits["transactionLifetimeLimitSeconds"] == 10


@pytest.mark.servers
async def test_a_crash_of_the_broker_keeps_a_message_in_a_quorum_queue(
    private: PrivateServers,
) -> None:
    url = private.rabbit.url
    await _publish(url, "crash", "quorum")
    await asyncio.sleep(QUORUM_QUEUE_SETTLES_S)

    private.rabbit.kill()
    assert private.rabbit.processes() == []
    private.rabbit.restart()

    assert private.rabbit.url == url
    assert await _receive(url, "crash", "quorum") == b"hello"


@pytest.mark.servers
def test_a_crash_of_the_database_keeps_a_document(private: PrivateServers) -> None:
    url = private.mongo.url
    with _client(url) as client:
        client.get_database("crash").get_collection("kept").insert_one({"_id": 1})

    private.mongo.kill()
    assert private.mongo.processes() == []
    private.mongo.restart()

    assert private.mongo.url == url
    with _client(url) as client:
        assert client.get_database("crash").get_collection("kept").find_one() == {"_id": 1}


@pytest.mark.servers
def test_rabbitmqctl_answers_and_says_why_it_cannot(private: PrivateServers) -> None:
    assert "guest" in private.rabbit.rabbitmqctl("list_users")
    with pytest.raises(ServerFailedError, match="nobody"):
        private.rabbit.rabbitmqctl("change_password", "nobody", "secret")


@pytest.mark.servers
def test_fail_points_are_there_when_asked_for() -> None:
    with PrivateMongo(test_commands=True) as mongo, _client(mongo.url) as client:
        answer = client.admin.command("configureFailPoint", "failCommand", mode="off")

    assert answer["ok"] == 1


@pytest.mark.servers
def test_a_second_broker_runs_beside_the_first_and_leaves_it_alone(
    private: PrivateServers,
) -> None:
    first = set(private.rabbit.processes())
    time.sleep(1)
    first &= set(private.rabbit.processes())  # It starts short programs now and then.
    with PrivateRabbit() as second:
        folder, theirs = second.folder, set(second.processes())
        assert theirs
        assert theirs.isdisjoint(first)

    _assert_nothing_left(folder, theirs)
    assert set(private.rabbit.processes()) >= first


@pytest.mark.servers
def test_an_exception_leaves_no_process_and_no_file() -> None:
    with pytest.raises(ZeroDivisionError), private_servers() as both:
        left = [(server.folder, set(server.processes())) for server in (both.rabbit, both.mongo)]
        raise ZeroDivisionError

    for folder, processes in left:
        _assert_nothing_left(folder, processes)


@pytest.mark.servers
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_owner_leaves_no_process_and_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    monkeypatch.delenv("CLAS_AMQP_URL", raising=False)
    monkeypatch.delenv("CLAS_MONGO_URL", raising=False)
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)  # Its folder would be elsewhere.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    owner = _start_owner()
    folders = list(tmp_path.iterdir())
    assert [bool(processes_of(folder)) for folder in folders] == [True, True]

    owner.send_signal(number)
    owner.communicate()

    assert _soon(lambda: not any(processes_of(folder) for folder in folders))
    assert _soon(lambda: not any(tmp_path.iterdir()))


@pytest.mark.servers
def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PrivateMongo, "_parameters", lambda _self: ["--nonsense"])

    with pytest.raises(ServerFailedError, match="nonsense"), PrivateMongo():
        pass


def test_a_folder_without_a_broker_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))

    assert PrivateRabbit.available()
    message = f"{ROOT_VARIABLE}={tmp_path} holds no"
    with pytest.raises(ServerFailedError, match=message), PrivateRabbit():
        pass


@pytest.mark.servers
def test_a_replica_set_of_three_goes_on_without_its_primary() -> None:
    with PrivateMongoSet() as nodes:
        with _client(nodes.url) as client:
            documents = client.get_database("set").get_collection("documents")
            documents.insert_one({"_id": 1})
            first = nodes.primary()
            first.kill()

            assert documents.find_one() == {"_id": 1}
            documents.insert_one({"_id": 2})
            assert nodes.primary() is not first

            first.start()
        assert [bool(node.processes()) for node in nodes.nodes] == [True] * 3
        left = [(node.folder, set(node.processes())) for node in nodes.nodes]

    for folder, processes in left:
        _assert_nothing_left(folder, processes)


def test_a_server_that_is_not_started_says_so() -> None:
    mongo = PrivateMongo()

    mongo.stop()

    assert mongo.processes() == []
    with pytest.raises(ServerFailedError, match="start"):
        mongo.kill()


async def _publish(url: str, queue_name: str, queue_type: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await _declare(channel, queue_name, queue_type)
        message = aio_pika.Message(b"hello", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, queue_name, mandatory=True)


async def _receive(url: str, queue_name: str, queue_type: str) -> bytes:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1)
        queue = await _declare(channel, queue_name, queue_type)
        offset = {"x-stream-offset": "first"} if queue_type == "stream" else {}
        async with queue.iterator(arguments=offset, timeout=LONGEST_S) as messages:
            message = await anext(messages)
            await message.ack()
            return message.body


async def _declare(
    channel: aio_pika.abc.AbstractChannel, queue_name: str, queue_type: str
) -> aio_pika.abc.AbstractQueue:
    return await channel.declare_queue(
        queue_name, durable=True, arguments={"x-queue-type": queue_type}
    )


def _client(url: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(url, serverSelectionTimeoutMS=1000 * LONGEST_S)


def _start_owner() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "deploy.embedded"]
    owner = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    lines = [owner.stdout.readline(), owner.stdout.readline()]
    assert lines[0].startswith("export CLAS_AMQP_URL='amqp://")
    assert lines[1].startswith("export CLAS_MONGO_URL='mongodb://")
    return owner


def _assert_nothing_left(folder: Path, processes: set[int]) -> None:
    assert not folder.exists()
    assert processes_of(folder) == []
    assert _soon(lambda: not any(_is_alive(pid) for pid in processes))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # A dead one stays in the list until its parent asks for its result.


def _soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONGEST_S
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    return happened()

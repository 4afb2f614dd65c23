"""`clas doctor` and `clas wait` on real servers that are not in order."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aio_pika
import pytest

from deploy.embedded import PrivateRabbit, PrivateServers, Servers
from deploy.embedded.ports import free_port
from services.cli.doctor.command import probe
from shared.kernel.settings import Settings
from tests.support import samples
from tests.support.client import event
from tests.support.command_line import Stage, staged
from tests.support.letters import dead_letter, put

pytestmark = pytest.mark.servers
ANSWER_S_MAX = 5.0
LOST = ("clas.funding", "clas.events", "AgrementGranted.v1.*")


class ManagedRabbit(PrivateRabbit):
    """A private RabbitMQ with its management interface."""

    def __init__(self) -> None:
        super().__init__()
        self.management_port = free_port()

    def _command(self, folder: Path) -> list[str]:
        command = super()._command(folder)
        (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        address = f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self.management_port}\n"
        (folder / "rabbitmq.conf").write_text(address)
        return command


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


@pytest.fixture
def managed(
    real_servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Stage, ManagedRabbit]]:
    """The same on a broker whose management interface is on."""
    with ManagedRabbit() as rabbit:
        url = f"http://guest:guest@127.0.0.1:{rabbit.management_port}/"
        monkeypatch.setenv("CLAS_AMQP_MANAGEMENT_URL", url)
        servers = Servers(amqp_url=rabbit.url, mongo_url=real_servers.mongo_url, origin="test")
        with staged(servers, tmp_path) as stage:
            yield stage, rabbit


async def _bind(url: str, binding: tuple[str, str, str], *, bound: bool) -> None:
    queue, exchange, key = binding
    async with await aio_pika.connect(url) as connection:
        to = await (await connection.channel()).get_queue(queue)
        await (to.bind if bound else to.unbind)(exchange, key)


def test_messages_that_nobody_consumes_are_a_failure_with_their_age(stage: Stage) -> None:
    stage.clas("topology")
    convention = event("ConventionSigned", samples.convention().model_dump(mode="json"))
    stage.clas("publish", stage.file(convention))
    asyncio.run(put(stage.servers.amqp_url, dead_letter("order-1")))

    doctor = stage.clas("doctor", code=1)

    waits = r"fail +clas\.funding +1 waiting, 0 consuming, the oldest for \d+ s +clas serve funding"
    assert re.search(waits, doctor.stdout)
    dead = r"warn +clas\.funding\.dead-letters +1 waiting, the oldest for \d+ days +clas dead-lett"
    assert re.search(dead, doctor.stdout)
    assert re.search(r"warn +clas\.accounting +0 waiting, 0 consuming ", doctor.stdout)
    assert doctor.stderr == "clas: not in order: clas.funding\n"
    stage.holds("clas.funding.dead-letters", 1)


def test_the_topology_must_be_complete_for_services_to_be_idle(stage: Stage) -> None:
    stage.clas("topology")
    stage.clas("wait")
    asyncio.run(_delete_exchange(stage.servers.amqp_url, "clas.redrive"))

    assert "not there: clas.redrive; run `clas topology`" in stage.clas("wait", code=1).stderr


async def _delete_exchange(url: str, name: str) -> None:
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).exchange_delete(name)


def test_bindings_are_compared_with_the_contract(managed: tuple[Stage, ManagedRabbit]) -> None:
    stage, rabbit = managed
    stage.clas("topology")
    assert re.search(r"ok +bindings +all \d+, and no others", stage.clas("doctor").stdout)
    stage.clas("wait")

    asyncio.run(_bind(rabbit.url, LOST, bound=False))
    lost = stage.clas("doctor", code=1)
    missing = (
        r"fail +bindings +missing: clas\.events to clas\.funding \(AgrementGranted\.v1\.\*\) +"
    )
    assert re.search(missing + "clas topology, then clas redrive", lost.stdout)
    assert "not bound: clas.funding to AgrementGranted.v1.*" in stage.clas("wait", code=1).stderr

    stage.clas("topology")
    asyncio.run(_bind(rabbit.url, ("clas.log", "clas.events", "#"), bound=True))
    extra = stage.clas("doctor").stdout
    assert re.search(r"warn +bindings +too many: clas\.events to clas\.log \(#\)", extra)
    stage.clas("topology")
    assert re.search(r"ok +bindings", stage.clas("doctor").stdout)


def test_an_exchange_without_its_alternate_needs_the_policy(
    managed: tuple[Stage, ManagedRabbit],
) -> None:
    stage, rabbit = managed
    asyncio.run(_declare_as_in_release_0_3(rabbit.url))
    stage.clas("topology")

    warned = stage.clas("doctor").stdout
    assert re.search(r"warn +clas\.unrouted .* rabbitmqctl set_policy clas-unrouted", warned)

    policy = ("^clas\\.events$", '{"alternate-exchange":"clas.unrouted"}')
    rabbit.rabbitmqctl("set_policy", "clas-unrouted", *policy, "--apply-to", "exchanges")
    assert re.search(r"ok +clas\.unrouted +a policy", stage.clas("doctor").stdout)


async def _declare_as_in_release_0_3(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_exchange("clas.events", "topic", durable=True)


def test_a_management_address_that_does_not_answer_is_a_warning(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.clas("topology")
    monkeypatch.setenv("CLAS_AMQP_MANAGEMENT_URL", "http://guest:guest@127.0.0.1:1/")

    unknown = stage.clas("doctor").stdout

    assert re.search(r"warn +bindings +management interface: .* check CLAS_AMQP_MAN", unknown)


@contextmanager
def _stopped(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_two_servers_that_are_silent_are_reported_within_five_seconds(
    breakable: PrivateServers,
) -> None:
    servers = (breakable.rabbit, breakable.mongo)
    settings = Settings(amqp_url=breakable.rabbit.url, mongo_url=breakable.mongo.url)
    with _stopped([pid for server in servers for pid in server.processes()]):
        began = time.monotonic()
        results = asyncio.run(probe(settings))
        elapsed = time.monotonic() - began

    assert [(each.state, each.subject) for each in results] == [
        ("fail", "RabbitMQ"),
        ("fail", "MongoDB"),
    ]
    assert elapsed < ANSWER_S_MAX

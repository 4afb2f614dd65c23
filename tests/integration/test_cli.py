"""The command line on real servers, as a person or a script uses it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from tests.support import samples
from tests.support.broker import depth, wipe
from tests.support.client import event
from tests.support.stories import STORIES

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
CLAS = str(Path(sys.executable).with_name("clas"))
START_S = 60.0
LETTERS = "clas.funding.dead-letters"


@dataclass
class Stage:
    """Servers, databases of this test alone, and the programs started on them."""

    servers: Servers
    folder: Path
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}_")
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "CLAS_AMQP_URL": self.servers.amqp_url,
            "CLAS_MONGO_URL": self.servers.mongo_url,
            "CLAS_DATABASE_PREFIX": self.prefix,
            "CLAS_PORT": "0",
            "COLUMNS": "80",
        }

    def clas(self, *words: str, code: int = 0, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end, and expect its exit code."""
        done = subprocess.run(
            [CLAS, *words],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that stays, and return once all four services consume."""
        log = (self.folder / f"{len(self.started)}.log").open("w+")
        with log:
            program = subprocess.Popen(
                [CLAS, *words], env=self.environment, stdout=log, stderr=log, text=True
            )
        self.started.append(program)
        until(lambda: self._consumers() == [1, 1, 1, 1], "all services consume")
        return program

    def log(self) -> str:
        """Return what the last program said."""
        return (self.folder / f"{len(self.started) - 1}.log").read_text(encoding="utf-8")

    def file(self, *events: dict[str, Any]) -> str:
        path = self.folder / f"{uuid.uuid4().hex}.jsonl"
        path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
        return str(path)

    def _consumers(self) -> list[int]:
        return [asyncio.run(_consumers(self.servers.amqp_url, f"clas.{s}")) for s in SERVICES]


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    asyncio.run(wipe(real_servers.amqp_url))
    stage = Stage(real_servers, tmp_path)
    try:
        yield stage
    finally:
        for program in stage.started:
            if program.poll() is None:
                program.terminate()
                program.wait(60)
        with MongoClient[dict[str, Any]](real_servers.mongo_url) as client:
            for service in SERVICES:
                client.drop_database(f"{stage.prefix}{service}")


async def _consumers(url: str, queue: str) -> int:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        try:
            declared = await channel.declare_queue(queue, durable=True, passive=True)
        except aio_pika.exceptions.ChannelNotFoundEntity:
            return 0
        return declared.declaration_result.consumer_count or 0


async def put(url: str, queue: str, *messages: aio_pika.Message) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for message in messages:
            await channel.default_exchange.publish(message, queue)


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {START_S} s: {what}"
        time.sleep(0.1)


def children(program: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a program started and that run."""
    listed = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def story(name: str, steps: int) -> list[dict[str, Any]]:
    told = json.loads((STORIES / f"{name}.json").read_text(encoding="utf-8"))
    return [event(each["event"], each["data"]) for each in told["given"][:steps]]


def convention(**changes: Any) -> dict[str, Any]:
    data = json.loads(samples.convention().model_dump_json()) | changes
    return event("ConventionSigned", data)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_whole_life_from_the_file_to_the_ledger(stage: Stage) -> None:
    assert "clas.log" in stage.clas("topology").stdout
    program = stage.start("serve", "all")
    file = stage.file(*story("01-full-life-at-the-ceiling", 6))

    stage.clas("publish", "--step", file)
    stage.clas("wait", "--timeout", "60")

    told = plain(stage.clas("dossier", samples.DOSSIER).stdout)
    assert "Financement accordé : Ps 2 758,25 € et bonus 634,00 €" in told
    assert "Commission du 7 octobre 2025 : agrément accordé" in told
    assert re.search(r"13\. Écriture : charge à payer, exercice 2025, mois 13\n.*n° 12\n", told)

    books = plain(stage.clas("ledger", "--caf", "761", "--exercise", "2025").stdout)
    assert "exercice 2025 : clôturé" in books
    assert re.search(r"2 +31 décembre 2025 +13 +charge à payer .* 330,99", books)
    assert re.search(r"Total +2 758,25 +2 758,25 +0,00", books)
    assert "3 écritures équilibrées, chaîne d’empreintes vérifiée." in books
    later = plain(stage.clas("ledger", "--caf", "761", "--exercise", "2026").stdout)
    assert "exercice 2026 : ouvert" in later
    assert "Aucune écriture." in later

    assert "fail" not in stage.clas("doctor").stdout
    program.terminate()
    assert program.wait(60) == 0


def test_what_is_not_known_is_an_error_in_one_line(stage: Stage) -> None:
    stage.clas("topology")

    dossier = stage.clas("dossier", "ELAN-0", code=1)
    books = stage.clas("ledger", "--caf", "999", "--exercise", "2025", code=1)

    assert dossier.stdout == books.stdout == ""
    assert dossier.stderr.startswith("clas: no service knows a dossier ELAN-0.")
    assert books.stderr == "clas: accounting has no books of Caf 999; it has those of: none yet\n"


def test_a_file_with_one_fault_sends_nothing(stage: Stage) -> None:
    stage.clas("topology")
    file = stage.file(convention(), convention(signed_on="demain"), convention())

    refused = stage.clas("publish", file, code=1)

    assert "line 2: data.signed_on: " in refused.stderr
    assert "1 of 3 events do not fit; nothing was sent" in refused.stderr
    assert asyncio.run(depth(stage.servers.amqp_url, "clas.funding")) == 0


def test_standard_input_is_published_and_waits_for_its_service(stage: Stage) -> None:
    stage.clas("topology")
    lines = "\n".join(json.dumps(convention()) for _ in range(150))

    assert stage.clas("publish", "--check", "-", given=lines).stdout == "150 events in - fit.\n"
    assert asyncio.run(depth(stage.servers.amqp_url, "clas.funding")) == 0
    stage.clas("publish", "-", given=lines)
    assert asyncio.run(depth(stage.servers.amqp_url, "clas.funding")) == 150

    waited = stage.clas("wait", "--timeout", "0.5", code=1)
    assert "funding: 150 in its queue" in waited.stderr


def test_without_topology_nothing_pretends_to_work(stage: Stage) -> None:
    file = stage.file(convention())

    assert "clas topology" in stage.clas("publish", file, code=1).stderr
    assert "clas topology" in stage.clas("wait", code=1).stderr
    assert "clas topology" in stage.clas("dead-letters", "list", code=1).stderr
    assert "clas topology" in stage.clas("topology", "--check", code=1).stderr
    doctor = stage.clas("doctor", code=1)
    assert re.search(
        r"fail +topology +not there: .*clas\.accounting,.* +clas topology", doctor.stdout
    )
    assert doctor.stderr == "clas: not in order: topology\n"


def letter(event_id: str, **headers: Any) -> aio_pika.Message:
    order = json.loads(samples.advance_order(order_id=event_id).model_dump_json())
    body = json.dumps(event("AdvanceOrdered", order, event_id)).encode()
    given = {"clas-reason": "poison", "clas-routing-key": "AdvanceOrdered.v1.761", **headers}
    return aio_pika.Message(body, message_id=event_id, headers=given, delivery_mode=2)


def ids(listing: str) -> list[str]:
    return re.findall(r"^funding +(\S+)", listing, flags=re.MULTILINE)


def test_looking_at_dead_letters_neither_loses_nor_reorders_them(stage: Stage) -> None:
    stage.clas("topology")
    names = [f"order-{rank}" for rank in range(12)]
    asyncio.run(put(stage.servers.amqp_url, LETTERS, *(letter(name) for name in names)))

    for _ in range(3):
        assert ids(stage.clas("dead-letters", "list", "funding").stdout) == names
        time.sleep(0.3)

    shown = stage.clas("dead-letters", "show", "funding", "order-11").stdout
    assert "reason: poison; now: fits the contract" in shown
    assert '"order_id": "order-11"' in shown
    ambiguous = stage.clas("dead-letters", "replay", "funding", "order-1", "--yes")
    assert ids(ambiguous.stdout) == ["order-1"]
    assert "begin" in stage.clas("dead-letters", "replay", "funding", "order-", code=2).stderr


def test_a_dead_letter_is_sent_again_once_somebody_says_so(stage: Stage) -> None:
    stage.clas("topology")
    url = stage.servers.amqp_url
    astray = letter("order-2", **{"clas-routing-key": "AdvanceOrdered.v1.451"})
    asyncio.run(put(url, LETTERS, letter("order-1"), astray, letter("order-3")))

    rehearsed = stage.clas("dead-letters", "replay", "funding", "--all", code=2)
    assert ids(rehearsed.stdout) == ["order-1", "order-2", "order-3"]
    assert "--yes" in rehearsed.stderr
    assert asyncio.run(depth(url, "clas.funding")) == 0

    stage.clas("dead-letters", "replay", "funding", "order-1", "order-2", "--yes")
    assert ids(stage.clas("dead-letters", "list").stdout) == ["order-3"]
    stage.start("serve", "all")
    stage.clas("wait")

    told = stage.clas("dossier", samples.DOSSIER).stdout
    assert "Acompte order-1 refusé" in told
    assert "[COM-05]" in told
    assert "order-3" not in told
    (back,) = re.findall(r"^funding +order-2 .*", stage.clas("dead-letters", "list").stdout, re.M)
    assert re.search(r"disagrees .* 1 +\d+ +refused again: disagrees", back)


def test_a_letter_that_the_broker_moved_finds_its_way_back(stage: Stage) -> None:
    stage.clas("topology")
    asyncio.run(_move_by_the_broker(stage.servers.amqp_url))
    assert "delivery_limit" in stage.clas("dead-letters", "list", "funding").stdout

    stage.clas("dead-letters", "replay", "funding", "--all", "--yes")
    stage.start("serve", "all")
    stage.clas("wait")

    assert "Acompte order-1 refusé" in stage.clas("dossier", samples.DOSSIER).stdout
    assert "No dead letters" in stage.clas("dead-letters", "list").stdout


async def _move_by_the_broker(url: str) -> None:
    """Give a message back until the broker has enough of it."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("clas.events")
        order = letter("order-1")
        await exchange.publish(aio_pika.Message(order.body), "AdvanceOrdered.v1.761")
        queue = await channel.get_queue("clas.funding")
        while message := await queue.get(fail=False, timeout=2):
            await message.reject(requeue=True)


def test_one_service_that_dies_takes_the_others_with_it(stage: Stage) -> None:
    program = stage.start("serve", "all")
    services = children(program)
    assert len(services) == 4

    os.kill(services[2], signal.SIGKILL)

    assert program.wait(60) == 1
    assert "funding ended by itself (killed by SIGKILL); the others were stopped" in stage.log()
    assert alive(services) == []


def test_up_stops_what_it_started_and_only_that(stage: Stage) -> None:
    program = stage.start("up")
    until(lambda: "Ready" in stage.log(), "it says that it is ready")
    services = children(program)

    program.send_signal(signal.SIGINT)

    assert program.wait(60) == 0
    assert len(services) == 4
    assert alive(services) == []
    assert f"export CLAS_AMQP_URL='{stage.servers.amqp_url}'\n" in stage.log()
    stage.clas("topology", "--check")


@pytest.mark.parametrize(
    "words",
    [
        ("topology",),
        ("wait",),
        ("dead-letters", "list"),
        ("dossier", "x"),
        ("ledger", "--caf", "761", "--exercise", "2025"),
    ],
    ids=lambda words: words[0],
)
def test_servers_that_are_not_there_are_named_without_their_password(
    stage: Stage, words: tuple[str, ...]
) -> None:
    nowhere = Servers(
        amqp_url="amqp://me:secret@127.0.0.1:1/",
        mongo_url="mongodb://me:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200",
        origin="test",
    )

    failed = Stage(nowhere, stage.folder).clas(*words, code=3)

    assert re.match(r"clas: (RabbitMQ|MongoDB) at 127\.0\.0\.1:1 cannot be used", failed.stderr)
    assert failed.stderr.count("\n") == 1
    assert "secret" not in failed.stderr


def test_doctor_says_which_server_is_missing_and_what_to_do(stage: Stage) -> None:
    nowhere = Servers(
        amqp_url=stage.servers.amqp_url,
        mongo_url="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200",
        origin="test",
    )
    stage.clas("topology")

    failed = Stage(nowhere, stage.folder).clas("doctor", code=1)

    assert re.search(r"ok +topology", failed.stdout)
    assert re.search(
        r"warn +clas\.funding +0 waiting, 0 consuming +clas serve funding", failed.stdout
    )
    assert re.search(
        r"fail +MongoDB +127\.0\.0\.1:1: .* clas up, or set CLAS_MONGO_URL", failed.stdout
    )
    assert failed.stderr == "clas: not in order: MongoDB\n"


def test_wrong_words_and_wrong_settings_are_usage_errors(stage: Stage) -> None:
    stage.clas("ledger", "--caf", "761", code=2)
    stage.clas("serve", "everything", code=2)
    stage.clas("publish", str(stage.folder / "absent.json"), code=2)
    stage.clas("dead-letters", "replay", "funding", code=2)
    assert stage.clas("--version").stdout == "clas 0.1.0\n"

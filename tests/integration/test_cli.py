"""The command line on real servers without services: what it checks, refuses and leaves alone."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest

from deploy.embedded import Servers
from tests.support import samples
from tests.support.client import event
from tests.support.command_line import Stage, staged
from tests.support.letters import QUEUE, dead_letter, listed, put

pytestmark = pytest.mark.servers


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def convention(**changes: Any) -> dict[str, Any]:
    data = json.loads(samples.convention().model_dump_json()) | changes
    return event("ConventionSigned", data)


def test_the_topology_is_declared_and_listed(stage: Stage) -> None:
    drawn = stage.clas("topology").stdout

    assert re.search(r"clas\.eligibility +quorum +CommitteeDecided\.v1\.\*", drawn)
    assert re.search(r"clas\.log +stream +each of the \d\d events", drawn)
    assert "is complete" in stage.clas("topology", "--check").stdout


def test_what_is_not_known_is_an_error_in_one_line(stage: Stage) -> None:
    dossier = stage.clas("dossier", "ELAN-0", code=1)
    books = stage.clas("ledger", "--caf", "999", "--exercise", "2025", code=1)

    assert dossier.stdout == books.stdout == ""
    assert dossier.stderr.startswith("clas: no service knows a dossier ELAN-0.")
    assert dossier.stderr.count("\n") == 1
    assert books.stderr == "clas: accounting has no books of Caf 999; it has those of: none yet\n"


def test_a_file_with_one_fault_sends_nothing(stage: Stage) -> None:
    stage.clas("topology")
    file = stage.file(convention(), convention(signed_on="demain"), convention())

    refused = stage.clas("publish", file, code=1)

    assert "clas: line 2: data.signed_on: " in refused.stderr
    assert f"clas: {file}: 1 of 3 events does not fit; nothing was sent\n" in refused.stderr
    assert stage.messages("clas.funding") == 0


def test_standard_input_is_published_and_waits_for_its_service(stage: Stage) -> None:
    stage.clas("topology")
    lines = "\n".join(json.dumps(convention()) for _ in range(150))

    assert stage.clas("publish", "--check", "-", stdin=lines).stdout == "150 events in - fit.\n"
    assert stage.messages("clas.funding") == 0
    printed = stage.clas("publish", "-", stdin=lines).stdout
    assert printed == "150 events published and confirmed.\n"
    stage.holds("clas.funding", 150)

    waited = stage.clas("wait", "--timeout", "0.5", code=1)
    assert "not quiet after 0.5 s: funding: 150 in its queue." in waited.stderr
    stopped = stage.clas("publish", "--step", "--timeout", "0.1", "-", stdin=lines, code=1)
    assert "after ConventionSigned (line 1)" in stopped.stderr
    stage.holds("clas.funding", 151)


def test_without_topology_nothing_pretends_to_work(stage: Stage) -> None:
    file = stage.file(convention())

    for words in (("publish", file), ("wait",), ("dead-letters", "list"), ("topology", "--check")):
        assert "`clas topology`" in stage.clas(*words, code=1).stderr
    doctor = stage.clas("doctor", code=1)
    assert re.search(
        r"fail +topology +not there: .*clas\.accounting.* clas topology", doctor.stdout
    )
    assert doctor.stderr == "clas: not in order: topology\n"


def test_an_event_that_no_queue_takes_is_an_error(stage: Stage) -> None:
    stage.clas("topology")
    asyncio.run(_delete_queues(stage.servers.amqp_url))

    refused = stage.clas("publish", stage.file(convention()), code=1)

    assert "no queue takes ConventionSigned.v1.761" in refused.stderr


async def _delete_queues(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for queue in ("clas.log", "clas.funding", "clas.submission"):  # The last gets the unrouted.
            await channel.queue_delete(queue)


def test_looking_at_dead_letters_neither_loses_nor_reorders_them(stage: Stage) -> None:
    stage.clas("topology")
    names = [f"order-{rank}" for rank in range(12)]
    asyncio.run(put(stage.servers.amqp_url, *(dead_letter(name) for name in names)))

    for _ in range(3):
        assert listed(stage.clas("dead-letters", "list", "funding").stdout) == names
        stage.holds(QUEUE, 12)

    shown = stage.clas("dead-letters", "show", "funding", "order-11").stdout
    assert "reason: poison; now: fits the contract" in shown
    assert '"order_id": "order-11"' in shown
    assert "lists them" in stage.clas("dead-letters", "show", "funding", "nope", code=1).stderr
    stage.holds(QUEUE, 12)


def test_a_replay_is_a_rehearsal_until_somebody_says_yes(stage: Stage) -> None:
    stage.clas("topology")
    names = [f"order-{rank}" for rank in range(12)]
    asyncio.run(put(stage.servers.amqp_url, *(dead_letter(name) for name in names)))

    rehearsed = stage.clas("dead-letters", "replay", "funding", "order-1", "order-11", code=2)
    assert listed(rehearsed.stdout) == ["order-1", "order-11"]
    assert "--yes" in rehearsed.stderr
    stage.holds(QUEUE, 12)
    ambiguous = stage.clas("dead-letters", "replay", "funding", "order-", "--yes", code=2)
    assert "the beginning of 12 ids" in ambiguous.stderr
    stage.holds(QUEUE, 12)
    assert stage.messages("clas.funding") == 0

    stage.clas("dead-letters", "replay", "funding", "order-1", "order-11", "--yes")
    stage.holds("clas.funding", 2)
    stage.holds(QUEUE, 10)
    left = listed(stage.clas("dead-letters", "list", "funding").stdout)
    assert sorted(left) == sorted(set(names) - {"order-1", "order-11"})


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
    words: tuple[str, ...], tmp_path: Path
) -> None:
    nowhere = Servers(
        amqp_url="amqp://me:secret@127.0.0.1:1/",
        mongo_url="mongodb://me:secret@127.0.0.1:1/",
        origin="test",
    )

    failed = Stage(nowhere, tmp_path).clas(*words, code=3)

    assert re.match(r"clas: (RabbitMQ|MongoDB) at 127\.0\.0\.1:1 cannot be used", failed.stderr)
    assert failed.stderr.count("\n") == 1
    assert "secret" not in failed.stderr


def test_doctor_says_which_server_is_missing_and_what_to_do(stage: Stage) -> None:
    nowhere = Servers(
        amqp_url=stage.servers.amqp_url,
        mongo_url="mongodb://127.0.0.1:1/",
        origin="test",
    )
    stage.clas("topology")

    failed = Stage(nowhere, stage.folder).clas("doctor", code=1)

    assert re.search(r"ok +topology", failed.stdout)
    idle = r"warn +clas\.funding +0 waiting, 0 consuming +clas serve funding"
    assert re.search(idle, failed.stdout)
    missing = r"fail +MongoDB +127\.0\.0\.1:1: .* clas up, or set CLAS_MONGO_URL"
    assert re.search(missing, failed.stdout)
    assert failed.stderr == "clas: not in order: MongoDB\n"


def test_wrong_words_and_wrong_settings_are_usage_errors(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.clas("ledger", "--caf", "761", code=2)
    stage.clas("serve", "everything", code=2)
    stage.clas("publish", str(stage.folder / "absent.json"), code=2)
    stage.clas("dead-letters", "replay", "funding", code=2)
    monkeypatch.setenv("CLAS_PREFETCH", "many")
    assert "CLAS_PREFETCH" in stage.clas("wait", code=2).stderr

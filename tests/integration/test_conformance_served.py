"""`clas conformance --run` on real servers: the services answer as the kit expects."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aio_pika
import pytest

from deploy.embedded import Servers
from shared.kernel.messages import IncomingMessage
from shared.partner_kit.runner import Outcome, Run, play
from shared.partner_kit.sample import read_samples
from shared.rabbitmq.topology import event_keys
from tests.support.command_line import Stage, staged, until

pytestmark = pytest.mark.servers
PLAYED = ("conformance", "--run", "--yes", "--timeout", "120")
DROP = re.compile(r"clas (dead-letters drop (\w+) (kit-[0-9a-f]{8}) --beginning --yes)")


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def test_nothing_is_published_where_nobody_answers(stage: Stage) -> None:
    stage.clas("topology")

    refused = stage.clas("conformance", "--run", "--yes", code=1)

    assert "nothing serves submission, eligibility, funding, accounting" in refused.stderr
    assert stage.messages("clas.submission") == 0


def test_our_services_answer_as_the_kit_says_whoever_publishes(stage: Stage) -> None:
    stage.start("serve", "all")
    unconfirmed = stage.clas("conformance", "--run", code=2)
    assert (
        f"nothing was published: --yes publishes {len(read_samples())} real messages"
        in unconfirmed.stderr
    )
    assert _letters(stage) == 0

    run = stage.clas(*PLAYED)

    assert f"All {len(read_samples())} messages were answered as the contract says." in run.stdout
    assert re.search(
        r"024 +acompte-verse +AdvanceGranted, AccountingEntryPosted"
        r" +AdvanceGranted, AccountingEntryPosted +conforms",
        run.stdout,
    )
    assert run.stderr == ""
    drops = DROP.findall(run.stdout)
    assert [service for _, service, _ in drops] == [
        *("accounting", "eligibility", "funding", "submission"),
    ]
    _wait_for_dead_letters(stage, 1)

    outcomes = asyncio.run(_foreign(stage.servers.amqp_url, Run("kit-0000000f", timeout_s=20)))
    assert [(each.sample.name, each.faults) for each in outcomes if each.faults] == []

    report = json.loads(stage.clas(*PLAYED, "--json", "--caf", "771").stdout)
    (first, *_) = report["samples"]
    assert (report["conforms"], report["caf"]) == (True, "771")
    assert first["expected"]["answers"][0]["event"] == "CampaignRegistered"
    data = first["received"][0]["data"]
    assert (data["caf"], data["school_year"], data["superseded"]) == ("771", "2025-2026", False)

    for command, service, _ in drops:
        dropped = stage.clas(*command.split())
        assert f"dropped from the dead letters of {service}." in dropped.stdout
    _wait_for_dead_letters(stage, 2)
    assert "Tout concorde" in stage.clas("check").stdout
    assert drops[0][2] not in stage.clas("dead-letters", "list").stdout
    _wait_for_dead_letters(stage, 2)
    rehearsed = stage.clas("dead-letters", "drop", "funding", "kit-0000000f", "--beginning", code=2)
    assert "nothing was dropped: this was a rehearsal" in rehearsed.stderr


def _wait_for_dead_letters(stage: Stage, runs: int) -> None:
    """Wait until the dead letters of so many runs are in the queues, none unacknowledged."""
    count = runs * sum(not each.valid for each in read_samples())
    until(lambda: _letters(stage) == count, f"the dead letters of {runs} runs")


def _letters(stage: Stage) -> int:
    services = ("submission", "eligibility", "funding", "accounting")
    return sum(stage.messages(f"clas.{service}.dead-letters") for service in services)


@dataclass
class Foreign:
    """A partner's own program: aio-pika, none of our code, and only what AMQP asks for."""

    exchange: aio_pika.abc.AbstractExchange
    messages: list[IncomingMessage] = field(default_factory=list)

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        message = aio_pika.Message(
            body,
            message_id=message_id,
            content_type="application/cloudevents+json",
            delivery_mode=2,
        )
        await self.exchange.publish(message, routing_key, mandatory=True)

    def received(self) -> Sequence[IncomingMessage]:
        return self.messages

    async def settle(self) -> None:
        await asyncio.sleep(1)

    async def on_message(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        self.messages.append(
            IncomingMessage(message.body, message.routing_key or "", message.message_id)
        )


async def _foreign(url: str, run: Run) -> list[Outcome]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange("clas.events")
        foreign = Foreign(exchange)
        queue = await channel.declare_queue(exclusive=True)
        for key in event_keys():
            await queue.bind(exchange, key)
        await queue.consume(foreign.on_message, no_ack=True)
        return await play(read_samples(), foreign, run, lambda: None)

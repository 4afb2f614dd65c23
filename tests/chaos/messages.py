"""Messages that are not what they should be: odd properties, poison, deadly ones, doubles."""

import asyncio
import datetime as dt
import json

import aio_pika
from aio_pika.exceptions import ChannelPreconditionFailed
from pamqp.commands import Basic

from shared.rabbitmq.topology import EXCHANGE
from tests.chaos.marked import DEADLY, FAILING, MODULE, ONCE_VARIABLE
from tests.chaos.registry import scenario
from tests.chaos.run import Run
from tests.contract.corpus import CORPUS
from tests.support.client import Event, event, key_of
from tests.support.samples import committee_decision

MIB = 1024 * 1024


class Latin1(str):
    """Text that is not UTF-8 on the wire."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return super().encode("latin-1")


class Microseconds(dt.datetime):
    """A time whose number on the wire is not one of seconds."""

    def timestamp(self) -> float:
        return super().timestamp() * 1_000_000


@scenario(rows=(), summary="Events with an app_id in Latin-1 and a timestamp in microseconds")
async def odd_properties(run: Run) -> None:
    """The client library cannot decode either; the events themselves are valid."""
    odd = run.load.during[-1]
    time = Microseconds(2026, 1, 1, tzinfo=dt.UTC)
    await _send(run, odd, Basic.Properties(app_id=Latin1("périscolaire"), delivery_mode=2))
    await _send(run, odd, Basic.Properties(timestamp=time, delivery_mode=2))


@scenario(rows=(22,), summary="Each message three times", copies=3, replicas=2)
async def doubles(run: Run) -> None:
    """Copies are published at the same time: some are handled in one batch, some by the others."""
    await asyncio.sleep(run.seconds)


@scenario(rows=(23,), summary="Each message on three connections at the same time", replicas=2)
async def simultaneous_doubles(run: Run) -> None:
    await asyncio.gather(*(run.send(run.load.during) for _ in range(3)))


@scenario(rows=(24,), summary="Ids that come again with other content")
async def id_reuse(run: Run) -> None:
    for sent in run.load.before[1][:5]:
        other = sent | {"time": "2026-01-02T00:00:00Z"}
        run.poison["submission"][sent["id"]] += 1
        await _send(run, other, Basic.Properties(message_id=sent["id"], delivery_mode=2))


@scenario(
    rows=(27, 40), summary="One message in twenty malformed, each in its own way", dossiers=75
)
async def five_percent_poison(run: Run) -> None:
    for bad in CORPUS[: 4 * run.load.dossiers // 20]:
        await run.send_malformed(bad.service, bad.body, routing_key=bad.routing_key)
        await asyncio.sleep(run.seconds / 20)


async def with_marks(run: Run) -> None:
    """Let the eligibility service mind marked events."""
    run.stage.programs["eligibility"] = (MODULE, "eligibility")


@scenario(rows=(27,), summary="Five messages whose decision always fails", prepare=with_marks)
async def failing_decisions(run: Run) -> None:
    for rank in range(5):
        await run.send_poison("eligibility", _decision(f"{FAILING}-{rank}"))


@scenario(
    rows=(28,),
    summary="A message that kills the process that decides it; it is started again each time",
    prepare=with_marks,
    supervised=True,
)
async def deadly_message(run: Run) -> None:
    await run.send_poison("eligibility", _decision(DEADLY))


@scenario(
    rows=(44,),
    summary="A decision that outlasts a transaction of MongoDB, once",
    prepare=with_marks,
)
async def slow_decision(run: Run) -> None:
    run.stage.environments["eligibility"] = {ONCE_VARIABLE: str(run.stage.folder / "once")}
    (replica,) = [each for each in run.stage.running if each.service == "eligibility"]
    replica.kill()
    await run.restart(replica)
    await asyncio.sleep(2 * run.seconds)


@scenario(rows=(29, 14), summary="A body above the bound during a memory alarm")
async def oversized_during_alarm(run: Run) -> None:
    """Its dead letter waits for the alarm to end; nothing else does."""
    await run.send_malformed("eligibility", b" " * (2 * MIB))
    await run.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
    await asyncio.sleep(2 * run.seconds)
    await run.rabbitmqctl("set_vm_memory_high_watermark", "0.4")


@scenario(rows=(29,), summary="Bodies of 1 MiB and a byte, of 17 MiB and of 100 MiB")
async def oversized(run: Run) -> None:
    for size in (MIB + 1, 17 * MIB, 100 * MIB):
        try:
            await run.send_malformed("accounting", b" " * size)
        except ChannelPreconditionFailed:
            run.notes.append(f"the broker takes no message of {size} bytes")


def _decision(event_id: str) -> Event:
    data = committee_decision(dossier_id=event_id).model_dump(mode="json")
    return event("CommitteeDecided", data, event_id)


async def _send(run: Run, sent: Event, properties: Basic.Properties) -> None:
    """Publish with properties as they are: the client's own message would refuse the odd ones."""
    async with await aio_pika.connect(run.rabbit.url) as connection:
        channel = await (await connection.channel()).get_underlay_channel()
        await channel.basic_publish(
            json.dumps(sent).encode(),
            exchange=EXCHANGE,
            routing_key=key_of(sent),
            properties=properties,
        )

"""Faults of RabbitMQ: restarts, kills, alarms, and parts of the topology that disappear."""

import asyncio

import aio_pika

from shared.rabbitmq.topology import EXCHANGE
from shared.service_app import REDECLARE_EVERY_S
from tests.chaos.registry import scenario
from tests.chaos.run import Run


@scenario(rows=(10,), summary="The broker application stopped for 5 s and started", replicas=2)
async def broker_restart(run: Run) -> None:
    await run.rabbitmqctl("stop_app")
    await asyncio.sleep(5)
    await run.rabbitmqctl("start_app")


@scenario(rows=(11,), summary="The broker killed, and started on the same data", replicas=2)
async def broker_kill(run: Run) -> None:
    await run.queues_settle()
    await asyncio.to_thread(run.rabbit.kill)
    await asyncio.to_thread(run.rabbit.start)


@scenario(rows=(18,), summary="All connections closed by the broker each second", replicas=2)
async def connections_closed(run: Run) -> None:
    await run.rabbitmqctl("eval", closing_connections(times=int(run.seconds)))
    await asyncio.sleep(run.seconds)


def closing_connections(times: int) -> str:
    """Return what the broker evaluates to close all connections each second, on its own."""
    close_all = '[rabbit_networking:close_connection(P, "chaos") || P <- Connections]'
    turn = f"Connections = rabbit_networking:connections(), {close_all}, timer:sleep(1000)"
    loop = f"lists:foreach(fun(_) -> {turn} end, lists:seq(1, {times}))"
    return f"spawn(fun() -> {loop} end)."


@scenario(rows=(12, 13), summary="A queue deleted under its consumer; then redriven")
async def queue_deleted(run: Run) -> None:
    """What was in it is lost with it; all of it stands in the outboxes of other services."""
    await asyncio.sleep(0.2 * run.seconds)
    async with await aio_pika.connect(run.rabbit.url) as connection:
        await (await connection.channel()).queue_delete("clas.accounting")
    await _repaired(run)


async def _repaired(run: Run) -> None:
    """Wait until the services declared what is missing, and publish again what nobody handled."""
    await asyncio.sleep(REDECLARE_EVERY_S)
    await run.clas("redrive", "--yes")


@scenario(rows=(12,), summary="The exchange deleted")
async def exchange_deleted(run: Run) -> None:
    async with await aio_pika.connect(run.rabbit.url) as connection:
        await (await connection.channel()).exchange_delete(EXCHANGE)


@scenario(rows=(), summary="A binding taken away each second; then redriven")
async def binding_removed(run: Run) -> None:
    async with await aio_pika.connect(run.rabbit.url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("clas.funding")
        for _ in range(int(run.seconds)):
            await queue.unbind(EXCHANGE, "AgrementGranted.v1.*")
            await asyncio.sleep(1)
    await _repaired(run)


@scenario(rows=(14,), summary="A memory alarm")
async def memory_alarm(run: Run) -> None:
    await run.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
    await asyncio.sleep(run.seconds)
    await run.rabbitmqctl("set_vm_memory_high_watermark", "0.4")


@scenario(rows=(15,), summary="A disk alarm")
async def disk_alarm(run: Run) -> None:
    await run.rabbitmqctl("set_disk_free_limit", "999GB")
    await asyncio.sleep(run.seconds)
    await run.rabbitmqctl("set_disk_free_limit", "50MB")


@scenario(rows=(49,), summary="A dead-letter queue deleted while messages are refused")
async def dead_letter_queue_deleted(run: Run) -> None:
    """Its service declares it again; until then the dead letters wait in the outbox."""
    async with await aio_pika.connect(run.rabbit.url) as connection:
        await (await connection.channel()).queue_delete("clas.eligibility.dead-letters")
    for rank in range(5):
        await run.send_malformed("eligibility", b"not JSON: %d" % rank)
        await asyncio.sleep(1)
    await asyncio.sleep(REDECLARE_EVERY_S)

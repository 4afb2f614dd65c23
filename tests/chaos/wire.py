"""Every message that the exchange took since the topology was declared, read from `clas.log`."""

import asyncio
import uuid

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from shared.rabbitmq.topology import LOG

READ_S_MAX = 60.0
PREFETCH = 500


async def published_bodies(url: str) -> list[bytes]:
    """Return the bodies in the order of the log; what was published twice is there twice.

    A marker that is sent to the log itself tells its end.
    """
    marker, end, bodies = uuid.uuid4().hex, asyncio.Event(), list[bytes]()

    async def receive(message: AbstractIncomingMessage) -> None:
        await message.ack()
        if message.message_id == marker:
            end.set()
        elif message.exchange:
            bodies.append(message.body)

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        log = await channel.get_queue(LOG)
        await channel.default_exchange.publish(aio_pika.Message(b"", message_id=marker), LOG)
        await log.consume(receive, arguments={"x-stream-offset": "first"})
        await asyncio.wait_for(end.wait(), READ_S_MAX)
    return bodies

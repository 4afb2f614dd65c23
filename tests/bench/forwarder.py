"""The limit so far: a bare aio-pika forwarder, in batches, without any database."""

import asyncio
import sys
from collections import deque
from typing import Any

import aio_pika
import uvloop

from shared.kernel.settings import Settings


async def main(service: str, publishes: str) -> None:
    """Forward a service's queue until killed; where it publishes nothing, only acknowledge."""
    settings = Settings()
    consuming = await aio_pika.connect_robust(settings.amqp_url)
    publishing = await aio_pika.connect_robust(settings.amqp_url)
    out = await publishing.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await out.get_exchange("clas.events")
    channel = await consuming.channel()
    await channel.set_qos(prefetch_count=settings.prefetch)
    queue = await channel.get_queue(f"clas.{service}")
    arrived: deque[Any] = deque()
    arrival = asyncio.Event()

    async def arrive(message: Any) -> None:
        arrived.append(message)
        arrival.set()

    await queue.consume(arrive)
    while True:
        arrival.clear()
        if not arrived:
            await arrival.wait()
        batch = [arrived.popleft() for _ in range(min(len(arrived), settings.batch_max))]
        if publishes:
            await asyncio.gather(*(_forward(exchange, message, publishes) for message in batch))
        await batch[-1].channel.basic_ack(batch[-1].delivery_tag, multiple=True)


async def _forward(exchange: Any, message: Any, publishes: str) -> None:
    copy = aio_pika.Message(message.body, message_id=message.message_id, delivery_mode=2)
    await exchange.publish(copy, f"{publishes}.v1.761", mandatory=True)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))

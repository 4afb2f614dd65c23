"""A broker as on its first day: the contract's queues and exchanges are deleted, not purged."""

import aio_pika

from shared.kernel.settings import Settings
from shared.rabbitmq.topology import exchanges, queues, topology_fingerprint


async def wipe(url: str) -> None:
    """Delete everything the contract declares, with all messages."""
    settings = Settings(amqp_url=url)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for queue in queues(settings):
            await channel.queue_delete(queue.name)
        for exchange in exchanges():
            await channel.exchange_delete(exchange.name)
        await channel.exchange_delete(topology_fingerprint(settings))


async def depth(url: str, queue: str) -> int:
    """Count the messages of a queue."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, durable=True, passive=True)
        return int(declared.declaration_result.message_count or 0)


async def drain(url: str, queue: str) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """Take all messages of a queue."""
    messages: list[aio_pika.abc.AbstractIncomingMessage] = []
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        held = await channel.declare_queue(queue, durable=True, passive=True)
        while message := await held.get(no_ack=True, fail=False):
            messages.append(message)
    return messages

"""The usual way, without the kernel: a transaction for each message, then publish, mark and ack.

Up to IN_FLIGHT messages are handled at the same time. It decides nothing: it stores and forwards.
"""

import asyncio
import json
import sys
from typing import Any

import aio_pika
import uvloop
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from shared.kernel.settings import Settings

IN_FLIGHT = 100


async def main(service: str, publishes: str) -> None:
    """Handle a service's queue until killed."""
    settings = Settings()
    client: Any = AsyncIOMotorClient(settings.mongo_url, w="majority", journal=True)
    database = client[f"{settings.database_prefix}{service}"]
    for name in ("inbox", "outbox", "states"):
        await database.create_collection(name)
    consuming = await aio_pika.connect_robust(settings.amqp_url)
    publishing = await aio_pika.connect_robust(settings.amqp_url)
    out = await publishing.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await out.get_exchange("clas.events")
    channel = await consuming.channel()
    await channel.set_qos(prefetch_count=IN_FLIGHT)
    queue = await channel.get_queue(f"clas.{service}")

    async def arrive(message: Any) -> None:
        """The library runs one task for each message."""
        await _handle(client, database, exchange, message, publishes)

    await queue.consume(arrive)
    await asyncio.Event().wait()


async def _handle(client: Any, database: Any, exchange: Any, message: Any, publishes: str) -> None:
    event = json.loads(message.body)
    async with (
        await client.start_session() as session,
        session.start_transaction(write_concern=WriteConcern("majority", j=True)),
    ):
        if not await database.inbox.find_one({"_id": event["id"]}, session=session):
            state = {"_id": event["data"]["dossier_id"], "data": event["data"]}
            await database.inbox.insert_one({"_id": event["id"]}, session=session)
            await database.states.insert_one(state, session=session)
            sent = {"_id": event["id"], "body": message.body, "pending": True}
            await database.outbox.insert_one(sent, session=session)
    copy = aio_pika.Message(message.body, message_id=event["id"], delivery_mode=2)
    await exchange.publish(copy, f"{publishes}.v1.761", mandatory=True)
    await database.outbox.update_one({"_id": event["id"]}, {"$unset": {"pending": ""}})
    await message.ack()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))

"""Dead letters of funding: advances dead-lettered by the service or by the broker."""

import asyncio
import json
import re
from typing import Any

import aio_pika

from tests.support import samples
from tests.support.broker import depth
from tests.support.client import LONGEST_S, event

QUEUE = "clas.funding.dead-letters"
KEY = "AdvanceOrdered.v1.761"


def dead_letter(order_id: str, **headers: Any) -> aio_pika.Message:
    """Return an advance as funding dead-letters it; `_` stands for `-` in header names."""
    order = json.loads(samples.advance_order(order_id=order_id).model_dump_json())
    body = json.dumps(event("AdvanceOrdered", order, order_id)).encode()
    standard = {"clas_reason": "poison", "clas_routing_key": KEY, **headers}
    translated = {name.replace("_", "-"): value for name, value in standard.items()}
    return aio_pika.Message(body, message_id=order_id, headers=translated, delivery_mode=2)


async def put(url: str, *messages: aio_pika.Message) -> None:
    """Publish dead letters to the queue."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for message in messages:
            await channel.default_exchange.publish(message, QUEUE)


async def moved_by_the_broker(url: str, order_id: str) -> None:
    """Publish an advance and requeue it until the broker dead-letters it."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("clas.events")
        order = aio_pika.Message(dead_letter(order_id).body, message_id=order_id)
        await exchange.publish(order, KEY)
        queue = await channel.get_queue("clas.funding")
        before = await depth(url, QUEUE)
        async with asyncio.timeout(LONGEST_S):
            while await depth(url, QUEUE) == before:
                if message := await queue.get(fail=False, timeout=LONGEST_S):
                    await message.reject(requeue=True)


def listed(text: str) -> list[str]:
    """Return the ids of a list of dead letters."""
    return re.findall(r"^funding +(\S+)", text, flags=re.MULTILINE)

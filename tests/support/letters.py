"""Dead letters of funding: advances that a service or the broker set aside."""

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


def letter(order_id: str, **headers: Any) -> aio_pika.Message:
    """Return an advance as funding would set it aside; `_` stands for `-` in headers."""
    order = json.loads(samples.advance_order(order_id=order_id).model_dump_json())
    body = json.dumps(event("AdvanceOrdered", order, order_id)).encode()
    given = {"clas_reason": "poison", "clas_routing_key": KEY, **headers}
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return aio_pika.Message(body, message_id=order_id, headers=named, delivery_mode=2)


async def put(url: str, *messages: aio_pika.Message) -> None:
    """Lay dead letters into the queue."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for message in messages:
            await channel.default_exchange.publish(message, QUEUE)


async def moved_by_the_broker(url: str, order_id: str) -> None:
    """Publish an advance, and give it back until the broker has enough of it."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("clas.events")
        order = aio_pika.Message(letter(order_id).body, message_id=order_id)
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

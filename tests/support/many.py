"""Thousands of grants of one Caf for accounting, each like the other but for its ids.

Part N is 1 103.30 and part N+1 1 654.95; an advance is 700.00 on 2025.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import aio_pika

from shared.contracts.base import WireModel
from tests.support import samples
from tests.support.client import event, key_of

AT_ONCE = 500
RANK = "RANK-0"


class Sent(NamedTuple):
    """An event ready to travel."""

    id: str
    key: str
    body: bytes


def grants(count: int) -> Iterator[Sent]:
    """Yield the first `count` grants."""
    return _numbered(samples.funding_granted(dossier_id=f"D-{RANK}"), range(count))


def advances(count: int) -> Iterator[Sent]:
    """Yield an advance to each of the first `count` grants."""
    ids = {"dossier_id": f"D-{RANK}", "order_id": f"O-{RANK}"}
    return _numbered(samples.advance_granted(**ids), range(count))


def closing(exercise: int) -> Sent:
    """Return the request that closes an exercise."""
    day = f"{exercise + 1}-01-31"
    (only,) = _numbered(samples.exercise_closed(exercise=exercise, closed_on=day), [exercise])
    return only


async def publish(url: str, events: Iterable[Sent]) -> None:
    """Publish with confirms, many concurrently; the answers are read afterwards."""
    remaining = iter(events)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange("clas.events")
        while batch := list(islice(remaining, AT_ONCE)):
            await asyncio.gather(*(_publish(exchange, each) for each in batch))


def _numbered(data: WireModel, ranks: Iterable[int]) -> Iterator[Sent]:
    name = type(data).__name__
    sample = event(name, data.model_dump(mode="json"), f"{name}-{RANK}")
    text, key = json.dumps(sample), key_of(sample)
    for rank in ranks:
        number = f"{rank:05}"
        yield Sent(f"{name}-{number}", key, text.replace(RANK, number).encode())


async def _publish(exchange: Any, sent: Sent) -> None:
    message = aio_pika.Message(sent.body, message_id=sent.id, delivery_mode=2)
    await exchange.publish(message, sent.key, mandatory=True)

"""A small accounting system in FastStream: it books each entry of one Caf once and acknowledges it.

    CLAS_AMQP_URL=amqp://… CAF=761 BOOKS=books.sqlite python docs/consumer_faststream.py

Delivery is at least once: `entry_id` makes booking idempotent, and the acknowledgement is stored
with the entry, so that a redelivery publishes the same bytes. Messages are acknowledged by hand,
once that answer is confirmed. Dead letters: an invalid message goes to `exemple.<caf>.dead-letters`
at once, one that failed ATTEMPTS_MAX times is moved there by the broker; none is dropped.
"""

import asyncio
import json
import os
import sqlite3
import uuid
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from faststream.rabbit.schemas import QueueType
from pydantic import BaseModel, ValidationError

URL, CAF = os.environ["CLAS_AMQP_URL"], os.environ["CAF"]
SYSTEM, ATTEMPTS_MAX = "exemple", 20
TABLES = """
CREATE TABLE IF NOT EXISTS entries (entry PRIMARY KEY, answer_id, answer);
CREATE TABLE IF NOT EXISTS lines (entry, line, account, debit, credit, PRIMARY KEY (entry, line));
"""
EVENTS = RabbitExchange("clas.events", type=ExchangeType.TOPIC, durable=True, declare=False)
DEAD_LETTERS = RabbitQueue(f"{SYSTEM}.{CAF}.dead-letters", QueueType.QUORUM, durable=True)
ENTRIES = RabbitQueue(
    f"{SYSTEM}.{CAF}",
    QueueType.QUORUM,
    durable=True,
    routing_key=f"AccountingEntryPosted.v1.{CAF}",
    arguments={
        "x-delivery-limit": ATTEMPTS_MAX,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": DEAD_LETTERS.name,
    },
)


class Line(BaseModel):
    """One line of an entry, amounts in euros."""

    ledger: str
    account: str
    debit: Decimal
    credit: Decimal


class Entry(BaseModel):
    """What this system reads of `AccountingEntryPosted`."""

    entry_id: str
    lines: tuple[Line, ...]


class EntryPosted(BaseModel):
    """The event around an entry."""

    data: Entry


async def undecoded(message: RabbitMessage) -> RabbitMessage:
    """Hand over the message itself: the handler validates its body and settles it."""
    return message


books = sqlite3.connect(os.environ["BOOKS"])
# A connection of its own: a broker with a subscriber may publish without `on_return_raises`.
publisher = RabbitBroker(URL, default_channel=Channel(on_return_raises=True))
broker = RabbitBroker(
    URL, default_channel=Channel(prefetch_count=50), decoder=undecoded, apply_types=False
)
app = FastStream(broker)


@app.on_startup
async def prepare() -> None:
    """Create the tables and the dead-letter queue: without it the broker drops dead letters."""
    books.executescript(TABLES)
    await publisher.start()
    await publisher.declare_queue(DEAD_LETTERS)


@app.after_shutdown
async def close() -> None:
    """Stop publishing last: handlers that are running still publish their answers."""
    await publisher.stop()


@broker.subscriber(ENTRIES, EVENTS, ack_policy=AckPolicy.MANUAL)
async def on_entry(message: RabbitMessage) -> None:
    """Book an entry, publish its acknowledgement, and only then acknowledge the message."""
    try:
        await publish(*book(EntryPosted.model_validate_json(message.body).data))
    except ValidationError:
        await message.reject()
    except (sqlite3.Error, TimeoutError, *CONNECTION_EXCEPTIONS):
        await asyncio.sleep(1)
        await message.reject(requeue=True)  # Counted up to ATTEMPTS_MAX, which a nack may not be.
    else:
        await message.ack()


def book(entry: Entry) -> tuple[str, str]:
    """Book an entry that is not booked yet; return id and text of its acknowledgement."""
    lines = [
        (entry.entry_id, rank, f"{line.ledger} {line.account}", str(line.debit), str(line.credit))
        for rank, line in enumerate(entry.lines, 1)
    ]
    with books:  # The entry with its lines and its answer, or nothing.
        answer = (entry.entry_id, *acknowledgement(entry.entry_id))
        if books.execute("INSERT OR IGNORE INTO entries VALUES (?, ?, ?)", answer).rowcount:
            books.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", lines)
    stored = "SELECT answer_id, answer FROM entries WHERE entry = ?"
    answer_id, text = books.execute(stored, [entry.entry_id]).fetchone()
    return answer_id, text


def acknowledgement(entry_id: str) -> tuple[str, str]:
    """Return id and text of `EntryAcknowledged`."""
    now, event_id = datetime.now(ZoneInfo("Europe/Paris")), str(uuid.uuid4())
    data = {"caf": CAF, "entry_id": entry_id, "system": SYSTEM, "reference": None}
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/accounting/{SYSTEM}",
        "type": "fr.caf.clas.EntryAcknowledged.v1",
        "time": now.isoformat(),
        "data": data | {"acknowledged_on": now.date().isoformat()},
    }
    return event_id, json.dumps(event)


async def publish(event_id: str, text: str) -> None:
    """Publish an answer; return once it is confirmed and routed."""
    await publisher.publish(
        text.encode(),
        exchange=EVENTS,
        routing_key=f"EntryAcknowledged.v1.{CAF}",
        message_id=event_id,
        content_type="application/cloudevents+json",
        persist=True,
        timeout=5,
    )


if __name__ == "__main__":
    asyncio.run(app.run())

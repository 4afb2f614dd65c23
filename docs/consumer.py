"""A small accounting system: it books each entry of one Caf once, and answers for each.

    python docs/consumer.py 761 books.sqlite accounts.txt [EXPORTED.jsonl ...]

CLAS_AMQP_URL is the broker. accounts.txt holds the accounts that it knows, one a line (`T 467`):
an entry on another one is rejected. Killed at any moment, it goes on where it was. Files of
`clas export events` bring what the stream no longer holds, and what was rejected and may pass now.
"""

import asyncio
import json
import os
import sqlite3
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aio_pika

SYSTEM = "exemple"
TABLES = """
CREATE TABLE IF NOT EXISTS journal (entry, line, account, debit, credit, PRIMARY KEY (entry, line));
CREATE TABLE IF NOT EXISTS outbox (id PRIMARY KEY, key, body);
CREATE TABLE IF NOT EXISTS place (one PRIMARY KEY CHECK (one = 1), offset, event);
"""
LINE = "INSERT INTO journal VALUES (?, ?, ?, replace(?, '.', '') + 0, replace(?, '.', '') + 0)"
GONE = """The stream no longer holds the event that was handled last: entries may be missing.
Export them (clas export events), forget the place (DELETE FROM place), start with the files."""


def book(db: sqlite3.Connection, accounts: set[str], posted: dict[str, Any]) -> None:
    """Book an entry whole or reject it whole; debits and credits are cents."""
    entry = posted["entry_id"]
    if db.execute("SELECT 1 FROM journal WHERE entry = ?", [entry]).fetchone():
        return
    lines = [
        (entry, line, f"{each['ledger']} {each['account']}", each["debit"], each["credit"])
        for line, each in enumerate(posted["lines"], 1)
    ]
    reasons = [
        {"code": "COMPTE", "message": f"Compte {account} inconnu", "line": line}
        for _, line, account, *_ in lines
        if account not in accounts
    ]
    if reasons:
        answer(db, posted, "EntryRejected", "rejected_on", reasons=reasons)
    else:
        db.executemany(LINE, lines)
        answer(db, posted, "EntryAcknowledged", "acknowledged_on", reference=None)


def answer(db: sqlite3.Connection, posted: dict[str, Any], name: str, on: str, **data: Any) -> None:
    """Put an answer into the outbox; from here on its id and its bytes are always the same."""
    now = datetime.now(ZoneInfo("Europe/Paris"))
    data |= {"caf": posted["caf"], "entry_id": posted["entry_id"], "system": SYSTEM}
    event = {
        "specversion": "1.0",
        "source": f"/accounting/{SYSTEM}",
        "type": f"fr.caf.clas.{name}.v1",
        "time": now.isoformat(),
        "data": data | {on: now.date().isoformat()},
    }
    event["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(event)))
    row = (event["id"], f"{name}.v1.{posted['caf']}", json.dumps(event))
    db.execute("INSERT INTO outbox VALUES (?, ?, ?)", row)


async def send(db: sqlite3.Connection, exchange: aio_pika.abc.AbstractExchange) -> None:
    """Publish the answers; each is forgotten once the broker has confirmed it."""
    for name, key, body in db.execute("SELECT * FROM outbox ORDER BY rowid").fetchall():
        message = aio_pika.Message(body.encode(), message_id=name, delivery_mode=2)
        await exchange.publish(message, key)
        with db:
            db.execute("DELETE FROM outbox WHERE id = ?", [name])


async def follow(caf: str, db: sqlite3.Connection, accounts: set[str]) -> None:
    """Book what comes, and answer, until the broker is gone."""
    async with await aio_pika.connect(os.environ["CLAS_AMQP_URL"]) as connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.set_qos(prefetch_count=100)  # A stream is not read without a bound.
        exchange = await channel.get_exchange("clas.events")
        await send(db, exchange)  # What the last run did not come to say.
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        connection.close_callbacks.add(lambda *_: arrived.put_nowait(None))
        place = db.execute("SELECT offset, event FROM place").fetchone()
        log = await channel.get_queue("clas.log")
        begin = {"x-stream-offset": place[0] if place else "first"}
        await log.consume(arrived.put, arguments=begin)
        if place:  # That event comes once more, or events behind it may be gone.
            first = await asyncio.wait_for(arrived.get(), timeout=30)
            if place != (first.headers["x-stream-offset"], first.message_id):
                sys.exit(GONE)
        while message := await arrived.get():
            offset = message.headers["x-stream-offset"]
            mine = message.routing_key == f"AccountingEntryPosted.v1.{caf}"
            if mine or offset % 1000 == 0:
                with db:  # The entry, the answer and the place, or nothing.
                    if mine:
                        book(db, accounts, json.loads(message.body)["data"])
                    db.execute("REPLACE INTO place VALUES (1, ?, ?)", [offset, message.message_id])
                await send(db, exchange)
            await message.ack()


if __name__ == "__main__":
    if not sys.argv[3:]:
        sys.exit(__doc__)
    accounts = set(Path(sys.argv[3]).read_text("utf-8").splitlines())
    with sqlite3.connect(sys.argv[2]) as books:
        books.executescript(TABLES)
        for file in sys.argv[4:]:
            for exported in Path(file).read_bytes().splitlines():
                book(books, accounts, json.loads(exported)["data"])
    try:
        asyncio.run(follow(sys.argv[1], books, accounts))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit("The broker is gone; start again.")

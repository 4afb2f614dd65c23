"""10 000 grants of one Caf, closed by two replicas that are killed: the books stay the same.

Accounting learns the grants once, as it always does. Then its database is copied, as it stands;
the copy is closed calmly, by one replica, the other one under kills.
"""

import asyncio
import hashlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import zip_longest
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from tests.support.broker import depth
from tests.support.campaign import COLLECTIONS
from tests.support.many import advances, closing, grants, publish
from tests.support.processes import Processes, processes

CAF, EXERCISE = "761", 2025
GRANTS, ADVANCED, ENTRIES = 10_000, 2_500, 22_500
KILLS = 5
LONGEST_S = 500
TOTALS = [
    # 10 000 × 1 103.30 less 2 500 × 700.00; 2 500 × 700.00; 10 000 × 1 654.95
    {"kind": "accrual", "count": 10_000, "amount": "9283000.00"},
    {"kind": "advance", "count": 2_500, "amount": "1750000.00"},
    {"kind": "commitment", "count": 10_000, "amount": "16549500.00"},
]
TRIAL_BALANCE = [
    {"ledger": "SF", "account": "6562322410", "debit": "11033000.00", "credit": "0.00"},
    {"ledger": "T", "account": "408143111", "debit": "0.00", "credit": "9283000.00"},
    {"ledger": "T", "account": "467", "debit": "0.00", "credit": "1750000.00"},
    {"ledger": "T", "account": "80182", "debit": "0.00", "credit": "16549500.00"},
    {"ledger": "T", "account": "8091", "debit": "16549500.00", "credit": "0.00"},
]
Documents = list[dict[str, Any]]


@pytest.mark.servers
@pytest.mark.timeout(1_200)
async def test_two_replicas_that_are_killed_close_as_one_that_is_left_alone(
    real_servers: Servers,
) -> None:
    seed = int(os.environ.get("CLAS_SEED") or random.randrange(10**6))
    sys.stderr.write(f"CLAS_SEED={seed}\n")

    async with processes(real_servers) as stage:
        await stage.start("accounting", replicas=2)
        url = real_servers.amqp_url
        await asyncio.gather(publish(url, grants(GRANTS)), publish(url, advances(ADVANCED)))
        await until_idle(stage, records=GRANTS + ADVANCED)
        retire(stage)
        async with copy_of(stage) as calm:
            await calm.start("accounting")
            await publish(url, [closing(EXERCISE)])
            await until_closed(calm)
            retire(calm)

            await stage.start("accounting", replicas=2)
            killing = asyncio.create_task(kill_on_the_way(stage, random.Random(seed)))
            await publish(url, [closing(EXERCISE)])
            await until_closed(stage)
            await killing

            for name in COLLECTIONS:
                assert_same(stored(stage, name), stored(calm, name))
            assert await published(stage) == await published(calm)
        assert_numbered_and_chained(stage)
        assert await depth(url, "clas.accounting.dead-letters") == 0


def assert_numbered_and_chained(stage: Processes) -> None:
    """What was booked, in figures written out; numbers without gap; the chain as documented."""
    (closed,) = stored(stage, "closings")
    assert closed["totals"] == TOTALS
    assert closed["trial_balance"] == TRIAL_BALANCE
    assert closed["sequence"] == ENTRIES
    entries = sorted(stored(stage, "entries"), key=lambda entry: int(entry["sequence"]))
    assert [entry["sequence"] for entry in entries] == list(range(1, ENTRIES + 1))
    head = hashlib.sha256(f"{CAF}|{EXERCISE}".encode()).hexdigest()
    for entry in entries:
        text = json.dumps(
            entry["posted"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert entry["previous_hash"] == head
        head = hashlib.sha256((head + text).encode()).hexdigest()
        assert entry["hash"] == head
    assert closed["head_hash"] == head


def assert_same(stormy: Documents, calm: Documents) -> None:
    """Compare all that the store holds, versions too; name the first that differs."""
    differing = (pair for pair in zip_longest(stormy, calm) if pair[0] != pair[1])
    assert next(differing, None) is None


async def published(stage: Processes) -> Counter[str]:
    """Count what accounting published, by event and id: each once."""
    async with database(stage) as db:
        records = db.inbox.find(
            {"outputs.0": {"$exists": True}}, ("outputs.routing_key", "outputs.id")
        )
        outputs = (output for record in records for output in record["outputs"])
        events = Counter(f"{output['routing_key']} {output['id']}" for output in outputs)
    assert set(events.values()) == {1}
    names = Counter(event.partition(".")[0] for event in events)
    assert names["AccountingEntryPosted"] == ENTRIES
    assert names["ClosingCompleted"] == 1
    return events


async def kill_on_the_way(stage: Processes, rng: random.Random) -> None:
    """Kill a replica here and there on the way from the first grant to the last entry."""
    marks = sorted(rng.sample(range(GRANTS + ENTRIES), KILLS))
    async with database(stage) as db:
        for mark in marks:
            await until(lambda mark=mark: _done(db) >= mark)  # type: ignore[misc]
            await asyncio.sleep(rng.uniform(0, 0.3))
            victim = stage.running.pop(rng.randrange(len(stage.running)))
            victim.kill()
            stage.launch("accounting")


def _done(db: Any) -> int:
    """Return the grants passed and the entries numbered."""
    running = db.closings.find_one({"exercise": EXERCISE})
    if running is None:
        return 0
    before = {"_id": {"$lte": running["after"]}} if running["step"] == "grants" else {}
    return int(db.grants.count_documents(before)) + int(running["sequence"])


async def until_idle(stage: Processes, records: int) -> None:
    """Wait until accounting has handled so many messages and published all its events."""
    async with database(stage) as db:
        await until(lambda: db.inbox.estimated_document_count() >= records)
        await until(lambda: _is_idle(stage, db))


async def until_closed(stage: Processes) -> None:
    """Wait until the exercise is closed, and all is published."""
    async with database(stage) as db:
        await until(lambda: bool(db.closings.count_documents({"step": "done"})))
        await until(lambda: _is_idle(stage, db))


async def _is_idle(stage: Processes, db: Any) -> bool:
    ready = await depth(stage.servers.amqp_url, "clas.accounting")
    return not ready and not db.outbox.count_documents({})


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Poll at a pace that leaves the machine to the services."""
    async with asyncio.timeout(LONGEST_S):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def database(stage: Processes) -> AsyncIterator[Any]:
    with MongoClient[dict[str, Any]](stage.servers.mongo_url, tz_aware=True) as client:
        yield client[f"{stage.prefix}accounting"]


def stored(stage: Processes, collection: str) -> Documents:
    return stage.documents("accounting", collection)


@asynccontextmanager
async def copy_of(stage: Processes) -> AsyncIterator[Processes]:
    """Copy the database; no process runs on the copy yet."""
    copy = Processes(stage.servers, stage.folder)
    async with database(stage) as source:
        for name in source.list_collection_names():
            out = {"db": f"{copy.prefix}accounting", "coll": name}
            source[name].aggregate([{"$match": {}}, {"$out": out}])
    try:
        yield copy
    finally:
        copy.stop()


def retire(stage: Processes) -> None:
    """Stop the replicas as an operator does."""
    for replica in stage.running:
        replica.process.terminate()
        assert replica.process.wait(LONGEST_S) == 0
    stage.running.clear()

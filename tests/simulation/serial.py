"""The books that accounting makes of its messages one by one, in a given order."""

import asyncio
from collections.abc import Iterable

from shared.kernel.clock import Clock
from shared.kernel.fault_injection import CrashPoints
from shared.kernel.inbound import parse
from shared.kernel.memory import MemoryStore
from shared.kernel.messages import IncomingMessage, MessageRecord
from shared.kernel.unit_of_work import UnitOfWork
from tests.simulation.poison import BODY_BYTES_MAX
from tests.support.campaign import COLLECTIONS, Books, books
from tests.support.services import ACCOUNTING


def books_in_order(records: Iterable[MessageRecord]) -> Books:
    """Return the books after these messages, each in a unit of work of its own."""
    store = MemoryStore()
    asyncio.run(_decide(store, [record for record in records if record.outcome == "decided"]))
    return books({name: store.documents(name) for name in COLLECTIONS})


async def _decide(store: MemoryStore, records: list[MessageRecord]) -> None:
    work = UnitOfWork(ACCOUNTING, store, "serial", Clock(), CrashPoints(ACCOUNTING.name))
    for record in records:
        delivery = IncomingMessage(record.body or b"", record.routing_key)
        await work.commit([parse(delivery, ACCOUNTING.name, BODY_BYTES_MAX)])

"""Every query uses an index, sorts by it, and examines little more than it returns.

The plans are those of MongoDB's profiler on several Cafs and school years. Years beyond those that
a query is about do not slow it down: with three times as many it examines as many documents.
"""

import asyncio
import inspect
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from services.accounting import queries as accounting
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.cli.services import SERVICES_BY_NAME
from services.eligibility import queries as eligibility
from services.funding import queries as funding
from services.submission import queries as submission
from shared.kernel.settings import Settings
from shared.mongodb import outbox
from shared.mongodb.export_register import DATABASE as EXPORTS
from shared.mongodb.export_register import ExportRegister
from shared.mongodb.read_api import ReadApi
from shared.mongodb.store import MongoStore, connect
from shared.mongodb.transaction import MongoTransaction
from tests.integration.plans.commands import QUERIES_OF_COMMANDS, READS
from tests.integration.plans.opened import CAF, EXERCISE, Opened, StoredQuery
from tests.integration.plans.stores import OF_CHECKS, OF_EXPORTS, OF_SERVICES
from tests.support.mongo_copy import drop_databases
from tests.support.profiler import Plan, Profiler
from tests.support.store_copies import Copy, add_copies, documents_of
from tests.support.whole_life import keep_six_lives

QUERIES = (*QUERIES_OF_COMMANDS, *READS, *OF_SERVICES, *OF_EXPORTS, *OF_CHECKS)
OF_SOME_YEARS = [query for query in (*QUERIES_OF_COMMANDS, *READS) if not query.all_years]
CAFS, LATER, NUMBERS = (CAF, "762"), (2, 4), range(12)
"""Cafs; years after the first two; copies of six dossiers in each year of a Caf."""
UNPUBLISHED, PER_BATCH = 200, 4
PER_PAGE = {"grants_per_page": 5, "entries_per_page": 5}
HALFWAY: dict[str, Any] = {"step": "grants", "after": "D-3|2025-2026", **PER_PAGE}
"""A closing that has passed some grants."""
OWNERS = (submission, eligibility, funding, accounting, ReadApi, MongoStore, MongoTransaction)
NOT_QUERIES = {MongoStore.prepare, MongoStore.ping}
"""What creates or touches a database."""


@dataclass(frozen=True, slots=True)
class FilledStore:
    """A store of three times two exercises; `examined`: documents by query when it held two."""

    settings: Settings
    profiler: Profiler
    folder: Path
    examined: Sequence[int] = ()


@pytest.fixture(scope="module")
def filled(
    real_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FilledStore]:
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    settings = Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    folder = tmp_path_factory.mktemp("exports")
    with MongoClient[Any](settings.mongo_url) as client:
        profiler = Profiler(client, [f"{prefix}{name}" for name in (*SERVICES_BY_NAME, EXPORTS)])
        try:
            asyncio.run(keep_six_lives(settings))
            originals = documents_of(settings, SERVICES_BY_NAME)
            add_copies(settings, originals, [Copy(*of) for of in product(CAFS, (0,), NUMBERS)])
            examined = asyncio.run(_examined(FilledStore(settings, profiler, folder)))
            add_copies(settings, originals, [Copy(*of) for of in product(CAFS, LATER, NUMBERS)])
            _give_work(client, f"{prefix}accounting")
            yield FilledStore(settings, profiler, folder, examined)
        finally:
            drop_databases(settings)


def _give_work(client: MongoClient[Any], database: str) -> None:
    """Leave events to publish, and two running closings."""
    inbox, closings = client[database]["inbox"], client[database][Closing.collection]
    unpublished = inbox.find({"outputs.0": {"$exists": True}}, {"_id": 1}).limit(UNPUBLISHED)
    ids = [each["_id"] for each in unpublished]
    earlier = {"due": datetime.now(UTC), "since": datetime.now(UTC)}
    batches = [ids[start : start + PER_BATCH] for start in range(0, len(ids), PER_BATCH)]
    client[database]["outbox"].insert_many(
        [{"_id": batch[0], **earlier, **outbox.content(batch)} for batch in batches]
    )
    for caf, step in (("761", "grants"), ("762", "entries")):
        where = {"_id": closing_key(caf, EXERCISE + 1)}
        assert closings.update_one(where, {"$set": {"step": step}}).modified_count


@asynccontextmanager
async def _opened(filled: FilledStore) -> AsyncIterator[Opened]:
    client = connect(filled.settings.mongo_url)
    prefix = filled.settings.database_prefix
    reads = {name: ReadApi(client[f"{prefix}{name}"]) for name in SERVICES_BY_NAME}
    register = ExportRegister(client[f"{prefix}{EXPORTS}"])
    await register.prepare()
    books = reads["accounting"]
    closing = await books.state(Closing, closing_key(CAF, EXERCISE))
    assert closing
    try:
        yield Opened(
            settings=filled.settings,
            **reads,
            store=MongoStore(client[f"{prefix}accounting"]),
            funding_store=MongoStore(client[f"{prefix}funding"]),
            submission_store=MongoStore(client[f"{prefix}submission"]),
            register=register,
            records=[record async for record in books.records(caf=CAF)][:50],
            entries=await books.states(Entry, {"caf": CAF, "exercise": EXERCISE}, ("place",)),
            closing=closing.with_changes(**HALFWAY),
            folder=filled.folder,
        )
    finally:
        client.close()


async def _plans(filled: FilledStore, at: Opened, query: StoredQuery) -> list[Plan]:
    with filled.profiler.recording() as plans:
        result = query.call(at)
        if isinstance(result, AsyncIterator):
            async for _ in result:
                pass
        else:
            await result
    return plans


async def _examined(filled: FilledStore) -> list[int]:
    """Return how many documents each of `OF_SOME_YEARS` examines."""
    async with _opened(filled) as at:
        plans = [await _plans(filled, at, query) for query in OF_SOME_YEARS]
    return [sum(plan.documents for plan in of_query) for of_query in plans]


@pytest.mark.servers
@pytest.mark.parametrize("query", QUERIES, ids=str)
async def test_a_query_uses_an_index(filled: FilledStore, query: StoredQuery) -> None:
    async with _opened(filled) as at:
        plans = await _plans(filled, at, query)

    assert plans
    for plan in plans:
        assert not plan.sorted_in_memory, str(plan)
        if plan.collection not in query.whole:
            assert not plan.scans_collection, str(plan)
            assert plan.documents <= 2 * plan.returned + query.counted, str(plan)


@pytest.mark.servers
async def test_more_years_do_not_slow_down_what_is_about_one(filled: FilledStore) -> None:
    counts = zip(OF_SOME_YEARS, filled.examined, await _examined(filled), strict=True)

    slower = [f"{query}: {one}, then {three}" for query, one, three in counts if one != three]
    assert slower == []


def test_every_query_is_called() -> None:
    public = {function for owner in OWNERS for function in _coroutines(owner)}

    assert public - {query.function for query in QUERIES} - NOT_QUERIES == set()


def _coroutines(owner: Any) -> Iterator[Callable[..., Any]]:
    """Yield the public coroutine functions and asynchronous generators of a module or class."""
    module = getattr(owner, "__module__", owner.__name__)
    for name, value in vars(owner).items():
        is_coroutine = inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value)
        if is_coroutine and value.__module__ == module and not name.startswith("_"):
            yield value

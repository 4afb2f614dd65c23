"""The stores that two replicas share."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.kernel.memory import MemoryStore
from shared.kernel.ports import Store
from shared.kernel.service import Service
from shared.mongodb.store import MongoStore, connect


@pytest.fixture(params=["memory", pytest.param("mongodb", marks=pytest.mark.servers)])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield _memory_store
        return
    client = connect(request.getfixturevalue("real_servers").mongo_url)
    made: list[str] = []

    async def mongo_store(service: Service) -> Store:
        made.append(f"race_{uuid.uuid4().hex[:10]}")
        store = MongoStore(client[made[-1]])
        await store.prepare(service.states)
        return store

    yield mongo_store
    for name in made:
        await client.drop_database(name)
    client.close()


async def _memory_store(_: Service) -> Store:
    return MemoryStore()

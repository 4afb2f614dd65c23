"""A store of each kind, for what both promise."""

import uuid
from collections.abc import AsyncIterator

import pytest

from shared.kernel.memory import MemoryStore
from shared.kernel.ports import Store
from shared.mongodb.store import MongoStore, connect
from tests.contract.things import Project, SharedThing, Thing


@pytest.fixture(params=["memory", pytest.param("mongodb", marks=pytest.mark.servers)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    client = connect(request.getfixturevalue("real_servers").mongo_url)
    name = f"clas_test_{uuid.uuid4().hex[:12]}"
    mongo = MongoStore(client[name])
    await mongo.prepare([Thing, SharedThing, Project])
    yield mongo
    await client.drop_database(name)
    client.close()

"""A store of each kind, for what both promise."""

import uuid
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from shared.kernel.decision import State
from shared.kernel.memory import MemoryStore
from shared.kernel.ports import Store
from shared.mongodb.store import MongoStore, connect


class Thing(State):
    collection: ClassVar[str] = "things"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("caf",),)


@pytest.fixture(params=["memory", pytest.param("mongodb", marks=pytest.mark.servers)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    client = connect(request.getfixturevalue("real_servers").mongo_url)
    name = f"clas_test_{uuid.uuid4().hex[:12]}"
    mongo = MongoStore(client[name])
    await mongo.prepare([Thing])
    yield mongo
    await client.drop_database(name)
    client.close()

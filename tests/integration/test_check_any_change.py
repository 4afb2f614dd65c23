"""Any change of any document behind the services: something is found, whatever it is.

Each document of four services gets one change in a place drawn at random: a value, its type, a
field dropped, a member more or less. What no hash and no other field covers is the instant of a
decision that said nothing, and the bookkeeping of the dispatch.
"""

import asyncio
import copy
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Binary

from deploy.embedded import Servers
from services.cli.check.run import reconcile
from services.cli.services import SERVICES_BY_NAME
from shared.audit.scanner import AuditState, Scope
from shared.kernel.settings import Settings
from shared.mongodb.snapshot import open_snapshot
from tests.support.mongo_copy import drop_databases
from tests.support.tampering import Document, a_hand
from tests.support.whole_life import keep_six_lives

pytestmark = pytest.mark.servers
Path = tuple[Any, ...]
SEED = 20251120
UNCOVERED = {"_id", "at", "pending", "due"}


@pytest.fixture(scope="module")
def settings(real_servers: Servers) -> Iterator[Settings]:
    """Databases that hold six whole lives, as the services would have kept them."""
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    known = Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    asyncio.run(keep_six_lives(known))
    yield known
    drop_databases(known)


@pytest.mark.parametrize("service", SERVICES_BY_NAME)
def test_any_change_is_found(settings: Settings, service: str) -> None:
    draw = random.Random(SEED)
    collections = ["inbox", *(model.collection for model in SERVICES_BY_NAME[service].states)]
    with a_hand(settings) as hand:
        for collection in collections:
            for before in hand.all(service, collection, {}):
                after, path = changed(before, draw)
                hand.put(service, collection, after)
                found = asyncio.run(look(settings)).tally.breaches
                hand.undo()
                assert found, f"{service}, {collection}, {before['_id']}: {path} was changed"
        assert asyncio.run(look(settings)).tally.breaches == 0


async def look(settings: Settings) -> AuditState:
    async with open_snapshot(settings) as kept:
        later = datetime.now(UTC) + timedelta(hours=1)
        return await reconcile(kept, Scope(), later, {}, lambda _: None)


def changed(before: Document, draw: random.Random) -> tuple[Document, Path]:
    """Return a document with one change, and where it is."""
    after = copy.deepcopy(before)
    path = draw.choice([path for path in places(after) if path[0] not in UNCOVERED])
    inside = after
    for step in path[:-1]:
        inside = inside[step]
    if draw.random() < 0.1:
        del inside[path[-1]]
    else:
        inside[path[-1]] = another(inside[path[-1]], draw)
    return after, path


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value and of every list."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
        return
    yield path
    if isinstance(value, list):
        for rank, each in enumerate(value):
            yield from places(each, (*path, rank))


def another(value: Any, draw: random.Random) -> Any:
    """Return another value, of the same type or not."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case bytes():
            place = draw.randrange(len(value))
            return Binary(value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :])
        case list():
            return value[:-1] if value and draw.random() < 0.5 else [*value, *value[:1], "x"]
        case None:
            return draw.choice(["x", 1, {}, []])
        case str():
            return draw.choice([None, 12.5, f"{value}1", f"1{value}"])
    raise AssertionError(f"what is {value!r}?")

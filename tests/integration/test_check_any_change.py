"""Any change of any stored document is detected by some check.

Each document of the four services gets one change at a random position: a value, its type, a
field removed, an item added or removed. Not covered by a hash or another field are the instant of
a decision without events, and the position of a record.
"""

import asyncio
import copy
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from bson import Binary

from deploy.embedded import Servers
from services.cli.services import SERVICES_BY_NAME
from shared.kernel.settings import Settings
from tests.support.auditing import audit
from tests.support.mongo_copy import drop_databases
from tests.support.tampering import Document, editing, rewrite
from tests.support.whole_life import keep_six_lives

pytestmark = pytest.mark.servers
Path = tuple[Any, ...]
SEED = 20251120
UNCOVERED = {"_id", "handled_at", "position"}


@pytest.fixture(scope="module")
def settings(real_servers: Servers) -> Iterator[Settings]:
    """Return the settings of databases that hold the documents of six dossiers."""
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    settings = Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    asyncio.run(keep_six_lives(settings))
    yield settings
    drop_databases(settings)


@pytest.mark.parametrize("service", SERVICES_BY_NAME)
def test_any_change_is_detected(settings: Settings, service: str) -> None:
    draw = random.Random(SEED)
    collections = ["inbox", *(model.collection for model in SERVICES_BY_NAME[service].states)]
    with editing(settings) as editor:
        for collection in collections:
            for before in editor.stored(service, collection, {}):
                after, path = changed(before, draw)
                editor.put(service, collection, after)
                violations = asyncio.run(audit(settings)).results.violation_count
                editor.undo()
                assert violations, f"{service}, {collection}, {before['_id']}: {path} was changed"
        assert asyncio.run(audit(settings)).results.violation_count == 0


BODIES = (b"{}", b'{"id": [], "data": "x"}', b'{"data": {"dossier_id": 1}}')
CONTENTS: tuple[object, ...] = ("x", {"lines": 3}, {"lines": [{"granted": {}}]})


@pytest.mark.parametrize("service", SERVICES_BY_NAME)
@pytest.mark.parametrize("body", BODIES)
def test_messages_that_lost_their_shape_are_each_reported(
    settings: Settings, service: str, body: bytes
) -> None:
    with editing(settings) as editor:
        records = editor.all(service, "inbox", {})
        for record in records:
            record["personal"]["body"] = body
            editor.put(service, "inbox", record)

        assert violation_count(settings, "messages conservés") == len(records)


@pytest.mark.parametrize("content", CONTENTS, ids=str)
def test_receipts_whose_states_lost_their_shape_are_reported(
    settings: Settings, content: object
) -> None:
    def replace_states(receipt: Document) -> None:
        for state in receipt["inputs"]:
            state["content"] = content

    with editing(settings) as editor:
        for service in SERVICES_BY_NAME:
            for record in editor.all(service, "inbox", {}):
                rewrite(record, replace_states)
                editor.put(service, "inbox", record)

        assert violation_count(settings, "décisions qui, rejouées")


def violation_count(settings: Settings, label: str) -> int:
    """Return the number of violations of the check whose plural label starts so."""
    applied = asyncio.run(audit(settings)).results.applied
    (count,) = [r.violation_count for rule, r in applied.items() if rule.plural.startswith(label)]
    return count


def changed(before: Document, draw: random.Random) -> tuple[Document, Path]:
    """Return a copy of a document with one change, and the path of the change."""
    after = copy.deepcopy(before)
    path = draw.choice([path for path in paths(after) if path[0] not in UNCOVERED])
    inside = after
    for step in path[:-1]:
        inside = inside[step]
    if draw.random() < 0.1:
        del inside[path[-1]]
    else:
        inside[path[-1]] = another(inside[path[-1]], draw)
    return after, path


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value and of every list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
        return
    yield path
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


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

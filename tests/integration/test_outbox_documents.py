"""The outbox on a real server: what cannot be read, whose clock counts, what is acknowledged."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from deploy.embedded import Servers
from shared.kernel.messages import OutboxBatch
from shared.mongodb.documents import inbox_id
from shared.mongodb.store import MongoStore, connect
from tests.contract.records import key, put_records, record
from tests.contract.things import Thing

pytestmark = pytest.mark.servers
Document = dict[str, Any]
LEASE, HOUR = timedelta(seconds=30), timedelta(hours=1)


@pytest.fixture
async def store(real_servers: Servers) -> AsyncIterator[MongoStore]:
    client = connect(real_servers.mongo_url)
    name = f"clas_test_{uuid.uuid4().hex[:12]}"
    store = MongoStore(client[name])
    await store.prepare([Thing])
    yield store
    await client.drop_database(name)
    client.close()


async def lease(store: MongoStore, grace: timedelta = timedelta(0)) -> list[OutboxBatch]:
    token = uuid.uuid4().hex
    return await store.lease_unpublished(most=10, grace=grace, lease=LEASE, token=token)


async def change(store: MongoStore, collection: str, document_id: Any, **fields: Any) -> None:
    documents = store._database[collection]
    result = await documents.update_one({"_id": document_id}, {"$set": fields})
    assert result.matched_count == 1


def ids(batches: list[OutboxBatch]) -> list[list[str]]:
    return [[each.key.id for each in batch.records] for batch in batches]


async def end_leases(store: MongoStore) -> None:
    """Make every batch due, as the time does."""
    due = {"$set": {"due": datetime.now(UTC) - HOUR}}
    await store._database["outbox"].update_many({}, due)


@pytest.mark.parametrize(
    "fields", [{"_form": 99}, {"outputs": "x"}, {"receipt": {"packed": 1}}, {"personal": None}]
)
async def test_a_record_that_cannot_be_read_stays_and_stops_no_other(
    store: MongoStore, fields: Document
) -> None:
    broken = inbox_id(key("b"))
    await put_records(store, record("a", "e"), record("b", "e"), record("c", "e"))
    before = await store._database["inbox"].find_one({"_id": broken})
    await change(store, "inbox", broken, **fields)

    with capture_logs() as logs:
        batches = await lease(store)
    assert ids(batches) == [["a", "c"]]
    assert [(line["event"], line["id"]) for line in logs] == [("left_in_outbox", str(broken))]

    assert await store.mark_published(batches) == 1
    assert await store.count_unpublished() == 1
    await end_leases(store)
    assert await lease(store) == []
    await store._database["inbox"].replace_one({"_id": broken}, before or {})
    await end_leases(store)
    (batch,) = await lease(store)
    assert ids([batch]) == [["b"]]
    assert await store.mark_published([batch]) == 1
    assert await store.count_unpublished() == 0


async def test_a_record_that_is_gone_stays_in_the_outbox(store: MongoStore) -> None:
    await put_records(store, record("a", "e"), record("b", "e"))
    await store._database["inbox"].delete_one({"_id": inbox_id(key("a"))})

    with capture_logs() as logs:
        (batch,) = await lease(store)
    assert (ids([batch]), batch.unreadable) == ([["b"]], (key("a"),))
    assert [line["id"] for line in logs] == [str(inbox_id(key("a")))]


@pytest.mark.parametrize(
    "fields", [{"_form": 99}, {"records": 5}, {"records": ["x"]}, {"records": [{"p": 1}]}]
)
async def test_a_batch_that_cannot_be_read_stays_and_stops_no_other(
    store: MongoStore, fields: Document
) -> None:
    broken = await put_records(store, record("a", "e"))
    await put_records(store, record("b", "e"))
    await change(store, "outbox", inbox_id(broken.id), **fields)

    with capture_logs() as logs:
        assert ids(await lease(store)) == [["b"]]
    assert [line["id"] for line in logs] == [str(inbox_id(broken.id))]
    assert await store.count_unpublished() == 2


async def test_a_batch_with_an_id_of_another_kind_stops_no_other(store: MongoStore) -> None:
    await store._database["outbox"].insert_one({"_id": "x", "count": 1, "records": []})
    await put_records(store, record("b", "e"))

    with capture_logs() as logs:
        assert ids(await lease(store)) == [["b"]]
    assert [line["id"] for line in logs] == ["x"]


async def test_the_clock_of_the_server_counts_and_not_that_of_the_worker(
    store: MongoStore,
) -> None:
    for name, ahead in (("slow", -HOUR), ("fast", HOUR)):
        skewed = datetime.now(UTC) + ahead
        await put_records(store, replace(record(name, "e"), handled_at=skewed))

    assert await lease(store, grace=HOUR / 2) == []
    assert await store.oldest_unpublished() < HOUR / 2  # type: ignore[operator]
    assert ids(await lease(store)) == [["slow"], ["fast"]]


async def test_what_is_dated_ahead_of_the_server_is_leased(store: MongoStore) -> None:
    """The server's clock was set back, or another server took over."""
    batch = await put_records(store, record("m", "e"))
    await change(store, "outbox", inbox_id(batch.id), due=datetime.now(UTC) + HOUR)

    assert ids(await lease(store, grace=LEASE)) == [["m"]]
    assert await lease(store, grace=LEASE) == []


async def test_a_batch_is_written_with_its_records_or_not_at_all(store: MongoStore) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.write([], [record("m", "e")], "w")
            raise ZeroDivisionError

    assert await store._database["outbox"].count_documents({}) == 0


@pytest.mark.parametrize("collection", ["attempts", "fences", "inbox", "outbox"])
async def test_every_document_has_its_form(store: MongoStore, collection: str) -> None:
    await store.count_attempt("m")
    await store.count_attempt("m")
    async with store.transaction() as transaction:
        await transaction.write([], [record("m", "e")], "w", read_shared=True)

    documents = await store._database[collection].find().to_list(None)
    assert documents
    assert {document["_form"] for document in documents} == {2}

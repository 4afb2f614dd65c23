"""What both stores promise about the outbox: batches, leases, marks, and what is counted."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.messages import OutboxBatch, OutgoingMessage, Receipt, outbox_batch
from shared.kernel.ports import Store
from tests.contract.records import WORKER, key, put_records, record

NO_GRACE = timedelta(0)
LEASE = timedelta(seconds=30)
NO_LEASE = timedelta(0)
"""A lease that has run out when it is taken."""


async def lease(
    store: Store, token: str = "t", *, most: int = 10, lasting: timedelta = LEASE
) -> list[OutboxBatch]:
    """Lease batches, however short they wait."""
    return await store.lease_unpublished(most=most, grace=NO_GRACE, lease=lasting, token=token)


def ids(batch: OutboxBatch) -> list[str]:
    return [each.key.id for each in batch.records]


async def test_the_records_of_a_unit_of_work_wait_until_their_batch_is_marked(store: Store) -> None:
    batch = await put_records(store, record("silent"), record("m", "e1", "e2"), record("n", "e3"))
    assert (batch.id, ids(batch)) == (key("m"), ["m", "n"])

    assert await store.count_unpublished() == 2
    assert await store.mark_published([batch]) == 1
    assert await store.count_unpublished() == 0
    assert await store.mark_published([batch]) == 0
    assert await lease(store) == []


async def test_records_that_publish_nothing_are_not_in_the_outbox(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("silent")], WORKER)

    assert outbox_batch([record("silent")]) is None
    assert await store.count_unpublished() == 0
    assert await store.oldest_unpublished() is None
    assert await store.mark_published([]) == 0


async def test_several_batches_are_marked_at_once(store: Store) -> None:
    one, two, three = [await put_records(store, record(each, "e")) for each in ("a", "b", "c")]

    assert await store.mark_published([one, three]) == 2
    assert [batch.id for batch in await lease(store)] == [two.id]


@pytest.mark.parametrize("token", [None, "t"])
async def test_what_was_not_published_of_a_batch_waits_on(store: Store, token: str | None) -> None:
    await put_records(store, *(record(each, "e") for each in ("a", "b", "c")))
    await put_records(store, record("d", "e"))
    batches = await lease(store, "t", lasting=NO_LEASE)

    assert await store.mark_published(batches, {key("a"), key("c")}, token) == 2
    assert await store.count_unpublished() == 2
    (left,) = await lease(store, "next")
    assert (left.id, ids(left)) == (key("a"), ["a", "c"])
    assert await store.mark_published([left]) == 1
    assert await store.count_unpublished() == 0


async def test_the_relay_waits_for_the_fast_path_then_leases(store: Store) -> None:
    await put_records(store, record("m", "e1", body=b"\x00raw"))
    patient = timedelta(seconds=20)
    assert await store.lease_unpublished(most=9, grace=patient, lease=LEASE, token="t") == []

    (batch,) = await lease(store, "t1")
    (leased,) = batch.records
    assert (leased.key, leased.body, [o.id for o in leased.outputs]) == (
        key("m"),
        b"\x00raw",
        ["e1"],
    )
    assert leased.outputs[0].body == b"[1]"
    assert await lease(store, "t2") == []


async def test_a_batch_is_leased_whole_the_oldest_first_until_they_are_enough(store: Store) -> None:
    for batch in (("a", "b", "c"), ("d", "e"), ("f",)):
        await put_records(store, *(record(each, "x") for each in batch))

    assert [ids(batch) for batch in await lease(store, most=1)] == [["a", "b", "c"]]
    assert [ids(batch) for batch in await lease(store, most=3)] == [["d", "e"], ["f"]]
    assert await lease(store) == []


async def test_a_lease_that_ran_out_marks_nothing(store: Store) -> None:
    await put_records(store, record("m", "e1"), record("n", "e2"))
    stale = await lease(store, "stale", lasting=NO_LEASE)
    fresh = await lease(store, "fresh")

    assert stale == fresh
    assert await store.mark_published(stale, token="stale") == 0
    assert await store.mark_published(stale, {key("n")}, token="stale") == 0
    assert await store.count_unpublished() == 2
    assert await store.mark_published(fresh, token="fresh") == 1


async def test_the_fast_path_marks_what_is_leased(store: Store) -> None:
    batch = await put_records(store, record("m", "e1"))
    leased = await lease(store)

    assert await store.mark_published([batch]) == 1
    assert await store.mark_published(leased, token="t") == 0


async def test_the_age_of_the_oldest_is_not_changed_by_leases(store: Store) -> None:
    await put_records(store, record("m", "e1"))
    await asyncio.sleep(0.01)
    before = await store.oldest_unpublished()
    batch = await put_records(store, record("n", "e1"))
    await lease(store, most=1)
    after = await store.oldest_unpublished()

    assert before
    assert after
    assert timedelta(milliseconds=5) < before <= after
    assert await store.mark_published([batch]) == 1
    assert (await store.oldest_unpublished() or NO_LEASE) >= after


@pytest.mark.parametrize("times", [1, 5_000], ids=["small", "large"])
async def test_a_receipt_is_kept_byte_for_byte_and_its_instant_to_the_millisecond(
    store: Store, times: int
) -> None:
    receipt = Receipt(('{"message": "é\u202f€", "inputs": []}' * times).encode(), "hash of it")
    at = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    with_one = replace(record("m", "e1"), receipt=receipt, handled_at=at)
    await put_records(store, with_one, record("n", "e2"))

    (batch,) = await lease(store)
    records = batch.records
    assert {each.key.id: each.receipt for each in records} == {"m": receipt, "n": None}
    assert {each.handled_at for each in records if each.key.id == "m"} == {at}


async def test_a_dead_letter_leaves_with_the_bytes_that_came(store: Store) -> None:
    letter = OutgoingMessage(
        "m", "clas.funding.dead-letters", b"\xff{", {"clas-reason": "not_json"}, "q"
    )
    await put_records(store, replace(record("m", body=b"\xff{"), outputs=(letter,)))

    (batch,) = await lease(store)
    (leased,) = batch.records
    assert leased.outputs[0].body == b"\xff{"
    assert leased.outputs[0].headers == {"clas-reason": "not_json"}

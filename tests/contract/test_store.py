"""What both stores promise, each scenario on the in-process one and on MongoDB."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.kernel.messages import DEVELOPMENT, InboxKey, MessageRecord, OutgoingMessage, Receipt
from shared.kernel.ports import (
    Change,
    ConflictError,
    ContentRejectedError,
    Selection,
    SharedAccess,
    Store,
)
from shared.kernel.position import position_of

ALONE = SharedAccess("w", read=False, wrote=False)
READER = SharedAccess("reader", read=True, wrote=False)
OTHER_READER = SharedAccess("other", read=True, wrote=False)
WRITER = SharedAccess("writer", read=True, wrote=True)
NO_GRACE = timedelta(0)
LEASE = timedelta(seconds=30)


def change(document_id: str, before: int = 0, **document: Any) -> Change:
    return Change("things", document_id, before, before + 1, document)


def key(event_id: str) -> InboxKey:
    return InboxKey(DEVELOPMENT, "/elan", event_id)


def record(event_id: str, *outputs: str, body: bytes = b"{}") -> MessageRecord:
    return MessageRecord(
        key=key(event_id),
        sha256=f"hash of {event_id}",
        size=len(body),
        body=body,
        routing_key="DossierSubmitted.v1.761",
        handled_at=datetime.now(UTC),
        position=position_of(datetime.now(UTC)),
        outcome="decided",
        dossier_ids=(event_id,),
        outputs=tuple(
            OutgoingMessage(o, "DossierReceived.v1.761", b"[1]", subject=event_id) for o in outputs
        ),
    )


async def put(store: Store, *changes: Change, access: SharedAccess = ALONE) -> None:
    async with store.transaction() as transaction:
        await transaction.write(changes, [record(uuid.uuid4().hex)], access)


async def find(store: Store, *keys: str) -> dict[str, tuple[int, dict[str, Any]]]:
    async with store.transaction() as transaction:
        documents = await transaction.find("things", keys)
    return {each.id: (each.version, each.document) for each in documents}


async def test_what_commits_is_read_with_its_version(store: Store) -> None:
    await put(store, change("a", amount="2758.25", lines=[{"debit": None}]))
    await put(store, change("a", 1, amount="0.00", lines=[]))

    assert await find(store, "a", "b") == {"a": (2, {"amount": "0.00", "lines": []})}


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.write([change("a")], [record("m")], ALONE)
            raise ZeroDivisionError

    assert await find(store, "a") == {}
    assert await store.count_unpublished() == 0


async def test_a_transaction_sees_one_instant(store: Store) -> None:
    async with store.transaction() as transaction:
        assert await transaction.find("things", ["a"]) == []
        await put(store, change("a"))
        assert await transaction.find("things", ["a"]) == []


async def test_two_births_of_one_document_conflict(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as transaction:
            await transaction.find("things", ["a"])
            await put(store, change("a", by="other"))
            await transaction.write([change("a", by="me")], [record("m")], ALONE)

    assert await find(store, "a") == {"a": (1, {"by": "other"})}


async def test_a_birth_of_what_was_there_conflicts(store: Store) -> None:
    await put(store, change("a"))
    with pytest.raises(ConflictError):
        await put(store, change("a"))


async def test_a_version_that_moved_on_conflicts(store: Store) -> None:
    await put(store, change("a", n=1))
    await put(store, change("a", 1, n=2))
    with pytest.raises(ConflictError):
        await put(store, change("a", 1, n=3))

    assert await find(store, "a") == {"a": (2, {"n": 2})}


async def test_a_document_written_since_the_snapshot_conflicts(store: Store) -> None:
    await put(store, change("a", n=1))
    with pytest.raises(ConflictError):
        async with store.transaction() as transaction:
            await transaction.find("things", ["a"])
            await put(store, change("a", 1, n=2))
            await transaction.write([change("a", 1, n=3)], [record("m")], ALONE)


async def test_a_message_is_taken_once_however_many_race(store: Store) -> None:
    async def take() -> bool:
        try:
            async with store.transaction() as transaction:
                if await transaction.already_handled([key("m")]):
                    return False
                await transaction.write([], [record("m", "e")], ALONE)
        except ConflictError:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(8)))) == 1
    assert await store.count_unpublished() == 1


async def test_a_message_that_a_legacy_record_holds_was_handled(store: Store) -> None:
    async with store.transaction() as transaction:
        legacy = replace(record("m", "e"), key=key("m").legacy)
        await transaction.write([], [legacy, record("n")], ALONE)

    async with store.transaction() as transaction:
        handled = await transaction.already_handled([key("m"), key("n"), key("new")])
        again = await transaction.already_handled([key("m")._replace(replay=1)])
    assert handled == {key("m"): "hash of m", key("n"): "hash of n"}
    assert again == {}
    assert await store.mark_published([key("m").legacy]) == 1


async def test_the_same_id_of_another_principal_is_another_message(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("m")], ALONE)

    async with store.transaction() as transaction:
        stranger = key("m")._replace(principal="stranger")
        assert await transaction.already_handled([stranger]) == {}
        await transaction.write([], [replace(record("m"), key=stranger)], ALONE)


async def test_personal_values_are_read_back_in_their_places(store: Store) -> None:
    content: Any = {
        "name": "Ada",
        "caf": "761",
        "schools": [{"name": "École", "level": 1}, {"name": None, "level": 2}],
        "partners": ["Un", "Deux"],
        "coordinator": None,
    }
    personal: Any = {
        "name": None,
        "schools": {"name": None},
        "partners": None,
        "coordinator": {"name": None},
    }
    await put(store, replace(change("a", **content), personal=personal))

    assert await find(store, "a") == {"a": (1, content)}
    (page,) = await store.page(Selection("things", (("caf", "761"),), (), (), limit=1))
    assert page.document == content
    assert list(page.document) == list(content)


async def test_what_was_only_read_is_not_protected_without_a_fence(store: Store) -> None:
    async with store.transaction() as reading:
        assert await reading.find("things", ["books"]) == []
        await put(store, change("books", closed=True))
        await reading.write([change("entry")], [record("m")], ALONE)

    assert set(await find(store, "books", "entry")) == {"books", "entry"}


@pytest.mark.parametrize("fence_exists", [False, True], ids=["first time", "fence stands"])
async def test_a_writer_of_shared_state_stops_a_reader_in_flight(
    store: Store, fence_exists: bool
) -> None:
    if fence_exists:
        await put(store, change("before"), access=READER)
    with pytest.raises(ConflictError):
        async with store.transaction() as reading:
            assert await reading.find("things", ["books"]) == []
            await put(store, change("books", closed=True), access=WRITER)
            await reading.write([change("entry")], [record("m")], READER)

    assert set(await find(store, "books", "entry")) == {"books"}


@pytest.mark.parametrize("fence_exists", [False, True], ids=["first time", "fence stands"])
async def test_a_reader_that_commits_first_stops_the_writer(
    store: Store, fence_exists: bool
) -> None:
    if fence_exists:
        await put(store, change("before"), access=READER)
    with pytest.raises(ConflictError):
        async with store.transaction() as writing:
            assert await writing.find("things", ["books"]) == []
            await put(store, change("entry"), access=READER)
            await writing.write([change("books", closed=True)], [record("m")], WRITER)

    assert set(await find(store, "books", "entry")) == {"entry"}


async def test_readers_do_not_stop_each_other(store: Store) -> None:
    await put(store, change("a"), access=READER)
    await put(store, change("b"), access=OTHER_READER)
    async with store.transaction() as reading:
        await reading.find("things", ["books"])
        await put(store, change("c"), access=READER)
        await reading.write([change("d")], [record("m")], OTHER_READER)

    assert set(await find(store, "c", "d")) == {"c", "d"}


async def test_after_a_writer_the_readers_go_on(store: Store) -> None:
    await put(store, change("a"), access=READER)
    await put(store, change("books"), access=WRITER)
    await put(store, change("b"), access=READER)
    await put(store, change("c"), access=READER)

    assert set(await find(store, "a", "b", "c")) == {"a", "b", "c"}


async def test_pages_follow_each_other_without_gap_or_double(store: Store) -> None:
    rows = [
        ("e1", "761", 13, "x"),
        ("e2", "761", 3, "y"),
        ("e3", "761", 3, "x"),
        ("e4", "451", 1, ""),
    ]
    await put(store, *(change(k, caf=caf, period=p, day=d) for k, caf, p, d in rows))
    where, order = (("caf", ("761", "771")),), ("period", "day")
    seen: list[str] = []
    after: tuple[Any, ...] = ()
    async with store.transaction() as transaction:
        for _ in range(4):
            page = await transaction.page(Selection("things", where, order, after, limit=1))
            seen += [each.id for each in page]
            if page:
                last = page[-1]
                after = (last.document["period"], last.document["day"], last.id)

    assert seen == ["e3", "e2", "e1"]


async def test_a_page_and_all_behind_it_are_seen_outside_of_a_transaction(store: Store) -> None:
    rows = [("e1", "761", 3), ("e2", "761", 1), ("e3", "761", 2), ("e4", "451", 1)]
    await put(store, *(change(name, caf=caf, period=period) for name, caf, period in rows))
    where = (("caf", ("761", "771")),)
    first = Selection("things", where, ("period",), after=(), limit=2)
    behind = replace(first, after=(1, "e2"), limit=1)

    assert [(each.id, each.version) for each in await store.page(first)] == [("e2", 1), ("e3", 1)]
    assert [each.document for each in await store.page(behind)] == [{"caf": "761", "period": 2}]
    assert await store.count(first) == 3
    assert await store.count(behind) == 2


@pytest.mark.parametrize(
    "content",
    [{"n": 2**64}, {"text": "\ud800"}, {"text": "x" * (17 * 1024 * 1024)}],
    ids=["integer", "surrogate", "size"],
)
async def test_what_the_store_cannot_hold_is_refused_for_good(
    store: Store, content: dict[str, Any]
) -> None:
    with pytest.raises(ContentRejectedError):
        await put(store, change("a", **content))

    assert await find(store, "a") == {}


async def test_a_record_waits_until_it_is_marked(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("m", "e1", "e2"), record("silent")], ALONE)

    assert await store.count_unpublished() == 1
    assert await store.mark_published([key("m"), key("silent")]) == 1
    assert await store.count_unpublished() == 0


async def test_the_relay_waits_for_the_fast_path_then_leases(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("m", "e1", body=b"\x00raw")], ALONE)
    patient: Any = {"most": 10, "grace": timedelta(seconds=20), "lease": LEASE, "token": "t0"}
    assert await store.lease_unpublished(**patient) == []

    eager: Any = {"most": 10, "grace": NO_GRACE, "lease": LEASE}
    (leased,) = await store.lease_unpublished(**eager, token="t1")
    assert (leased.key, leased.body, [o.id for o in leased.outputs]) == (
        key("m"),
        b"\x00raw",
        ["e1"],
    )
    assert leased.outputs[0].body == b"[1]"
    assert await store.lease_unpublished(**eager, token="t2") == []


@pytest.mark.parametrize("times", [1, 5_000], ids=["small", "large"])
async def test_a_receipt_is_kept_byte_for_byte_and_its_instant_to_the_millisecond(
    store: Store, times: int
) -> None:
    receipt = Receipt(('{"message": "é\u202f€", "inputs": []}' * times).encode(), "hash of it")
    at = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    async with store.transaction() as transaction:
        with_one = replace(record("m", "e1"), receipt=receipt, handled_at=at)
        await transaction.write([], [with_one, record("n", "e2")], ALONE)

    records = await store.lease_unpublished(most=2, grace=NO_GRACE, lease=LEASE, token="t")
    assert {each.key.id: each.receipt for each in records} == {"m": receipt, "n": None}
    assert {each.handled_at for each in records if each.key.id == "m"} == {at}


async def test_a_lease_that_ran_out_marks_nothing(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("m", "e1")], ALONE)
    brief: Any = {"most": 10, "grace": NO_GRACE, "lease": timedelta(milliseconds=50)}
    await store.lease_unpublished(**brief, token="stale")
    await asyncio.sleep(0.2)
    assert len(await store.lease_unpublished(**brief, token="fresh")) == 1

    assert await store.mark_published([key("m")], "stale") == 0
    assert await store.mark_published([key("m")], "fresh") == 1


async def test_a_dead_letter_leaves_with_the_bytes_that_came(store: Store) -> None:
    letter = OutgoingMessage(
        "m", "clas.funding.dead-letters", b"\xff{", {"clas-reason": "not_json"}, "q"
    )
    stored = record("m", body=b"\xff{")
    async with store.transaction() as transaction:
        dead = MessageRecord(
            **{f: getattr(stored, f) for f in stored.__slots__} | {"outputs": (letter,)}
        )
        await transaction.write([], [dead], ALONE)

    (leased,) = await store.lease_unpublished(most=1, grace=NO_GRACE, lease=LEASE, token="t")
    assert leased.outputs[0].body == b"\xff{"
    assert leased.outputs[0].headers == {"clas-reason": "not_json"}

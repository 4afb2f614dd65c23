"""What both stores promise, each scenario on the in-process one and on MongoDB."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest

from shared.kernel.decision import Query, StoredState
from shared.kernel.messages import OutboxBatch
from shared.kernel.ports import ConflictError, ContentRejectedError, Store
from tests.contract.records import WORKER, key, record
from tests.contract.things import Project, School, SharedThing, Thing

OTHER_WORKER = "other"


def thing(name: str, before: int = 0, **content: Any) -> StoredState[Thing]:
    """Return a state to be written, whose last version was `before`."""
    return StoredState.of(Thing(name=name, **content), before + 1, before)


def shared(name: str, **content: Any) -> StoredState[SharedThing]:
    """Return a new state that is shared."""
    return StoredState.of(SharedThing(name=name, **content), 1)


async def put(
    store: Store, *states: StoredState[Any], worker: str = WORKER, read_shared: bool = False
) -> None:
    """Write states in a transaction of their own."""
    async with store.transaction() as transaction:
        message = record(uuid.uuid4().hex)
        await transaction.write(states, [message], worker, read_shared=read_shared)


async def find(store: Store, *keys: str) -> dict[str, tuple[int, dict[str, Any]]]:
    """Return version and content of the things that exist among these, shared or not, by name."""
    async with store.transaction() as transaction:
        states: list[StoredState[Any]] = await transaction.find(Thing, keys)
        states += await transaction.find(SharedThing, keys)
    return {each.document.pop("name"): (each.version, each.document) for each in states}


async def test_what_commits_is_read_with_its_version(store: Store) -> None:
    await put(store, thing("a", amount="2758.25", lines=[{"debit": None}]))
    await put(store, thing("a", 1, amount="0.00", lines=[]))

    assert await find(store, "a", "b") == {"a": (2, {"amount": "0.00", "lines": []})}


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.write([thing("a")], [record("m")], WORKER)
            raise ZeroDivisionError

    assert await find(store, "a") == {}
    assert await store.count_unpublished() == 0


async def test_a_transaction_sees_one_instant(store: Store) -> None:
    async with store.transaction() as transaction:
        assert await transaction.find(Thing, ["a"]) == []
        await put(store, thing("a"))
        assert await transaction.find(Thing, ["a"]) == []


async def test_two_births_of_one_document_conflict(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as transaction:
            await transaction.find(Thing, ["a"])
            await put(store, thing("a", by="other"))
            await transaction.write([thing("a", by="me")], [record("m")], WORKER)

    assert await find(store, "a") == {"a": (1, {"by": "other"})}


async def test_a_birth_of_what_was_there_conflicts(store: Store) -> None:
    await put(store, thing("a"))
    with pytest.raises(ConflictError):
        await put(store, thing("a"))


async def test_a_version_that_moved_on_conflicts(store: Store) -> None:
    await put(store, thing("a", n=1))
    await put(store, thing("a", 1, n=2))
    with pytest.raises(ConflictError):
        await put(store, thing("a", 1, n=3))

    assert await find(store, "a") == {"a": (2, {"n": 2})}


async def test_a_document_written_since_the_snapshot_conflicts(store: Store) -> None:
    await put(store, thing("a", n=1))
    with pytest.raises(ConflictError):
        async with store.transaction() as transaction:
            await transaction.find(Thing, ["a"])
            await put(store, thing("a", 1, n=2))
            await transaction.write([thing("a", 1, n=3)], [record("m")], WORKER)


async def test_a_message_is_taken_once_however_many_race(store: Store) -> None:
    async def take() -> bool:
        try:
            async with store.transaction() as transaction:
                if await transaction.already_handled([key("m")]):
                    return False
                await transaction.write([], [record("m", "e")], WORKER)
        except ConflictError:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(8)))) == 1
    assert await store.count_unpublished() == 1


async def test_a_message_that_a_legacy_record_holds_was_handled(store: Store) -> None:
    async with store.transaction() as transaction:
        legacy = replace(record("m", "e"), key=key("m").legacy)
        await transaction.write([], [legacy, record("n")], WORKER)

    async with store.transaction() as transaction:
        handled = await transaction.already_handled([key("m"), key("n"), key("new")])
        again = await transaction.already_handled([key("m")._replace(replay=1)])
    assert handled == {key("m"): "hash of m", key("n"): "hash of n"}
    assert again == {}
    assert await store.mark_published([OutboxBatch(key("m").legacy, (legacy,))]) == 1


async def test_the_same_id_of_another_principal_is_another_message(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.write([], [record("m")], WORKER)

    async with store.transaction() as transaction:
        stranger = key("m")._replace(principal="stranger")
        assert await transaction.already_handled([stranger]) == {}
        await transaction.write([], [replace(record("m"), key=stranger)], WORKER)


async def test_personal_values_are_read_back_in_their_places(store: Store) -> None:
    project = Project(
        name="Ada",
        caf="761",
        schools=(School(name="École", level=1), School(name=None, level=2)),
        partners=("Un", "Deux"),
        coordinator=None,
    )
    await put(store, StoredState.of(project, 1))

    async with store.transaction() as transaction:
        (stored,) = await transaction.find(Project, ["761"])
    (page,) = await store.page(Query(Project, (("caf", "761"),), limit=1))
    assert page == stored
    assert (stored.version, stored.replaces, stored.state) == (1, 1, project)
    assert stored.document == project.model_dump(mode="json")
    assert stored.content == project.model_dump_json().encode()


async def test_what_was_only_read_is_not_protected_without_a_read_lock(store: Store) -> None:
    async with store.transaction() as reading:
        assert await reading.find(SharedThing, ["books"]) == []
        await put(store, shared("books", closed=True))
        await reading.write([thing("entry")], [record("m")], WORKER)

    assert set(await find(store, "books", "entry")) == {"books", "entry"}


@pytest.mark.parametrize("lock_exists", [False, True], ids=["first time", "lock stands"])
async def test_a_writer_of_shared_state_stops_a_reader_in_flight(
    store: Store, lock_exists: bool
) -> None:
    if lock_exists:
        await put(store, thing("before"), read_shared=True)
    with pytest.raises(ConflictError):
        async with store.transaction() as reading:
            assert await reading.find(SharedThing, ["books"]) == []
            await put(store, shared("books", closed=True))
            await reading.write([thing("entry")], [record("m")], WORKER, read_shared=True)

    assert set(await find(store, "books", "entry")) == {"books"}


@pytest.mark.parametrize("lock_exists", [False, True], ids=["first time", "lock stands"])
async def test_a_reader_that_commits_first_stops_the_writer(
    store: Store, lock_exists: bool
) -> None:
    if lock_exists:
        await put(store, thing("before"), read_shared=True)
    with pytest.raises(ConflictError):
        async with store.transaction() as writing:
            assert await writing.find(SharedThing, ["books"]) == []
            await put(store, thing("entry"), read_shared=True)
            await writing.write([shared("books", closed=True)], [record("m")], WORKER)

    assert set(await find(store, "books", "entry")) == {"entry"}


async def test_readers_do_not_stop_each_other(store: Store) -> None:
    await put(store, thing("a"), read_shared=True)
    await put(store, thing("b"), worker=OTHER_WORKER, read_shared=True)
    async with store.transaction() as reading:
        await reading.find(SharedThing, ["books"])
        await put(store, thing("c"), read_shared=True)
        await reading.write([thing("d")], [record("m")], OTHER_WORKER, read_shared=True)

    assert set(await find(store, "c", "d")) == {"c", "d"}


async def test_after_a_writer_the_readers_go_on(store: Store) -> None:
    await put(store, thing("a"), read_shared=True)
    await put(store, shared("books"))
    await put(store, thing("b"), read_shared=True)
    await put(store, thing("c"), read_shared=True)

    assert set(await find(store, "a", "b", "c")) == {"a", "b", "c"}


async def test_pages_follow_each_other_without_gap_or_double(store: Store) -> None:
    rows = [
        ("e1", "761", 13, "x"),
        ("e2", "761", 3, "y"),
        ("e3", "761", 3, "x"),
        ("e4", "451", 1, ""),
    ]
    await put(store, *(thing(k, caf=caf, period=p, day=d) for k, caf, p, d in rows))
    where, order = (("caf", ("761", "771")),), ("period", "day")
    seen: list[str] = []
    after: tuple[Any, ...] = ()
    async with store.transaction() as transaction:
        for _ in range(4):
            page = await transaction.page(Query(Thing, where, 1, order, after))
            seen += [each.key for each in page]
            if page:
                last = page[-1]
                after = (last.document["period"], last.document["day"], last.key)

    assert seen == ["e3", "e2", "e1"]


async def test_a_page_selects_by_a_part_of_a_state_that_may_not_be_there(store: Store) -> None:
    await put(
        store,
        thing("a", held={"waits_for": "campaign"}),
        thing("b", held=None),
        thing("c"),
        thing("d", held={"waits_for": "interim_report"}),
    )

    page = await store.page(Query(Thing, (("held.waits_for", "campaign"),), limit=9))

    assert [each.key for each in page] == ["a"]


async def test_a_page_and_all_behind_it_are_seen_outside_of_a_transaction(store: Store) -> None:
    rows = [("e1", "761", 3), ("e2", "761", 1), ("e3", "761", 2), ("e4", "451", 1)]
    await put(store, *(thing(name, caf=caf, period=period) for name, caf, period in rows))
    where = (("caf", ("761", "771")),)
    first = Query(Thing, where, limit=2, order=("period",))
    behind = replace(first, after=(1, "e2"), limit=1)

    assert [(each.key, each.version) for each in await store.page(first)] == [("e2", 1), ("e3", 1)]
    assert [each.document for each in await store.page(behind)] == [
        {"name": "e3", "caf": "761", "period": 2}
    ]
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
        await put(store, thing("a", **content))

    assert await find(store, "a") == {}


async def test_attempts_are_counted_for_each_message_until_they_are_forgotten(store: Store) -> None:
    assert [await store.count_attempt("m") for _ in range(3)] == [1, 2, 3]
    assert await store.count_attempt("n") == 1

    await store.forget_attempts(["m", "absent"])
    await store.forget_attempts([])
    assert await store.count_attempt("m") == 1
    assert await store.count_attempt("n") == 2


async def test_attempts_that_race_are_all_counted(store: Store) -> None:
    counts = await asyncio.gather(*(store.count_attempt("m") for _ in range(8)))

    assert sorted(counts) == list(range(1, 9))

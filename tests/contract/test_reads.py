"""What both read adapters promise: the same data in both gives the same answers."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from shared.kernel.decision import State, StoredState
from shared.kernel.memory import MemoryStore
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.messages import (
    DEVELOPMENT,
    LEGACY,
    InboxKey,
    MessageRecord,
    OutgoingMessage,
    outbox_batch,
)
from shared.kernel.ports import Store
from shared.kernel.position import position_of
from shared.kernel.read_port import Reads, Sample, StoredOutput, sample
from shared.mongodb.read_api import ReadApi
from shared.mongodb.store import MongoStore

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Grant(State):
    """A state with what filters name: a Caf, a year, a nested field, one that may be None."""

    collection: ClassVar[str] = "things"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("caf",),)

    caf: str
    year: int
    of: dict[str, str]
    settled: str | None = None


GRANTS = {
    "D-2|2025-2026": Grant(caf="761", year=2025, of={"caf": "761"}, settled="S-1"),
    "D-1|2025-2026": Grant(caf="761", year=2025, of={"caf": "761"}),
    "D-1|2024-2025": Grant(caf="761", year=2024, of={"caf": "761"}),
    "D-3|2025-2026": Grant(caf="271", year=2025, of={"caf": "271"}),
}


def record(key: str, minute: int, *about: str, **fields: Any) -> MessageRecord:
    return MessageRecord(
        key=InboxKey(DEVELOPMENT, "/elan", key),
        sha256=f"hash of {key}",
        size=2,
        body=fields.pop("body", b"{}"),
        routing_key=fields.pop("routing_key", "DossierSubmitted.v1.761"),
        handled_at=NINE + timedelta(minutes=minute),
        position=position_of(NINE + timedelta(minutes=minute)),
        outcome=fields.pop("outcome", "decided"),
        dossier_ids=about,
        outputs=tuple(
            OutgoingMessage(f"{key}-{of}", f"DossierReceived.v1.{of}", f"[{key!r}]".encode(), {})
            if of.isdigit()
            else OutgoingMessage(f"{key}-{of}", "DossierReceived.v1.761", b"[1]", {}, subject=of)
            for of in fields.pop("outputs", ())
        ),
        **fields,
    )


RECORDS = (
    record("late", 9, "D-1", caf="761", outputs=("761",)),
    record("early", 1, "D-1", "D-2", caf="761", outputs=("D-1", "D-2", "271")),
    record("other", 5, "D-3", caf="271", routing_key="DossierReceived.v1.271", body=b"[271]"),
    record("broken", 2, "D-1", outcome="refused"),
)


@pytest.fixture
async def reads(store: Store) -> Reads:
    """Fill a store, and return what reads it."""
    for message in RECORDS:
        async with store.transaction() as transaction:
            await transaction.write([], [message], "w")
    states = [
        StoredState(Grant, key, 1, grant.model_dump(mode="json")) for key, grant in GRANTS.items()
    ]
    async with store.transaction() as transaction:
        await transaction.write(states, [record("grants", 20)], "w")
    return reads_of(store)


def reads_of(store: Store) -> Reads:
    """Return the read adapter of a store."""
    if isinstance(store, MemoryStore):
        return MemoryReads(store)
    assert isinstance(store, MongoStore)
    return ReadApi(store._database)


def names(records: list[MessageRecord]) -> list[str]:
    return [each.key.id for each in records]


async def test_one_record_is_read_by_its_key_and_none_where_there_is_none(reads: Reads) -> None:
    record = await reads.record(InboxKey(DEVELOPMENT, "/elan", "early"))

    assert record == RECORDS[1]
    assert await reads.record(InboxKey(DEVELOPMENT, "/elan", "absent")) is None


async def test_of_some_keys_those_of_handled_messages_are_returned(reads: Reads) -> None:
    early, late = RECORDS[1].key, RECORDS[0].key

    assert await reads.handled([early, late, InboxKey(DEVELOPMENT, "/elan", "absent")]) == {
        early,
        late,
    }
    assert await reads.handled([]) == set()


async def test_a_key_is_recorded_under_any_redrive_number_and_as_a_legacy_one(store: Store) -> None:
    redriven = InboxKey(DEVELOPMENT, "/elan", "redriven")
    legacy = InboxKey(LEGACY, "/elan", "legacy", 2)
    first = record("first", 1)
    records = (replace(first, key=redriven._replace(replay=3)), replace(first, key=legacy), first)
    for stored in records:
        async with store.transaction() as transaction:
            await transaction.write([], [stored], "w")
    reads = reads_of(store)

    wanted = {redriven, InboxKey(DEVELOPMENT, "/elan", "legacy"), first.key}
    others = {
        InboxKey(DEVELOPMENT, "/elan", "red"),
        InboxKey(DEVELOPMENT, "/caf", "redriven"),
        InboxKey("another", "/elan", "first"),
    }
    assert await reads.recorded(wanted | others) == wanted
    assert await reads.recorded(others) == set()
    assert await reads.recorded([]) == set()


async def test_outputs_are_the_events_of_all_records_by_position(reads: Reads) -> None:
    outputs = [output async for output in reads.outputs()]

    assert [output.id for output in outputs] == ["early-D-1", "early-D-2", "early-271", "late-761"]
    of_d_2 = StoredOutput(
        record=RECORDS[1].key,
        position=RECORDS[1].position,
        id="early-D-2",
        routing_key="DossierReceived.v1.761",
        sha256=hashlib.sha256(b"[1]").hexdigest(),
        dossier_id="D-2",
    )
    assert outputs[1] == of_d_2
    later = [output.id async for output in reads.outputs(since=NINE + timedelta(minutes=9))]
    assert later == ["late-761"]


async def test_records_of_decisions_stand_in_the_order_of_their_positions(reads: Reads) -> None:
    async def chosen(**scope: str) -> list[str]:
        return names([each async for each in reads.records(**scope)])

    assert await chosen() == ["early", "other", "late", "grants"]
    assert await chosen(caf="761") == ["early", "late"]
    assert await chosen(dossier_id="D-2") == ["early"]
    assert await chosen(caf="271", dossier_id="D-1") == []
    assert await reads.count_records(dossier_id="D-1") == 2
    assert await reads.count_records() == 4


async def test_records_of_a_dossier_hold_no_output_about_another(reads: Reads) -> None:
    about = await reads.records_of_dossier("D-1")

    assert names(about) == ["early", "broken", "late"]
    assert [output.id for output in about[0].outputs] == ["early-D-1", "early-271"]


async def test_events_are_what_came_and_what_was_published_in_order(reads: Reads) -> None:
    keys = ["DossierReceived.v1.761", "DossierReceived.v1.271"]

    assert await reads.events_of_caf("761", keys) == [b"[1]", b"[1]", b"['early']", b"['late']"]
    assert await reads.events_of_caf("271", keys) == [b"[271]"]
    assert await reads.events_of_caf("271", ["FundingGranted.v1.271"]) == []


async def test_events_of_a_caf_stand_in_records_of_none_too(reads: Reads) -> None:
    key = "DossierSubmitted.v1.761"

    assert await reads.events_of_caf("761", [key]) == [b"{}", b"{}", b"{}"]
    assert await reads.events_of_caf("999", [key]) == [b"{}"]


async def test_events_of_some_dossiers_are_read_by_time_from_the_records_about_them(
    reads: Reads,
) -> None:
    keys = ["DossierSubmitted.v1.761", "DossierReceived.v1.271"]

    assert await reads.events_of_dossiers({"D-1", "D-3"}, keys) == [
        *(b"{}", b"['early']"),
        b"[271]",
        b"{}",
    ]
    assert await reads.events_of_dossiers({"D-2"}, ["DossierReceived.v1.761"]) == [b"[1]", b"[1]"]
    assert await reads.events_of_dossiers(set(), keys) == []


@pytest.mark.parametrize(
    ("where", "selected"),
    [
        ({}, ["D-1|2024-2025", "D-1|2025-2026", "D-2|2025-2026", "D-3|2025-2026"]),
        ({"caf": "271"}, ["D-3|2025-2026"]),
        ({"of.caf": "271"}, ["D-3|2025-2026"]),
        ({"of.absent": None, "caf": "271"}, ["D-3|2025-2026"]),
        ({"caf": "761", "settled": None}, ["D-1|2024-2025", "D-1|2025-2026"]),
        ({"settled": {"$ne": None}}, ["D-2|2025-2026"]),
        ({"year": {"$in": [2023, 2024]}}, ["D-1|2024-2025"]),
        ({"_id": {"$in": ["D-3|2025-2026", "D-9"]}}, ["D-3|2025-2026"]),
        ({"_id": {"$lte": "D-1|2025-2026"}}, ["D-1|2024-2025", "D-1|2025-2026"]),
        ({"settled": {"$lte": "S-1"}}, ["D-2|2025-2026"]),
    ],
)
async def test_a_filter_selects_the_same_states(
    reads: Reads, where: Mapping[str, Any], selected: list[str]
) -> None:
    assert [each.key async for each in reads.stream(Grant, where)] == selected
    assert await reads.states(Grant, where) == [GRANTS[key] for key in selected]
    assert await reads.count_states(Grant, where) == len(selected)
    assert [each.key for each in await reads.find_first(Grant, where, 1)] == selected[:1]


async def test_states_stand_in_an_order_then_by_key(reads: Reads) -> None:
    ordered = [each.key async for each in reads.stream(Grant, {}, ("caf", "year"))]

    assert ordered == ["D-3|2025-2026", "D-1|2024-2025", "D-1|2025-2026", "D-2|2025-2026"]


async def test_a_state_is_read_by_its_key(reads: Reads) -> None:
    assert await reads.state(Grant, "D-3|2025-2026") == GRANTS["D-3|2025-2026"]
    assert await reads.state(Grant, "D-9") is None
    assert await reads.find_by_ids(Grant, ["D-9", "D-3|2025-2026"]) == [GRANTS["D-3|2025-2026"]]
    assert await reads.keys(Grant) == sorted(GRANTS)


async def test_values_of_a_field_are_sorted_and_each_of_them_once(reads: Reads) -> None:
    assert await reads.distinct(Grant, "caf", {}) == ["271", "761"]
    assert await reads.distinct(Grant, "caf", {"year": 2024}) == ["761"]


async def test_a_sample_counts_all_and_names_the_first_dossiers(reads: Reads) -> None:
    assert await sample(reads, Grant, {"year": 2025}, 2) == Sample(3, ("D-1", "D-2"))


async def test_what_waits_to_be_published_is_counted(store: Store, reads: Reads) -> None:
    assert await reads.count_unpublished() == 2
    assert await reads.oldest_unpublished() == pytest.approx(
        await store.oldest_unpublished(), abs=timedelta(seconds=10)
    )
    late = outbox_batch([RECORDS[0]])
    assert late
    await store.mark_published([late])
    assert await reads.count_unpublished() == 1

"""The agrements of the store that release 0.3.0 left are completed before REC-11 reads them."""

import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import bson

from services.submission.domain.states import (
    Agrement,
    Dossier,
    GestionnaireAgrements,
    InterimReport,
)
from services.submission.service import SERVICE
from shared.contracts.eligibility import AgrementContent
from shared.contracts.envelope import decode
from shared.kernel.decided_again import decide_again
from shared.kernel.decision import Query, State
from shared.kernel.memory import MemoryStore
from shared.kernel.messages import DECIDED_AGAIN, MessageRecord
from shared.kernel.replay import Replay
from shared.mongodb.documents import document_to_record, document_to_state
from shared.mongodb.form_1 import record_from_form_1, state_from_form_1

STORE = Path(__file__).parents[2] / "upgrade" / "0.3.0" / "store.tar.xz"
CODEC = bson.CodecOptions[dict[str, Any]](tz_aware=True)
AGREMENTS = [event.__name__ for event in SERVICE.decided_again]


async def test_every_agrement_gets_level_and_communes_and_is_listed_by_its_gestionnaire() -> None:
    store = await migrated()

    agrements = await states(store, Agrement)
    contents = {data.dossier_id: data for data in map(_agrement, records())}
    assert len(agrements) == len(contents) > 100
    for agrement in agrements:
        project = contents[agrement.dossier_id].project
        assert (agrement.school_level, agrement.communes) == (
            project.school_level,
            project.communes,
        )
    listed = {each.key: each.agrements for each in await states(store, GestionnaireAgrements)}
    assert sorted(name for names in listed.values() for name in names) == sorted(contents)
    assert all(agrement.dossier_id in listed[_owner(agrement)] for agrement in agrements)


async def test_each_is_decided_with_a_receipt_that_replays_and_publishes_nothing() -> None:
    store, replay = await migrated(), Replay.of(SERVICE)

    decided = [record for key, record in store.records.items() if key.replay == DECIDED_AGAIN]

    assert len(decided) == len(records())
    assert not any(record.outputs for record in decided)
    assert not [each for record in decided for each in replay.differences(record)]
    versions = [each.version for each in await store.page(every(Agrement))]
    assert set(versions) == {2}


async def test_a_second_time_nothing_changes() -> None:
    store = await migrated()
    before = (dict(store.records), await states(store, Agrement))

    await decide_again(_each(records()), SERVICE, store)

    assert (dict(store.records), await states(store, Agrement)) == before


async def test_without_it_they_would_cover_nothing() -> None:
    assert {each.school_level for each in await states(await stored(), Agrement)} == {None}


async def test_the_other_states_of_the_release_are_read_as_they_are() -> None:
    store = await stored()

    dossiers = await states(store, Dossier)
    held = [each for each in dossiers if each.held]
    assert {each.held.waits_for for each in held if each.held} == {"interim_report"}
    listed = {name for report in await states(store, InterimReport) for name in report.waiting}
    assert {each.key for each in held} == listed
    rejected = [each.completed_revisions[-1] for each in dossiers if each.status == "rejected"]
    assert rejected
    assert all(revision.rejected for revision in rejected)


async def migrated() -> MemoryStore:
    """Return the store of the release after its agrements were decided again."""
    store = await stored()
    await decide_again(_each(records()), SERVICE, store)
    return store


async def stored() -> MemoryStore:
    """Return the states that the release stored."""
    store = MemoryStore()
    for model in SERVICE.states:
        if model is not GestionnaireAgrements:
            moved = [
                document_to_state(model, state_from_form_1(document, model))
                for document in documents(model.collection)
            ]
            async with store.transaction() as transaction:
                await transaction.write([replace(each, replaces=0) for each in moved], [], "test")
    return store


@cache
def records() -> tuple[MessageRecord, ...]:
    """Return the records of the agrements that the release decided on."""
    moved = (document_to_record(record_from_form_1(old, 0)) for old in documents("inbox"))
    return tuple(
        record for record in moved if any(f".{name}." in str(record.type) for name in AGREMENTS)
    )


@cache
def documents(collection: str) -> tuple[dict[str, Any], ...]:
    """Return the documents of a collection of submission."""
    with tarfile.open(STORE, "r:xz") as archive:
        file = archive.extractfile(f"submission/{collection}.bson")
        assert file is not None
        return tuple(bson.decode_all(file.read(), CODEC))


async def states(store: MemoryStore, model: type[Any]) -> list[Any]:
    return [each.existing for each in await store.page(every(model))]


def every(model: type[State]) -> Query[Any]:
    return Query(model, where=(), limit=100_000)


async def _each(of: tuple[MessageRecord, ...]) -> AsyncIterator[MessageRecord]:
    for record in of:
        yield record


def _agrement(record: MessageRecord) -> AgrementContent:
    assert record.body is not None
    data = decode(record.body).data
    assert isinstance(data, AgrementContent)
    return data


def _owner(agrement: Agrement) -> str:
    return f"{agrement.caf}|{agrement.siret}"

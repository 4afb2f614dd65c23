"""What a decision is given: states by name, pages by what they ask for."""

import uuid

import pytest
from pydantic import ValidationError

from shared.kernel.decision import (
    NAMESPACE,
    Query,
    StateRef,
    States,
    StoredState,
    derived_id,
)
from tests.unit.kernel.bench import Tally

PAGE = Query(Tally, where=(), limit=10)


def test_what_is_not_loaded_yet_is_unseen_and_may_not_be_taken_for_granted() -> None:
    states = States({})

    assert states.get_if_loaded(Tally, "761") is None
    assert states.page_if_loaded(PAGE) is None
    with pytest.raises(KeyError):
        states.get(Tally, "761")
    with pytest.raises(KeyError):
        states.page(PAGE)


def test_a_page_that_was_read_is_seen_even_when_it_is_empty() -> None:
    tally, ref = Tally(caf="761"), StateRef(Tally, "761")

    assert States({}, {PAGE: ()}).page_if_loaded(PAGE) == ()
    states = States({ref: StoredState.only_read(ref, tally)}, {PAGE: (ref,)})
    assert states.page_if_loaded(PAGE) == states.page(PAGE) == (tally,)
    assert states.get_if_loaded(Tally, "761") is states.get(Tally, "761") is tally


def test_a_state_that_was_read_and_does_not_exist_is_none() -> None:
    ref = StateRef(Tally, "761")

    for absent in (StoredState(Tally, "761"), StoredState.only_read(ref, None)):
        states = States({ref: absent})
        assert states.get(Tally, "761") is None
        assert states.get_if_loaded(Tally, "761") is None
        assert (absent.ref, absent.version, absent.replaces) == (ref, 0, 0)
        assert (absent.document, absent.content, absent.state) == ({}, None, None)


def test_a_state_to_be_written_has_its_document_its_version_and_the_one_that_it_replaces() -> None:
    tally = Tally(caf="761", count=2, who=("D-1", "D-2"))
    new, newer = StoredState.of(tally, 1), StoredState.of(tally, 8, 7)

    assert (new.version, new.replaces, newer.version, newer.replaces) == (1, 0, 8, 7)
    assert new.ref == newer.ref == StateRef(Tally, "761")
    assert new.document == {"caf": "761", "count": 2, "who": ["D-1", "D-2"]}
    assert new.content == tally.model_dump_json().encode()
    assert new.state is tally


def test_a_state_is_parsed_from_its_document_once_and_only_when_it_is_asked_for() -> None:
    document = {"caf": "761", "count": 2, "who": ["D-1", "D-2"]}
    stored = StoredState(Tally, "761", 3, document, 3)

    assert "existing" not in vars(stored)
    assert stored.state == Tally(caf="761", count=2, who=("D-1", "D-2"))
    assert stored.state is stored.existing
    assert stored == StoredState(Tally, "761", 3, document, 3)


def test_a_document_that_cannot_be_read_raises_only_when_its_state_is_asked_for() -> None:
    stored = StoredState(Tally, "761", 3, {"caf": "761", "counted": "two"}, 3)
    states = States({stored.ref: stored}, {PAGE: (stored.ref,)})

    assert (stored.version, stored.ref.key) == (3, "761")
    assert stored.content == b'{"caf":"761","counted":"two"}'
    for read in (
        lambda: stored.state,
        lambda: stored.existing,
        lambda: states.get(Tally, "761"),
        lambda: states.page(PAGE),
    ):
        with pytest.raises(ValidationError, match="counted"):
            read()


def test_a_state_that_does_not_exist_has_no_content_to_parse() -> None:
    with pytest.raises(ValidationError):
        _ = StoredState(Tally, "761").existing


def test_a_value_that_json_cannot_represent_has_no_content() -> None:
    stored = StoredState.of(Tally(caf="761", count=2**64), 1)

    with pytest.raises(TypeError, match="64-bit"):
        _ = stored.content


def test_a_derived_id_is_a_uuid_of_version_5() -> None:
    for rank in range(200):
        parts = ("é-dossier", "AdvanceGranted", str(rank))
        assert derived_id(*parts) == str(uuid.uuid5(NAMESPACE, "|".join(parts)))

"""What is given out of a closed exercise is what its closing sealed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.accounting.domain.entries import Entry
from services.accounting.exercise import Chain, ExerciseBuilder
from services.accounting.exports.journal_control import expect_validated
from shared.exports.error_list import UnrepresentableContentError
from tests.unit.export.closed_books import entries_of, head_of, worked_example

STATES = worked_example().states
ENTRIES = tuple(entries_of(STATES, 2025))


def check_chain(entries: Sequence[Entry], *, closed: bool = True) -> None:
    head = head_of(STATES, 2025)
    builder = ExerciseBuilder(Chain(head.caf, head.exercise) if closed else None)
    for entry in entries:
        builder.add(entry)
    expect_validated(builder.exercise, head if closed else replace(head, closing=None))


def test_a_ledger_as_it_was_validated_goes_out() -> None:
    assert len(ENTRIES) > 1
    check_chain(ENTRIES)


def test_an_entry_that_was_changed_stops_it_there() -> None:
    second = ENTRIES[1]
    posted = second.posted.model_copy(update={"label": "Autre"})
    changed = second.model_copy(update={"posted": posted})
    named = rf"À l’écriture {second.entry_id} \(dossier .*, n° 2\), .*validé.*`clas check`"
    with pytest.raises(UnrepresentableContentError, match=named):
        check_chain([ENTRIES[0], changed, *ENTRIES[2:]])


def test_an_entry_that_is_missing_stops_it_at_the_next() -> None:
    with pytest.raises(UnrepresentableContentError, match="n° 2"):
        check_chain(ENTRIES[1:])


def test_the_last_entry_that_is_missing_is_missed() -> None:
    with pytest.raises(
        UnrepresentableContentError, match=r"ne finit pas par l’empreinte.*`clas check`"
    ):
        check_chain(ENTRIES[:-1])


def test_an_exercise_is_held_to_its_numbers_only_once_it_is_closed() -> None:
    check_chain(ENTRIES[1:], closed=False)
    with pytest.raises(UnrepresentableContentError):
        check_chain(ENTRIES[1:], closed=True)

"""A closed exercise is sealed in the store: whatever writes to it, both stores refuse."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from services.accounting.domain.books import Books, ExerciseBooks, Status
from services.accounting.domain.entries import Entry
from shared.kernel.decision import State, StoredState
from shared.kernel.ports import ConflictError, PreconditionFailedError, Store
from tests.contract.records import WORKER, record
from tests.contract.test_store import put
from tests.support.samples import CAF
from tests.unit.accounting.ledger import closed_with_an_accrual

S = TypeVar("S", bound=State)
(ENTRY,) = (e for e in closed_with_an_accrual().entries if e.posted.kind == "accrual")
"""A validated accrual of 1 103.30 euros in 2025."""


async def nothing() -> None:
    """Do nothing between the steps."""


def an_entry(kind: str, sequence: int | None = None) -> Entry:
    """An entry of 2025 of a kind, not validated unless it has a number."""
    posted = ENTRY.posted.with_changes(kind=kind)
    return ENTRY.with_changes(posted=posted, sequence=sequence, hash=None, previous_hash=None)


def books(status: Status | None) -> StoredState[Books]:
    """The books of the Caf, in which 2025 has this status; None: it is not named."""
    named = () if status is None else (ExerciseBooks(year=2025, status=status),)
    return written(Books(caf=CAF, exercises=named))


def written(state: S, before: int = 0) -> StoredState[S]:
    return StoredState.of(state, before + 1, before)


async def stored_entries(store: Store) -> list[tuple[int, dict[str, Any]]]:
    async with store.transaction() as transaction:
        states = await transaction.find(Entry, [ENTRY.key])
    return [(each.version, each.document) for each in states]


@pytest.mark.parametrize("status", [None, "open"])
async def test_an_open_exercise_takes_entries(store: Store, status: Status | None) -> None:
    await put(store, books(status))

    await put(store, written(an_entry("advance")))

    assert len(await stored_entries(store)) == 1


@pytest.mark.parametrize("status", ["closing", "closed"])
@pytest.mark.parametrize(
    "kind", ["advance", "advance_reversal", "balance", "cancellation", "adjustment"]
)
async def test_what_funding_decides_is_refused_from_the_acceptance_of_the_closing(
    store: Store, kind: str, status: Status
) -> None:
    await put(store, books(status))

    with pytest.raises(
        PreconditionFailedError, match=f"entries {ENTRY.key} is sealed: books 761, year 2025"
    ):
        await put(store, written(an_entry(kind)))

    assert await stored_entries(store) == []


async def test_a_release_is_not_booked_in_the_exercise_that_is_being_closed(store: Store) -> None:
    await put(store, books("closing"))

    with pytest.raises(PreconditionFailedError, match="is not open"):
        await put(store, written(an_entry("accrual_release")))


@pytest.mark.parametrize("kind", ["accrual", "commitment", "commitment_reversal"])
async def test_what_the_closing_posts_goes_in_while_it_runs_and_never_again(
    store: Store, kind: str
) -> None:
    await put(store, books("closing"))
    await put(store, written(an_entry(kind)))
    closed = Books(caf=CAF, exercises=(ExerciseBooks(year=2025, status="closed"),))
    await put(store, written(closed, before=1))

    with pytest.raises(PreconditionFailedError, match="is not closing"):
        await put(store, written(an_entry(kind), before=1))

    assert await stored_entries(store) == [(1, an_entry(kind).model_dump(mode="json"))]


@pytest.mark.parametrize("status", [None, "open", "closed"])
async def test_a_number_is_given_while_the_closing_runs_only(
    store: Store, status: Status | None
) -> None:
    await put(store, books(None))
    await put(store, written(an_entry("advance")))
    named = () if status is None else (ExerciseBooks(year=2025, status=status),)
    await put(store, written(Books(caf=CAF, exercises=named), before=1))

    with pytest.raises(PreconditionFailedError, match="is not closing"):
        await put(store, written(an_entry("advance", sequence=1), before=1))

    assert await stored_entries(store) == [(1, an_entry("advance").model_dump(mode="json"))]


async def test_the_last_page_validates_and_closes_in_one_unit(store: Store) -> None:
    await put(store, books("closing"))
    await put(store, written(an_entry("accrual")))
    closed = Books(caf=CAF, exercises=(ExerciseBooks(year=2025, status="closed"),))

    await put(store, written(closed, before=1), written(ENTRY, before=1))

    assert await stored_entries(store) == [(2, ENTRY.model_dump(mode="json"))]


async def test_one_sealed_entry_stops_all_that_was_to_be_written_with_it(store: Store) -> None:
    await put(store, books("closed"))
    other = an_entry("advance").with_changes(entry_id="other", exercise=2026)

    with pytest.raises(PreconditionFailedError):
        await put(store, written(other), written(an_entry("advance")))

    async with store.transaction() as transaction:
        assert await transaction.find(Entry, ["other"]) == []


async def test_a_writer_that_began_before_the_closing_and_declares_no_read_still_conflicts(
    store: Store,
) -> None:
    await put(store, books("open"))

    with pytest.raises(ConflictError):
        async with store.transaction() as writing:
            assert await writing.find(Entry, [ENTRY.key]) == []
            closing = Books(caf=CAF, exercises=(ExerciseBooks(year=2025, status="closing"),))
            await put(store, written(closing, before=1))
            await writing.write([written(an_entry("advance"))], [record("late")], WORKER)

    assert await stored_entries(store) == []


class Unit:
    """A unit of work that is held between its reads and its writes, or before it commits."""

    def __init__(self, store: Store, worker: str, *states: StoredState[Any]) -> None:
        self._store, self._worker, self._states = store, worker, states
        self.outcome = ""

    async def run(self, held: str = "", before: Callable[[], Awaitable[None]] = nothing) -> None:
        """Run it; `before` is awaited once it has read, or written, and not committed."""
        try:
            async with self._store.transaction() as transaction:
                await transaction.find(Books, [CAF])
                if held == "read":
                    await before()
                await transaction.write(self._states, [record(self._worker)], self._worker)
                if held == "written":
                    await before()
            self.outcome = "committed"
        except ConflictError:
            self.outcome = "conflict"


@pytest.mark.parametrize("with_books", [True, False], ids=["books", "no books"])
@pytest.mark.parametrize("locked", [True, False], ids=["a lock", "no lock"])
@pytest.mark.parametrize("held", ["read", "written"])
@pytest.mark.parametrize("first", ["posting", "closing"])
async def test_of_a_posting_and_a_closing_that_do_not_see_each_other_only_one_commits(
    store: Store, first: str, held: str, *, locked: bool, with_books: bool
) -> None:
    if with_books:
        await put(store, written(Books(caf=CAF)))
    if locked:
        await put(store, written(an_entry("advance").with_changes(entry_id="other")))
    closing = written(
        Books(caf=CAF, exercises=(ExerciseBooks(year=2025, status="closing"),)),
        before=int(with_books),
    )
    units = {
        "posting": Unit(store, "posting", written(an_entry("advance"))),
        "closing": Unit(store, "closing", closing),
    }
    (second,) = {*units} - {first}

    await units[first].run(held, units[second].run)

    outcomes = {name: unit.outcome for name, unit in units.items()}
    assert sorted(outcomes.values()) == ["committed", "conflict"]
    assert len(await stored_entries(store)) == int(outcomes["posting"] == "committed")


async def test_another_caf_and_another_year_stay_open(store: Store) -> None:
    await put(store, books("closed"))

    await put(store, written(an_entry("advance").with_changes(caf="762")))
    await put(store, written(an_entry("advance").with_changes(entry_id="later", exercise=2026)))

    assert len(await stored_entries(store)) == 1


def test_the_sample_is_what_a_closing_validated() -> None:
    assert ENTRY.sequence in {1, 2}
    assert {line.debit + line.credit for line in ENTRY.posted.lines} == {Decimal("1103.30")}

"""The condition on another document: what a write that it forbids says."""

from typing import ClassVar

import pytest

from shared.kernel.decision import State, StoredState, WritePrecondition
from shared.kernel.memory import MemoryStore
from shared.kernel.ports import PreconditionFailedError
from shared.kernel.preconditions import check_preconditions


class Books(State):
    """Years with a status."""

    collection: ClassVar[str] = "books"

    caf: str
    years: tuple[dict[str, str], ...]

    @property
    def key(self) -> str:
        """The Caf."""
        return self.caf


class Line(State):
    """What may be written while its year is open or not opened yet."""

    collection: ClassVar[str] = "lines"

    caf: str
    year: str

    @property
    def key(self) -> str:
        """The Caf and the year."""
        return f"{self.caf}-{self.year}"

    @property
    def write_precondition(self) -> WritePrecondition:
        """The year is not closed."""
        return WritePrecondition(
            Books, self.caf, "years", "year", self.year, ("open", "new"), "new"
        )


async def _store() -> MemoryStore:
    store = MemoryStore()
    years = ({"year": "2025", "status": "closed"}, {"year": "2026", "status": "open"})
    async with store.transaction() as transaction:
        await transaction.write([StoredState.of(Books(caf="761", years=years), 1)], [], "w")
    return store


@pytest.mark.parametrize(("caf", "year"), [("761", "2026"), ("761", "2027"), ("771", "2025")])
async def test_what_the_condition_allows_is_checked(caf: str, year: str) -> None:
    store = await _store()
    async with store.transaction() as transaction:
        line = StoredState.of(Line(caf=caf, year=year), 1)
        assert await check_preconditions(transaction, [line])


async def test_what_has_no_condition_is_not_checked() -> None:
    store = await _store()
    async with store.transaction() as transaction:
        books = StoredState.of(Books(caf="771", years=()), 1)
        assert not await check_preconditions(transaction, [books])


async def test_a_refusal_says_which_document_forbids_the_write() -> None:
    store = await _store()
    lines = [StoredState.of(Line(caf="761", year=year), 1) for year in ("2026", "2025")]
    async with store.transaction() as transaction:
        with pytest.raises(PreconditionFailedError) as refused:
            await check_preconditions(transaction, lines)

    assert str(refused.value) == "lines 761-2025 is sealed: books 761, year 2025 is not open or new"

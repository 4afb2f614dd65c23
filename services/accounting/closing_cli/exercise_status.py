"""The books of a Caf as accounting keeps them: what stands, and how far a closing has come."""

from dataclasses import dataclass

from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from shared.mongodb.read_api import ReadApi

ACCOUNTING = "accounting"


@dataclass(frozen=True, slots=True)
class ExerciseStatus:
    """The books of a Caf (None: it has none) and the closing of one exercise (None: not begun)."""

    books: Books | None
    closing: Closing | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a closing has come: what is done of what there is, as far as it is known."""

    grants: int
    grants_passed: int
    entries: int
    entries_validated: int


async def exercise_status(kept: ReadApi, caf: str, exercise: int) -> ExerciseStatus:
    """Return what stands now."""
    closing = await kept.state(ACCOUNTING, Closing, closing_key(caf, exercise))
    return ExerciseStatus(await kept.state(ACCOUNTING, Books, caf), closing)


async def progress_of(kept: ReadApi, closing: Closing) -> Progress:
    """Count what stands before the cursor of a closing, and in all.

    The entries grow while grants are passed.
    """
    years = {"$in": [closing.exercise - 1, closing.exercise]}
    grants = {"caf": closing.caf, "start_year": years}
    entries = {"caf": closing.caf, "exercise": closing.exercise}
    before = grants | ({"_id": {"$lte": closing.after}} if closing.step == "grants" else {})
    return Progress(
        grants=await kept.count_states(ACCOUNTING, Grant.collection, grants),
        grants_passed=await kept.count_states(ACCOUNTING, Grant.collection, before),
        entries=await kept.count_states(ACCOUNTING, Entry.collection, entries),
        entries_validated=closing.sequence,
    )

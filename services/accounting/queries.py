"""Queries on accounting, for commands. Functions take the read port of its database."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from services.accounting.domain.acknowledgements import EntryAcknowledgement, acknowledgement_key
from services.accounting.domain.books import Books
from services.accounting.domain.closing import Closing, closing_key
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from services.accounting.exercise import Chain, Exercise, ExerciseBuilder
from shared.contracts.accounting import AccountingEntryPosted
from shared.kernel.calendar import school_year
from shared.kernel.decision import StoredState
from shared.kernel.money import ZERO
from shared.kernel.read_port import Reads, Sample, sample
from shared.kernel.settings import Settings

PAGE = 1_000
"""Entries that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class ExerciseStatus:
    """The books of a Caf (None: it has none) and the closing of one exercise (None: not begun)."""

    books: Books | None
    closing: Closing | None

    @property
    def closed(self) -> bool:
        """Whether nothing of the exercise changes any more."""
        return self.closing is not None and self.closing.is_done


@dataclass(frozen=True, slots=True)
class Ledger:
    """One exercise of a Caf: its status, its projection, and the entries to list.

    `listed` are the first of the `count` entries that were asked for, in the order of numbering.
    """

    caf: str
    year: int
    status: ExerciseStatus
    exercise: Exercise
    listed: list[Entry]
    count: int


@dataclass(frozen=True, slots=True)
class ClosingProgress:
    """The progress of a closing: items done out of the items counted."""

    grants: int
    grants_passed: int
    entries: int
    entries_validated: int


@dataclass(frozen=True, slots=True)
class GrantsBeforeClosing:
    """The grants that the closing of an exercise concerns.

    `unsettled`: of the `ended` ones of the school year that ended in the exercise, with the first
    of them by name. `starting`: to accrue. `committed`: commitments to reverse.
    """

    ended: int
    unsettled: Sample
    starting: int
    committed: int


def opened(settings: Settings) -> AbstractAsyncContextManager[Reads]:
    """Open the database of accounting for reading."""
    from shared.mongodb.read_api import open_reads

    return open_reads(settings, "accounting")


async def books(reads: Reads, caf: str) -> Books | None:
    """Return the books of a Caf, None where accounting has none."""
    return await reads.state(Books, caf)


async def cafs(reads: Reads) -> list[str]:
    """Return the Cafs that accounting has books of."""
    return await reads.keys(Books)


async def closing(reads: Reads, caf: str, exercise: int) -> Closing | None:
    """Return how far the closing of an exercise came, None where none was accepted."""
    return await reads.state(Closing, closing_key(caf, exercise))


async def exercise_status(reads: Reads, caf: str, exercise: int) -> ExerciseStatus:
    """Return the books of a Caf and the closing of one exercise."""
    begun = await closing(reads, caf, exercise)
    return ExerciseStatus(await books(reads, caf), begun)


async def ledger(
    reads: Reads, caf: str, exercise: int, dossier_id: str | None = None, limit: int = 0
) -> Ledger:
    """Return one exercise, and its first `limit` entries, of one dossier or of all; 0: all."""
    # The closing first: once it is done, the entries read after it do not change any more.
    status = await exercise_status(reads, caf, exercise)
    builder = ExerciseBuilder(Chain(caf, exercise) if status.closed else None)
    listed: list[Entry] = []
    count = 0
    async for document in reads.stream(Entry, _entries(caf, exercise), ("place",)):
        builder.add(entry := document.existing)
        if dossier_id in {None, entry.posted.dossier_id}:
            count += 1
            if not limit or count <= limit:
                listed.append(entry)
    return Ledger(caf, exercise, status, builder.exercise, listed, count)


async def closing_progress(reads: Reads, begun: Closing) -> ClosingProgress:
    """Count the items before the cursor of a closing, and all of them.

    The entries grow while grants are passed.
    """
    years = {"$in": [begun.exercise - 1, begun.exercise]}
    grants = {"caf": begun.caf, "start_year": years}
    before = grants | ({"_id": {"$lte": begun.after}} if begun.step == "grants" else {})
    return ClosingProgress(
        grants=await reads.count_states(Grant, grants),
        grants_passed=await reads.count_states(Grant, before),
        entries=await count_entries(reads, begun.caf, begun.exercise),
        entries_validated=begun.sequence,
    )


async def grants_before_closing(
    reads: Reads, caf: str, exercise: int, named: int
) -> GrantsBeforeClosing:
    """Return the grants that a closing concerns, at most `named` of them by name."""
    ended = {"caf": caf, "start_year": exercise - 1}
    committed = ended | {"commitment_left": {"$ne": str(ZERO)}}
    starting = {"caf": caf, "start_year": exercise}
    return GrantsBeforeClosing(
        ended=await reads.count_states(Grant, ended),
        unsettled=await sample(reads, Grant, ended | {"settlement": None}, named),
        starting=await reads.count_states(Grant, starting),
        committed=await reads.count_states(Grant, committed),
    )


async def unsettled_among(
    reads: Reads, dossier_ids: Iterable[str], start_year: int, named: int
) -> Sample:
    """Return which of these dossiers have no balance for a school year."""
    keys = sorted(f"{dossier_id}|{school_year(start_year)}" for dossier_id in dossier_ids)
    return await sample(reads, Grant, {"_id": {"$in": keys}, "settlement": None}, named)


async def count_entries(reads: Reads, caf: str, exercise: int | None = None) -> int:
    """Count the entries of an exercise, or of all."""
    return await reads.count_states(Entry, _entries(caf, exercise))


async def entry_pages(
    reads: Reads, caf: str, exercise: int | None = None
) -> AsyncIterator[list[StoredState[Entry]]]:
    """Yield the entries of an exercise, or of all, in pages, in the order of their numbering."""
    page: list[StoredState[Entry]] = []
    async for entry in reads.stream(Entry, _entries(caf, exercise), ("exercise", "place")):
        page.append(entry)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


async def posted_entries(
    reads: Reads, caf: str, exercise: int
) -> tuple[AccountingEntryPosted, ...]:
    """Return the entries of an exercise as they were posted, in the order of their numbering."""
    entries = await reads.states(Entry, _entries(caf, exercise), ("place",))
    return tuple(entry.posted for entry in entries)


async def accounting_systems(reads: Reads, caf: str) -> list[str]:
    """Return the accounting systems that ever answered an entry of this Caf."""
    return await reads.distinct(EntryAcknowledgement, "system", {"caf": caf})


async def acknowledgements(
    reads: Reads, entries: Iterable[Entry], systems: Sequence[str]
) -> Mapping[tuple[str, str], EntryAcknowledgement]:
    """Return the replies of systems to entries, by the ids of entries and systems."""
    keys = [acknowledgement_key(entry.entry_id, name) for entry in entries for name in systems]
    answers = await reads.find_by_ids(EntryAcknowledgement, keys)
    return {(answer.entry_id, answer.system): answer for answer in answers}


async def gestionnaire_names(reads: Reads, caf: str) -> dict[str, str]:
    """Return the names of the gestionnaires of a Caf's grants, by SIRET."""
    last: dict[str, tuple[str, str]] = {}
    async for grant in reads.stream(Grant, {"caf": caf}, ("start_year",)):
        payee = grant.document["gestionnaire"]
        last[payee["siret"]] = max(last.get(payee["siret"], ("", "")), (grant.key, payee["name"]))
    return {siret: name for siret, (_, name) in last.items()}


def _entries(caf: str, exercise: int | None) -> dict[str, str | int]:
    return {"caf": caf} | ({} if exercise is None else {"exercise": exercise})

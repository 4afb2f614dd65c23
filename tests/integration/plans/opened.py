"""The databases that queries are called on, and what is expected of a query."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from shared.kernel.messages import MessageRecord
from shared.kernel.settings import Settings
from shared.mongodb.export_register import ExportRegister
from shared.mongodb.read_api import ReadApi
from shared.mongodb.store import MongoStore

CAF, EXERCISE, SCHOOL_YEAR = "761", 2025, "2025-2026"
DOSSIER = "D-1"
OF_A_YEAR = 150
"""More than the grants of one Caf in one school year, and less than twice as many."""
RECORDS_OF_A_YEAR = 500
"""The same of the records of funding about these grants."""
OF_A_CAF = 10_000
"""More than all records of one Caf: what is selected among them by the types of events."""
Result = Awaitable[Any] | AsyncIterator[Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """The databases, opened as commands and services open them, and some of what they hold."""

    settings: Settings
    submission: ReadApi
    eligibility: ReadApi
    funding: ReadApi
    accounting: ReadApi
    store: MongoStore
    funding_store: MongoStore
    submission_store: MongoStore
    register: ExportRegister
    records: Sequence[MessageRecord]
    entries: Sequence[Entry]
    closing: Closing
    folder: Path


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A call of a function that reads the store.

    `counted` is the most documents that it may examine beyond twice those it returns: where it
    counts, or selects within one school year of a Caf. `all_years`: its answer is about all
    years. `whole` names collections that it reads without an index, for it reads all of them.
    """

    function: Callable[..., Any]
    call: Callable[[Opened], Result]
    counted: int = 20
    all_years: bool = False
    whole: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return `funding.queries.rights`, for the names of tests."""
        module = ".".join(self.function.__module__.split(".")[1:])
        return f"{module}.{self.function.__qualname__}"

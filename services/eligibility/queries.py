"""Queries on eligibility, for commands. Functions take the read port of its database."""

from contextlib import AbstractAsyncContextManager

from services.eligibility.domain.states import Dossier
from shared.contracts.eligibility import EligibilityAssessed
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings


def opened(settings: Settings) -> AbstractAsyncContextManager[Reads]:
    """Open the database of eligibility for reading."""
    from shared.mongodb.read_api import open_reads

    return open_reads(settings, "eligibility")


async def count_assessed(reads: Reads, caf: str, school_year: str) -> int:
    """Count the assessed dossiers of a school year that are not withdrawn."""
    return await reads.count_states(Dossier, _assessed(caf, school_year))


async def undecided_dossiers(reads: Reads, caf: str, school_year: str) -> set[str]:
    """Return the ids of such dossiers that the committee neither granted nor refused."""
    return set(await reads.distinct(Dossier, "_id", _undecided(caf, school_year)))


async def undecided_assessments(
    reads: Reads, caf: str, school_year: str
) -> dict[str, EligibilityAssessed]:
    """Return the last assessments of such dossiers, by id."""
    where = _undecided(caf, school_year)
    return {each.dossier_id: each.assessment for each in await reads.states(Dossier, where)}


def _undecided(caf: str, school_year: str) -> dict[str, str | bool | None]:
    return _assessed(caf, school_year) | {"decision.decided.outcome": None}


def _assessed(caf: str, school_year: str) -> dict[str, str | bool | None]:
    return {"caf": caf, "school_year": school_year, "withdrawn": False}

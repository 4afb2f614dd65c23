"""Queries on submission, for commands. Functions take the read port of its database."""

from contextlib import AbstractAsyncContextManager
from datetime import date

from services.submission.domain.states import (
    Campaign,
    Dossier,
    InterimReport,
    campaign_key,
    report_key,
)
from shared.kernel.read_port import Reads
from shared.kernel.settings import Settings


def opened(settings: Settings) -> AbstractAsyncContextManager[Reads]:
    """Open the database of submission for reading."""
    from shared.mongodb.read_api import open_reads

    return open_reads(settings, "submission")


async def campaign(reads: Reads, caf: str, school_year: str) -> Campaign | None:
    """Return the call for projects of a Caf, None where none was opened."""
    return await reads.state(Campaign, campaign_key(caf, school_year))


async def interim_report(
    reads: Reads, caf: str, siret: str, school_year: str
) -> InterimReport | None:
    """Return a gestionnaire's report on a school year, None where no dossier waits for it."""
    return await reads.state(InterimReport, report_key(caf, siret, school_year))


async def interim_reports(reads: Reads, caf: str, school_year: str) -> dict[str, date]:
    """Return the earliest day of each SIRET's interim report on a school year."""
    reports = await reads.states(InterimReport, {"caf": caf, "school_year": school_year})
    return {report.siret: report.received_on for report in reports if report.received_on}


async def school_years(reads: Reads, caf: str) -> list[str]:
    """Return the school years of a Caf's dossiers."""
    return await reads.distinct(Dossier, "school_year", {"caf": caf})


async def open_dossiers(reads: Reads, caf: str, school_year: str, assessed: int) -> set[str]:
    """Return the ids of the dossiers of a school year that are held or to complete.

    With them all received ones, unless as many are `assessed`: some are then not assessed yet.
    Those that were reopened are assessed, whatever became of their next revision.
    """
    of_year = {"caf": caf, "school_year": school_year}
    waiting = ["held", "complements_requested"]
    reopened = {"status": {"$in": [*waiting, "rejected"]}, "reopened": True}
    received = await reads.count_states(Dossier, of_year | {"status": "received"})
    received += await reads.count_states(Dossier, of_year | reopened)
    statuses = waiting + ["received"] * (received != assessed)
    return set(await reads.distinct(Dossier, "_id", of_year | {"status": {"$in": statuses}}))

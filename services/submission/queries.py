"""Queries on submission, for commands. Functions take the read port of its database."""

from contextlib import AbstractAsyncContextManager

from services.submission.domain.states import Campaign, InterimReport, campaign_key, report_key
from shared.contracts.base import WireModel
from shared.contracts.caf import InterimReportReceived
from shared.contracts.elan import DossierSubmitted
from shared.contracts.envelope import Envelope
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
)
from shared.kernel.read_port import Reads, events_of_types
from shared.kernel.settings import Settings

OF_PENDING_DOSSIERS: tuple[type[WireModel], ...] = (
    DossierSubmitted,
    DossierHeld,
    ComplementsRequested,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
)


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


async def interim_report_events(reads: Reads, caf: str) -> tuple[Envelope, ...]:
    """Return the interim reports that came from a Caf, as events."""
    return await events_of_types(reads, caf, [InterimReportReceived])


async def events_of_pending_dossiers(reads: Reads, caf: str) -> tuple[Envelope, ...]:
    """Return the events that determine what a dossier waits for until its assessment."""
    return await events_of_types(reads, caf, OF_PENDING_DOSSIERS)

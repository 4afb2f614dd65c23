"""Queries on funding, for commands. Functions take the read port of its database."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Literal

from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Grant, PublishedBareme
from services.funding.rights import WANTED, Rights, rights_of
from services.funding.rights_on_day import WANTED_WITH_REQUESTS, RightsOnDay
from services.funding.rights_on_day import rights_on_day as fold_on_day
from shared.contracts.forecasts import FundingForecast
from shared.contracts.funding import BalanceRefused
from shared.kernel.read_port import Reads, Sample, events_of_types, sample
from shared.kernel.settings import Settings


def opened(settings: Settings) -> AbstractAsyncContextManager[Reads]:
    """Open the database of funding for reading."""
    from shared.mongodb.read_api import open_reads

    return open_reads(settings, "funding")


async def cafs(reads: Reads) -> list[str]:
    """Return the Cafs that have an envelope or a grant."""
    return await reads.keys(Envelopes)


async def envelopes(reads: Reads, caf: str) -> Envelopes | None:
    """Return the envelopes of a Caf and their waiting list, None where there are none."""
    return await reads.state(Envelopes, caf)


async def rights(reads: Reads, caf: str, start_years: Sequence[int] | None = None) -> Rights:
    """Return the rights of a Caf, of all years or of the dossiers with a grant of some years.

    With `start_years` a right of these years that has no grant, granted or deferred, is left out;
    other years of the same dossiers are there.
    """
    dossier_ids = None if start_years is None else await _granted(reads, caf, start_years)
    events = await events_of_types(reads, caf, WANTED, dossier_ids)
    return rights_of(event.data for event in events)


async def rights_on_day(reads: Reads, caf: str, on: date | None = None) -> RightsOnDay:
    """Return all rights of a Caf as they were on a day, as they are for None."""
    return fold_on_day(await events_of_types(reads, caf, WANTED_WITH_REQUESTS), on)


async def _granted(reads: Reads, caf: str, start_years: Sequence[int]) -> set[str]:
    """Return the dossiers with a grant of these years, whatever its status."""
    where = {"agrement.caf": caf, "start_year": {"$in": list(start_years)}}
    return {key.partition("|")[0] for key in await reads.distinct(Grant, "_id", where)}


async def deferred_grants(
    reads: Reads,
    caf: str,
    start_year: int,
    waits_for: Literal["bareme", "envelope"],
    named: int,
) -> Sample:
    """Return the grants of a school year that wait, at most `named` of them by name."""
    where = {
        "waits_for": waits_for,
        "start_year": start_year,
        "status": "deferred",
        "agrement.caf": caf,
    }
    return await sample(reads, Grant, where, named)


async def dossiers_with_refused_accounts(reads: Reads, caf: str, start_year: int) -> set[str]:
    """Return the dossiers with a grant of a year whose accounts were refused at least once."""
    dossier_ids = await _granted(reads, caf, [start_year])
    refused = await events_of_types(reads, caf, [BalanceRefused], dossier_ids)
    return {event.data.dossier_id for event in refused if isinstance(event.data, BalanceRefused)}


async def forecasts(reads: Reads, caf: str, dossier_ids: set[str]) -> list[FundingForecast]:
    """Return the forecasts of some dossiers, in the order of their publication."""
    events = await events_of_types(reads, caf, [FundingForecast], dossier_ids)
    return [event.data for event in events if isinstance(event.data, FundingForecast)]


async def published_baremes(reads: Reads) -> tuple[PublishedBareme, ...]:
    """Return the baremes that the Cnaf published after this program."""
    return tuple(await reads.states(PublishedBareme, {}))

"""Queries on funding, for commands. Functions take the read port of its database."""

from contextlib import AbstractAsyncContextManager
from typing import Literal

from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Grant, PublishedBareme
from services.funding.rights import WANTED, Rights, rights_of
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


async def rights(reads: Reads, caf: str) -> Rights:
    """Return the current rights of a Caf."""
    events = await events_of_types(reads, caf, WANTED)
    return rights_of(event.data for event in events)


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


async def dossiers_with_refused_accounts(reads: Reads, caf: str) -> set[str]:
    """Return the dossiers whose accounts were refused at least once."""
    refused = [event.data for event in await events_of_types(reads, caf, [BalanceRefused])]
    return {data.dossier_id for data in refused if isinstance(data, BalanceRefused)}


async def published_baremes(reads: Reads) -> tuple[PublishedBareme, ...]:
    """Return the baremes that the Cnaf published after this program."""
    return tuple(await reads.states(PublishedBareme, {}))

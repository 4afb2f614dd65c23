"""Queries on eligibility, for commands. Functions take the read port of its database."""

from contextlib import AbstractAsyncContextManager

from shared.contracts.base import WireModel
from shared.contracts.eligibility import (
    AgrementGranted,
    AgrementRefused,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    EligibilityAssessed,
)
from shared.contracts.envelope import Envelope
from shared.kernel.read_port import Reads, events_of_types
from shared.kernel.settings import Settings

OF_PENDING_DOSSIERS: tuple[type[WireModel], ...] = (
    EligibilityAssessed,
    CommitteeAdjourned,
    CommitteeDecisionRejected,
    AgrementGranted,
    AgrementRefused,
)


def opened(settings: Settings) -> AbstractAsyncContextManager[Reads]:
    """Open the database of eligibility for reading."""
    from shared.mongodb.read_api import open_reads

    return open_reads(settings, "eligibility")


async def events_of_pending_dossiers(reads: Reads, caf: str) -> tuple[Envelope, ...]:
    """Return the events that determine what a dossier waits for until its agrement."""
    return await events_of_types(reads, caf, OF_PENDING_DOSSIERS)

"""The JSON document of `clas replay`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.registry import BY_TYPE
from shared.kernel.messages import MessageRecord
from shared.kernel.replay import Difference, What


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """A part of a record (its name), as stored and as decided now; long values whole."""

    part: What
    name: str
    stored: str
    now: str


@dataclass(frozen=True, slots=True)
class DifferingDecision:
    """A decision that differs: its service, message and dossiers, and all its differences."""

    service: str
    event: str
    message_id: str
    source: str
    dossier_ids: tuple[str, ...]
    decided_at: datetime
    differences: tuple[ReplayDifference, ...]


@dataclass(frozen=True, slots=True)
class ReplayDocument:
    """How many decisions were run again, and those that differ.

    `of_other_releases`: taken by another release, they differ only from what this one decides.
    Exit code 1 when any of `differing`, or when there is no decision.
    """

    decisions: int
    differing: tuple[DifferingDecision, ...]
    of_other_releases: tuple[DifferingDecision, ...]


def differing_decision(
    service: str, record: MessageRecord, differences: Sequence[Difference]
) -> DifferingDecision:
    """Return a record that differs."""
    return DifferingDecision(
        service=service,
        event=event_name(record),
        message_id=record.key.id,
        source=record.key.source,
        dossier_ids=tuple(record.dossier_ids),
        decided_at=record.handled_at,
        differences=tuple(ReplayDifference(*difference) for difference in differences),
    )


def event_name(record: MessageRecord) -> str:
    """Return the name of the event of a record, its type where the contract has no such event."""
    spec = BY_TYPE.get(record.type or "")
    return spec.name if spec else record.type or "?"

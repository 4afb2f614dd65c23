"""The JSON document of `clas deliveries`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.accounting.acknowledgements import AcknowledgementCounts, Count, SentEntry, State
from shared.contracts.accounting import EntryKind
from shared.contracts.accounting_systems import RejectionReason
from shared.contracts.types import Money


@dataclass(frozen=True, slots=True)
class SystemCounts:
    """Entries of an exercise and their amounts, by the reply of one accounting system."""

    system: str
    exercise: int
    acknowledged: Count
    rejected: Count
    waiting: Count


@dataclass(frozen=True, slots=True)
class OutstandingEntry:
    """An entry that a system rejected or did not answer, `days` days after `since`."""

    entry_id: str
    system: str
    exercise: int
    period: int
    booked_on: date
    kind: EntryKind
    dossier_id: str
    amount: Money
    state: State
    since: date
    days: int
    reasons: tuple[RejectionReason, ...]


@dataclass(frozen=True, slots=True)
class DeliveriesDocument:
    """The replies of accounting systems to the entries of a Caf.

    `count` is the number of outstanding entries before --limit. Without any system, nobody ever
    answered.
    """

    caf: str
    systems: tuple[str, ...]
    counts: tuple[SystemCounts, ...]
    count: int
    outstanding: tuple[OutstandingEntry, ...]


def system_counts(counts: AcknowledgementCounts) -> tuple[SystemCounts, ...]:
    """Return the counts by system and exercise, sorted."""
    return tuple(
        SystemCounts(system, exercise, **by_state)
        for (system, exercise), by_state in sorted(counts.by_key.items())
    )


def outstanding_entries(entries: Iterable[SentEntry], today: date) -> tuple[OutstandingEntry, ...]:
    """Return entries with their days until today."""
    return tuple(_outstanding(sent, today) for sent in entries)


def _outstanding(sent: SentEntry, today: date) -> OutstandingEntry:
    posted = sent.entry.posted
    return OutstandingEntry(
        entry_id=posted.entry_id,
        system=sent.system,
        exercise=posted.exercise,
        period=posted.period,
        booked_on=posted.booked_on,
        kind=posted.kind,
        dossier_id=posted.dossier_id,
        amount=sent.amount,
        state=sent.state,
        since=sent.since,
        days=sent.days(today),
        reasons=sent.reasons,
    )

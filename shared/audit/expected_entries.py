"""Every business event with its entry: what each event of funding should have booked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from shared.contracts.accounting import EntryKind
from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceSettled,
    FundingCancelled,
)
from shared.kernel.decision import derived_id
from shared.kernel.money import ZERO, total


class Nets(NamedTuple):
    """What an entry moves on the accounts of tiers and of indus, in euros, debit positive."""

    third_party: Decimal
    receivable: Decimal


@dataclass(frozen=True, slots=True)
class ExpectedEntry:
    """The entry that an event should have: its kind, what it moves, in euros, and the event.

    Without a movement there may be one all the same, where an accrual ends.
    """

    kind: EntryKind
    nets: Nets
    event: str
    event_id: str
    caf: str
    dossier_id: str
    school_year: str

    @property
    def entry_id(self) -> str:
        """The id that its cause gives it."""
        return entry_id(self.event_id, self.kind, self.dossier_id, self.school_year)

    @property
    def needed(self) -> bool:
        """Whether there must be an entry."""
        return any(self.nets)


def entry_id(cause_id: str, kind: str, dossier_id: str, school_year: str) -> str:
    """Return the id of an entry of this kind and cause."""
    return derived_id(cause_id, kind, dossier_id, school_year)


def expected(event: Any, event_id: str) -> ExpectedEntry | None:
    """Return the entry that an event of funding should have, None for one that books nothing."""
    found = BOOKS.get(type(event))
    if found is None:
        return None
    kind, nets = found
    return ExpectedEntry(
        kind=kind,
        nets=nets(event),
        event=type(event).__name__,
        event_id=event_id,
        caf=event.caf,
        dossier_id=event.dossier_id,
        school_year=event.school_year,
    )


def _due(amounts: Iterable[Decimal]) -> Nets:
    """Pay what is due, ask back what was paid too much; one origin never pays for the other."""
    dues = list(amounts)
    return Nets(
        third_party=-total(max(due, ZERO) for due in dues),
        receivable=total(max(-due, ZERO) for due in dues),
    )


def _advance(event: AdvanceGranted) -> Nets:
    return _due([event.amount])


def _reversal(event: AdvanceReversed) -> Nets:
    return Nets(third_party=event.amount, receivable=ZERO)


def _balance(event: BalanceSettled) -> Nets:
    second = event.final_part_n1 + event.final_bonus - event.advances_n1
    return _due([event.final_part_n - event.advances_n, second])


def _cancellation(event: FundingCancelled) -> Nets:
    return _due([-event.advances_n, -event.advances_n1])


def _adjustment(event: AdjustmentDecided) -> Nets:
    return _due(each.amount for each in event.by_origin)


BOOKS: dict[type[WireModel], tuple[EntryKind, Callable[[Any], Nets]]] = {
    AdvanceGranted: ("advance", _advance),
    AdvanceReversed: ("advance_reversal", _reversal),
    BalanceSettled: ("balance", _balance),
    FundingCancelled: ("cancellation", _cancellation),
    AdjustmentDecided: ("adjustment", _adjustment),
}

"""The entry that each event of funding must have, calculated independently of accounting."""

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


class NetAmounts(NamedTuple):
    """Debit less credit of an entry on the accounts of tiers and of indus, in euros."""

    third_party: Decimal
    receivable: Decimal


@dataclass(frozen=True, slots=True)
class ExpectedEntry:
    """The entry that an event must have: its kind, its net amounts and the event.

    With zero amounts an entry may exist all the same, to reverse an accrual.
    """

    kind: EntryKind
    nets: NetAmounts
    event: str
    event_id: str
    caf: str
    dossier_id: str
    school_year: str

    @property
    def entry_id(self) -> str:
        """The id of the entry, derived from its cause."""
        return entry_id(self.event_id, self.kind, self.dossier_id, self.school_year)

    @property
    def required(self) -> bool:
        """Whether the entry must exist."""
        return any(self.nets)


def entry_id(cause_id: str, kind: str, dossier_id: str, school_year: str) -> str:
    """Return the id of an entry of this kind and cause."""
    return derived_id(cause_id, kind, dossier_id, school_year)


def expected_entry(event: Any, event_id: str) -> ExpectedEntry | None:
    """Return the entry that an event of funding must have, None for one that books nothing."""
    row = NET_AMOUNTS.get(type(event))
    if row is None:
        return None
    kind, net_amounts = row
    return ExpectedEntry(
        kind=kind,
        nets=net_amounts(event),
        event=type(event).__name__,
        event_id=event_id,
        caf=event.caf,
        dossier_id=event.dossier_id,
        school_year=event.school_year,
    )


def _due(amounts: Iterable[Decimal]) -> NetAmounts:
    """Pay what is due and reclaim what was overpaid; origins are not offset [CPT-05]."""
    dues = list(amounts)
    return NetAmounts(
        third_party=-total(max(due, ZERO) for due in dues),
        receivable=total(max(-due, ZERO) for due in dues),
    )


def _advance(event: AdvanceGranted) -> NetAmounts:
    return _due([event.amount])


def _reversal(event: AdvanceReversed) -> NetAmounts:
    return NetAmounts(third_party=event.amount, receivable=ZERO)


def _balance(event: BalanceSettled) -> NetAmounts:
    second = event.final_part_n1 + event.final_bonus - event.advances_n1
    return _due([event.final_part_n - event.advances_n, second])


def _cancellation(event: FundingCancelled) -> NetAmounts:
    return _due([-event.advances_n, -event.advances_n1])


def _adjustment(event: AdjustmentDecided) -> NetAmounts:
    return _due(origin.amount for origin in event.by_origin)


NET_AMOUNTS: dict[type[WireModel], tuple[EntryKind, Callable[[Any], NetAmounts]]] = {
    AdvanceGranted: ("advance", _advance),
    AdvanceReversed: ("advance_reversal", _reversal),
    BalanceSettled: ("balance", _balance),
    FundingCancelled: ("cancellation", _cancellation),
    AdjustmentDecided: ("adjustment", _adjustment),
}

"""Each right, a school year of a dossier, projected from the events of funding."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
    FundingGranted,
)
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total

RightKey = tuple[str, str]
"""Dossier and school year."""


class Amounts(NamedTuple):
    """The amounts due for one school year, in euros."""

    part_n: Decimal
    part_n1: Decimal
    bonus_enfants: Decimal
    bonus_parents: Decimal

    @property
    def bonus(self) -> Decimal:
        """Both bonuses."""
        return self.bonus_enfants + self.bonus_parents

    @property
    def by_origin(self) -> tuple[Decimal, Decimal]:
        """The amounts of exercise N, then N + 1: bonuses belong to N + 1 [BON-14]."""
        return (self.part_n, self.part_n1 + self.bonus)

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sum, part by part."""
        return Amounts(*(one + more for one, more in zip(self, other, strict=True)))


ZERO_AMOUNTS = Amounts(ZERO, ZERO, ZERO, ZERO)


@dataclass(slots=True)
class Right:
    """One right in the events of funding. Amounts in euros; `rank` is -1 before the grant.

    `settled` are the amounts of the balance, all zero once cancelled; `controls` those of each
    control, by origin N then N + 1; `due` are the last decided amounts. `in_accounting`: the
    audit found its grant in accounting.
    """

    caf: str
    dossier_id: str
    school_year: str
    rank: int = -1
    forecast: Amounts = ZERO_AMOUNTS
    ceilings: tuple[Decimal, Decimal] = (ZERO, ZERO)
    advances: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    reversals: dict[str, Decimal] = field(default_factory=dict)
    settled: Amounts | None = None
    cancelled: bool = False
    controls: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    due: Amounts = ZERO_AMOUNTS
    in_accounting: bool = False

    @property
    def start(self) -> int:
        """Exercise N."""
        return start_year(self.school_year)

    def advanced(self, exercise: int) -> Decimal:
        """Return the advances of an exercise that were not reversed, in euros."""
        return total(
            amount
            for order, (origin, amount) in self.advances.items()
            if origin == exercise and order not in self.reversals
        )

    @property
    def controlled(self) -> tuple[Decimal, Decimal]:
        """What controls changed, by origin, in euros."""
        first = total(first for first, _ in self.controls.values())
        return (first, total(second for _, second in self.controls.values()))


class Rights:
    """All rights, by dossier and school year."""

    def __init__(self) -> None:
        self.by_key: dict[RightKey, Right] = {}

    def apply(self, event: Any) -> None:
        """Apply an event of funding; one that changes no right is ignored."""
        if change := CHANGES.get(type(event)):
            key = (event.dossier_id, event.school_year)
            right = self.by_key.get(key)
            if right is None:
                right = self.by_key[key] = Right(event.caf, *key)
            change(right, event)

    def get(self, key: str) -> Right | None:
        """Return a right by its id in the services, `dossier|school year`; None without events."""
        dossier_id, _, school_year = key.rpartition("|")
        return self.by_key.get((dossier_id, school_year))

    def in_order(self) -> Iterator[Right]:
        """Yield every right, ordered by dossier and school year."""
        return (right for _, right in sorted(self.by_key.items()))


def _granted(right: Right, event: FundingGranted) -> None:
    rank = getattr(event, "rank", 0)
    first, second = right.ceilings
    right.ceilings = (
        max(first, event.advance_ceiling_n),
        max(second, event.advance_ceiling_n1),
    )
    if rank > right.rank:
        right.rank = rank
        right.forecast = Amounts(
            event.part_n, event.part_n1, event.bonus_enfants, event.bonus_parents
        )


def _advanced(right: Right, event: AdvanceGranted) -> None:
    right.advances[event.order_id] = (event.exercise, event.amount)


def _reversed(right: Right, event: AdvanceReversed) -> None:
    right.reversals[event.order_id] = event.amount


def _settled(right: Right, event: BalanceSettled) -> None:
    right.settled = Amounts(
        event.final_part_n,
        event.final_part_n1,
        event.final_bonus_enfants,
        event.final_bonus_parents,
    )
    right.due = right.due.plus(right.settled)


def _cancelled(right: Right, event: FundingCancelled) -> None:  # noqa: ARG001
    right.settled, right.cancelled = ZERO_AMOUNTS, True


def _controlled(right: Right, event: AdjustmentDecided) -> None:
    first, second = event.by_origin
    right.controls[event.control_id] = (first.amount, second.amount)
    changed = event.components
    right.due = right.due.plus(
        Amounts(changed.part_n, changed.part_n1, changed.bonus_enfants, changed.bonus_parents)
    )


CHANGES: dict[type[WireModel], Callable[[Right, Any], None]] = {
    FundingGranted: _granted,
    FundingAmended: _granted,
    AdvanceGranted: _advanced,
    AdvanceReversed: _reversed,
    BalanceSettled: _settled,
    FundingCancelled: _cancelled,
    AdjustmentDecided: _controlled,
}
EVENT_NAMES = frozenset(model.__name__ for model in CHANGES)

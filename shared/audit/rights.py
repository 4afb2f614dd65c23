"""What funding told of each right: grant, advances, balance, controls; folded from its events."""

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
    """What is due for one school year, in euros."""

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
        """What exercise N owes, then N + 1: bonuses are due in N + 1 [BON-14]."""
        return (self.part_n, self.part_n1 + self.bonus)

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sum, part by part."""
        return Amounts(*(one + more for one, more in zip(self, other, strict=True)))


NOTHING = Amounts(ZERO, ZERO, ZERO, ZERO)


@dataclass(slots=True)
class Right:
    """One right as funding's events tell it. `rank` is -1 before the grant; amounts are euros.

    `settled` are the amounts of the balance, all zero once cancelled; `controls` those of each
    control, by origin N then N + 1; `due` are the last decided amounts. `known`: accounting
    keeps it.
    """

    caf: str
    dossier_id: str
    school_year: str
    rank: int = -1
    forecast: Amounts = NOTHING
    ceilings: tuple[Decimal, Decimal] = (ZERO, ZERO)
    advances: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    reversals: dict[str, Decimal] = field(default_factory=dict)
    settled: Amounts | None = None
    cancelled: bool = False
    controls: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    due: Amounts = NOTHING
    known: bool = False

    @property
    def start(self) -> int:
        """Exercise N."""
        return start_year(self.school_year)

    def advanced(self, exercise: int) -> Decimal:
        """Return the advances of an exercise that stand, in euros."""
        return total(
            amount
            for order, (origin, amount) in self.advances.items()
            if origin == exercise and order not in self.reversals
        )

    @property
    def controlled(self) -> tuple[Decimal, Decimal]:
        """What controls changed, by origin, in euros."""
        first = total(each[0] for each in self.controls.values())
        return (first, total(each[1] for each in self.controls.values()))


class Rights:
    """All rights that funding told of, by dossier and school year."""

    def __init__(self) -> None:
        self.by_key: dict[RightKey, Right] = {}

    def note(self, event: Any) -> None:
        """Take in an event of funding that changes a right; any other changes nothing."""
        if change := CHANGES.get(type(event)):
            key = (event.dossier_id, event.school_year)
            told = self.by_key.get(key)
            if told is None:
                told = self.by_key[key] = Right(event.caf, *key)
            change(told, event)

    def of(self, key: str) -> Right | None:
        """Return a right by the id that services give it, `dossier|school year`."""
        dossier_id, _, school_year = key.rpartition("|")
        return self.by_key.get((dossier_id, school_year))

    def dossiers(self) -> Iterator[Right]:
        """Yield every right, by dossier."""
        return (told for _, told in sorted(self.by_key.items()))


def _granted(told: Right, event: FundingGranted) -> None:
    rank = getattr(event, "rank", 0)
    first, second = told.ceilings
    told.ceilings = (
        max(first, event.advance_ceiling_n),
        max(second, event.advance_ceiling_n1),
    )
    if rank > told.rank:
        told.rank = rank
        told.forecast = Amounts(
            event.part_n, event.part_n1, event.bonus_enfants, event.bonus_parents
        )


def _advanced(told: Right, event: AdvanceGranted) -> None:
    told.advances[event.order_id] = (event.exercise, event.amount)


def _reversed(told: Right, event: AdvanceReversed) -> None:
    told.reversals[event.order_id] = event.amount


def _settled(told: Right, event: BalanceSettled) -> None:
    told.settled = Amounts(
        event.final_part_n,
        event.final_part_n1,
        event.final_bonus_enfants,
        event.final_bonus_parents,
    )
    told.due = told.due.plus(told.settled)


def _cancelled(told: Right, event: FundingCancelled) -> None:  # noqa: ARG001
    told.settled, told.cancelled = NOTHING, True


def _controlled(told: Right, event: AdjustmentDecided) -> None:
    first, second = event.by_origin
    told.controls[event.control_id] = (first.amount, second.amount)
    changed = event.components
    told.due = told.due.plus(
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
NAMES = frozenset(model.__name__ for model in CHANGES)

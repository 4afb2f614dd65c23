"""The amounts of each school year of a dossier, projected from the events of funding."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from shared.contracts.base import WireModel
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceSettled,
    FundingCancelled,
    FundingGranted,
)
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total


@dataclass(frozen=True, slots=True)
class CostChange:
    """A collectif whose accounts are not its forecast; costs in euros."""

    collectif_id: str
    ran: bool
    forecast: Decimal
    actual: Decimal


@dataclass(slots=True)
class RightAmounts:
    """The events that set the amounts of a granted school year. Amounts in euros.

    `granted` is the last grant or amendment; `advances` are those not reversed, by order.
    """

    school_year: str
    granted: FundingGranted
    settled: BalanceSettled | None = None
    cancelled: FundingCancelled | None = None
    advances: dict[str, AdvanceGranted] = field(default_factory=dict)
    reversals: list[AdvanceReversed] = field(default_factory=list)
    adjustments: list[AdjustmentDecided] = field(default_factory=list)

    @property
    def exercises(self) -> tuple[int, int]:
        """Exercise N and exercise N + 1."""
        first = start_year(self.school_year)
        return (first, first + 1)

    @property
    def due(self) -> Decimal:
        """The amount granted: Ps and bonus."""
        return self.granted.ps_total + self.granted.bonus_total

    @property
    def paid(self) -> Decimal:
        """The advances on both exercises that were not reversed."""
        return total(self.paid_on(exercise) for exercise in self.exercises)

    @property
    def ceilings(self) -> dict[int, Decimal]:
        """The ceiling of the advances, by exercise."""
        ceilings = (self.granted.advance_ceiling_n, self.granted.advance_ceiling_n1)
        return dict(zip(self.exercises, ceilings, strict=True))

    @property
    def left(self) -> Decimal:
        """What is granted and not advanced."""
        return self.due - self.paid

    @property
    def final(self) -> Decimal | None:
        """Ps and bonus of the balance, None before it."""
        return self.settled.final_ps + self.settled.final_bonus if self.settled else None

    @property
    def final_difference(self) -> Decimal:
        """What the balance adds to what was granted; negative when it is less."""
        return ZERO if self.final is None else self.final - self.due

    @property
    def final_advances(self) -> Decimal:
        """The advances that the balance or the cancellation took into account."""
        ended = self.settled or self.cancelled
        return ended.advances_n + ended.advances_n1 if ended else ZERO

    @property
    def cost_changes(self) -> list[CostChange]:
        """The collectifs of the balance that did not run or whose cost changed."""
        forecasts = {c.collectif_id: c.cost for c in self.granted.collectifs}
        settled = self.settled.collectifs if self.settled else ()
        changes = (
            CostChange(c.collectif_id, c.ran, forecasts.get(c.collectif_id, c.cost), c.cost)
            for c in settled
        )
        return [change for change in changes if not change.ran or change.actual != change.forecast]

    def left_on(self, exercise: int) -> Decimal:
        """Return what may still be advanced on an exercise."""
        return self.ceilings[exercise] - self.paid_on(exercise)

    def paid_on(self, exercise: int) -> Decimal:
        """Return the advances on an exercise that were not reversed."""
        return total(a.amount for a in self.advances.values() if a.exercise == exercise)

    def apply(self, event: WireModel) -> None:
        """Apply an event of this school year; other types change nothing."""
        if isinstance(event, BalanceSettled):
            self.settled = event
        elif isinstance(event, FundingCancelled):
            self.cancelled = event
        elif isinstance(event, AdvanceGranted):
            self.advances[event.order_id] = event
        elif isinstance(event, AdvanceReversed):
            self.advances.pop(event.order_id, None)
            self.reversals.append(event)
        elif isinstance(event, AdjustmentDecided):
            self.adjustments.append(event)


def right_amounts(events: Iterable[WireModel]) -> Iterator[RightAmounts]:
    """Yield the granted school years of one dossier, oldest first, from its events in order."""
    by_year: defaultdict[str, list[WireModel]] = defaultdict(list)
    for event in events:
        if year := getattr(event, "school_year", None):
            by_year[year].append(event)
    for year, of_year in sorted(by_year.items()):
        grants = [event for event in of_year if isinstance(event, FundingGranted)]
        if grants:
            amounts = RightAmounts(year, grants[-1])
            for event in of_year:
                amounts.apply(event)
            yield amounts

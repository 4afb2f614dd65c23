"""One right: a school year of a dossier, as the events of funding decide it. In euros."""

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from services.funding.amounts import (
    NO_AMOUNTS,
    Amounts,
    control_amounts,
    granted_amounts,
    settled_amounts,
)
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceRefused,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
    FundingDeferred,
    FundingGranted,
)
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total

Key = tuple[str, str]
"""Dossier and school year."""


@dataclass(frozen=True, slots=True)
class Right:
    """The right of a dossier for one school year: its events, and the amounts they decide.

    `grants` are the grant and its amendments, `orders` the advances granted, reversed ones
    included. `deferred` is None once it is granted, refused or cancelled, `balance_refusal` once
    the balance is settled.
    """

    caf: str
    dossier_id: str
    school_year: str
    grants: tuple[FundingGranted, ...] = ()
    deferred: FundingDeferred | None = None
    orders: tuple[AdvanceGranted, ...] = ()
    reversals: tuple[AdvanceReversed, ...] = ()
    balance_refusal: BalanceRefused | None = None
    settled: BalanceSettled | None = None
    cancelled: FundingCancelled | None = None
    adjustments: tuple[AdjustmentDecided, ...] = ()

    @property
    def key(self) -> Key:
        """Dossier and school year."""
        return (self.dossier_id, self.school_year)

    @property
    def exercises(self) -> tuple[int, int]:
        """Exercise N and exercise N + 1."""
        first = start_year(self.school_year)
        return (first, first + 1)

    @property
    def granted(self) -> FundingGranted | None:
        """The grant, or its amendment of the highest rank; also once cancelled."""
        return max(self.grants, key=_rank, default=None)

    @property
    def running_grant(self) -> FundingGranted | None:
        """The grant, None when there is none or it was cancelled."""
        return None if self.cancelled else self.granted

    @property
    def deferral_rules(self) -> tuple[str, ...]:
        """The rules for which it is deferred, without repetition; empty when it is not."""
        reasons = self.deferred.reasons if self.deferred else ()
        return tuple(dict.fromkeys(reason.rule for reason in reasons))

    @property
    def forecast(self) -> Amounts:
        """The amounts granted, also once cancelled; zero before the grant."""
        grant = self.granted
        return granted_amounts(grant) if grant else NO_AMOUNTS

    @property
    def final(self) -> Amounts | None:
        """The amounts of the balance, before controls; None before the balance."""
        return settled_amounts(self.settled) if self.settled else None

    @property
    def due(self) -> Amounts:
        """The last decided amounts: granted, settled, changed by controls; zero once cancelled."""
        if self.cancelled:
            return NO_AMOUNTS
        decided = self.final or self.forecast
        return reduce(Amounts.plus, map(control_amounts, self.adjustments), decided)

    @property
    def settled_due(self) -> Amounts:
        """The amounts of the balance, as controls changed them; zero before the balance."""
        return self.due if self.settled else NO_AMOUNTS

    @property
    def advances(self) -> tuple[AdvanceGranted, ...]:
        """The advances that were not reversed."""
        reversed_orders = {reversal.order_id for reversal in self.reversals}
        return tuple(order for order in self.orders if order.order_id not in reversed_orders)

    @property
    def advanced(self) -> Decimal:
        """The total of the advances that were not reversed."""
        return total(advance.amount for advance in self.advances)

    @property
    def final_advances(self) -> Decimal:
        """The advances that the balance or the cancellation took into account."""
        ended = self.settled or self.cancelled
        return ended.advances_n + ended.advances_n1 if ended else ZERO

    @property
    def ceilings(self) -> dict[int, Decimal]:
        """The ceiling of the advances by exercise, of the last grant; empty before the grant."""
        grant = self.granted
        ceilings = (grant.advance_ceiling_n, grant.advance_ceiling_n1) if grant else ()
        return dict(zip(self.exercises, ceilings, strict=False))

    @property
    def highest_ceilings(self) -> tuple[Decimal, Decimal]:
        """The highest ceilings of all grants: an amendment may go below what was advanced."""
        return (
            max((grant.advance_ceiling_n for grant in self.grants), default=ZERO),
            max((grant.advance_ceiling_n1 for grant in self.grants), default=ZERO),
        )

    def advanced_on(self, exercise: int) -> Decimal:
        """Return the advances on an exercise that were not reversed."""
        return total(a.amount for a in self.advances if a.exercise == exercise)


def _rank(grant: FundingGranted) -> int:
    return grant.rank if isinstance(grant, FundingAmended) else 0

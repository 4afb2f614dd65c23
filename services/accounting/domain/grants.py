"""The grant as accounting sees it: amounts due, advanced, accrued and committed."""

from decimal import Decimal
from typing import Literal, Protocol

from services.accounting.domain.grant_values import Adjustment, Advance, Parts, Reversal, Settlement
from shared.contracts.common import Payee
from shared.contracts.types import CafCode, Count, Exercise, Id, Money, SchoolYear
from shared.kernel.calendar import start_year
from shared.kernel.decision import State, States
from shared.kernel.money import ZERO, total

YearEnd = Literal["ahead", "passed", "missed"]


class GrantScoped(Protocol):
    """A grant, or any event about one: dossier, school year and payee."""

    @property
    def caf(self) -> str:
        """The Caf."""
        ...

    @property
    def dossier_id(self) -> str:
        """The dossier."""
        ...

    @property
    def school_year(self) -> str:
        """The school year, `2025-2026`."""
        ...

    @property
    def gestionnaire(self) -> Payee:
        """The payee."""
        ...


class Grant(State):
    """One school year of a dossier, recorded from its first event on, even an advance.

    `parts` is the forecast, None until the grant is handled; `rank` is that of its amendment, 0
    for the grant itself. `year_end` is the state of the closing of the start year: `ahead`
    (pending), `passed` (its entries are posted), or `missed` (nothing was recorded as due at the
    acceptance: no accrual, no commitment). Amounts are in euros.
    """

    collection = "grants"
    indexes = (("caf", "start_year"),)

    caf: CafCode
    dossier_id: Id
    school_year: SchoolYear
    start_year: Exercise
    gestionnaire: Payee
    parts: Parts | None = None
    rank: Count = 0
    settlement: Settlement | None = None
    advances: tuple[Advance, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    year_end: YearEnd = "ahead"
    accrued: Money = ZERO
    committed: Money = ZERO
    commitment_left: Money = ZERO

    @property
    def key(self) -> str:
        """Dossier and school year."""
        return grant_key(self)

    @property
    def due(self) -> Parts | None:
        """Amounts due: as settled, else as forecast, None before both."""
        return self.settlement or self.parts

    @property
    def accrual_left(self) -> Decimal:
        """The remaining accrual, in euros: less late advances, zero once settled.

        It depends on the booked events, not on their order.
        """
        late = total(
            advance.amount for advance in self.advances if advance.late and self.stands(advance)
        )
        return ZERO if self.settlement else max(self.accrued - late, ZERO)

    def advanced_in(self, year: int) -> Decimal:
        """Return the advances for an exercise booked and not reversed within it, in euros."""
        reversed_in_it = {advance.order_id for advance in self.reversals if advance.booked == year}
        return total(
            advance.amount
            for advance in self.advances
            if advance.origin == advance.booked == year and advance.order_id not in reversed_in_it
        )

    def stands(self, advance: Advance) -> bool:
        """Return whether an advance was not reversed."""
        return all(reversal.order_id != advance.order_id for reversal in self.reversals)

    def with_advance(self, advance: Advance) -> "Grant":
        """Return the grant with one more advance, sorted by order id."""
        return self.with_changes(advances=tuple(sorted((*self.advances, advance), key=_order_id)))

    def with_reversal(self, reversal: Reversal) -> "Grant":
        """Return the grant with one more reversal, sorted by order id."""
        return self.with_changes(
            reversals=tuple(sorted((*self.reversals, reversal), key=_order_id))
        )

    def with_adjustment(self, adjustment: Adjustment) -> "Grant":
        """Return the grant with one more adjustment, sorted by control id."""
        adjustments = sorted((*self.adjustments, adjustment), key=_control_id)
        return self.with_changes(adjustments=tuple(adjustments))


def grant_key(scoped: GrantScoped) -> str:
    """Return the id of the grant that an event is about."""
    return f"{scoped.dossier_id}|{scoped.school_year}"


def grant_of(states: States, event: GrantScoped) -> Grant:
    """Return the grant that an event is about, a new one at its first event."""
    return states.get(Grant, grant_key(event)) or Grant(
        caf=event.caf,
        dossier_id=event.dossier_id,
        school_year=event.school_year,
        start_year=start_year(event.school_year),
        gestionnaire=event.gestionnaire,
    )


def _order_id(movement: Advance | Reversal) -> str:
    return movement.order_id


def _control_id(adjustment: Adjustment) -> str:
    return adjustment.control_id

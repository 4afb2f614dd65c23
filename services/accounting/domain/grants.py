"""What accounting remembers of one dossier's school year: what is due, paid, accrued, committed."""

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
    """Anything about one dossier's school year and whom it pays: a grant, or its events."""

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
        """Whom to pay."""
        ...


class Grant(State):
    """One dossier's school year. Known from its first event on, be it an advance.

    `parts` is the forecast, None until funding tells it; `rank` that of the amendment which told
    it, 0 for the grant itself. `year_end` tells of the closing of the start year: `ahead`,
    `passed` (its entries are posted), or `missed` (what is due was not known at the acceptance:
    no accrual, no commitment). Amounts are euros.
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
        """What is due as far as it is known: as settled, else as forecast."""
        return self.settlement or self.parts

    @property
    def accrual_left(self) -> Decimal:
        """What is left of the accrual, in euros: late advances use it up, settling ends it.

        It follows from what was booked, not from the order of it.
        """
        late = total(each.amount for each in self.advances if each.late and self.stands(each))
        return ZERO if self.settlement else max(self.accrued - late, ZERO)

    def advanced_in(self, year: int) -> Decimal:
        """Return the advances for an exercise that it booked itself, and kept, in euros."""
        reversed_in_it = {each.order_id for each in self.reversals if each.booked == year}
        return total(
            each.amount
            for each in self.advances
            if each.origin == each.booked == year and each.order_id not in reversed_in_it
        )

    def stands(self, advance: Advance) -> bool:
        """Tell whether an advance was not taken back."""
        return all(each.order_id != advance.order_id for each in self.reversals)

    def with_advance(self, advance: Advance) -> "Grant":
        """Return the grant with one more advance, in an order that no arrival changes."""
        return self.with_changes(advances=tuple(sorted((*self.advances, advance), key=_order_id)))

    def with_reversal(self, reversal: Reversal) -> "Grant":
        """Return the grant with one advance taken back, be it known or still to come."""
        return self.with_changes(
            reversals=tuple(sorted((*self.reversals, reversal), key=_order_id))
        )

    def with_adjustment(self, adjustment: Adjustment) -> "Grant":
        """Return the grant with one more control."""
        adjustments = sorted((*self.adjustments, adjustment), key=_control_id)
        return self.with_changes(adjustments=tuple(adjustments))


def grant_key(concerned: GrantScoped) -> str:
    """Return the id of the grant that something concerns."""
    return f"{concerned.dossier_id}|{concerned.school_year}"


def grant_of(states: States, event: GrantScoped) -> Grant:
    """Return the grant that an event concerns, a new one when this is its first event."""
    return states.get(Grant, grant_key(event)) or Grant(
        caf=event.caf,
        dossier_id=event.dossier_id,
        school_year=event.school_year,
        start_year=start_year(event.school_year),
        gestionnaire=event.gestionnaire,
    )


def _order_id(of: Advance | Reversal) -> str:
    return of.order_id


def _control_id(adjustment: Adjustment) -> str:
    return adjustment.control_id

"""What accounting remembers of one dossier's school year: parts, advances, accrual, commitment."""

from typing import Literal, Protocol

from shared.contracts.base import Wire
from shared.contracts.common import Payee
from shared.contracts.types import CafCode, Exercise, Id, Money, SchoolYear
from shared.kernel.calendar import start_year
from shared.kernel.decision import Known, State
from shared.kernel.money import ZERO

YearEnd = Literal["ahead", "passed", "missed"]


class Concerned(Protocol):
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


class Parts(Wire):
    """What is due for each exercise, in euros, without the bonus."""

    part_n: Money
    part_n1: Money


class Advance(Wire):
    """An advance in euros: the exercise it is for (`origin`) and the one that booked it."""

    order_id: Id
    origin: Exercise
    booked: Exercise
    amount: Money


class Grant(State):
    """One dossier's school year. Known from its first event on, be it an advance.

    `parts` is None until `FundingGranted` came. `year_end` tells of the closing of the start
    year: `ahead`, `passed` (its entries are posted), or `missed` (the grant came after the
    acceptance: no accrual, no commitment). Amounts are euros.
    """

    collection = "grants"
    indexes = (("caf", "start_year"),)

    caf: CafCode
    dossier_id: Id
    school_year: SchoolYear
    start_year: Exercise
    gestionnaire: Payee
    parts: Parts | None = None
    advances: tuple[Advance, ...] = ()
    year_end: YearEnd = "ahead"
    accrued: Money = ZERO
    accrual_left: Money = ZERO
    committed: Money = ZERO
    commitment_left: Money = ZERO

    @property
    def key(self) -> str:
        """Dossier and school year."""
        return grant_key(self)

    def with_advance(self, advance: Advance) -> "Grant":
        """Return the grant with one more advance, in an order that no arrival changes."""
        return self.but(advances=tuple(sorted((*self.advances, advance), key=_order_id)))


def grant_key(concerned: Concerned) -> str:
    """Return the id of the grant that something concerns."""
    return f"{concerned.dossier_id}|{concerned.school_year}"


def grant_of(known: Known, event: Concerned) -> Grant:
    """Return the grant that an event concerns, a new one when this is its first event."""
    return known.get(Grant, grant_key(event)) or Grant(
        caf=event.caf,
        dossier_id=event.dossier_id,
        school_year=event.school_year,
        start_year=start_year(event.school_year),
        gestionnaire=event.gestionnaire,
    )


def _order_id(advance: Advance) -> str:
    return advance.order_id

"""States of funding: dossiers, grants, conventions, accepted requests and baremes."""

from decimal import Decimal
from typing import Literal

from services.funding.domain.grant_values import Cancellation, Settlement
from services.funding.domain.parameters import Bareme
from shared.contracts.common import Budget
from shared.contracts.eligibility import (
    AgrementAmended,
    AgrementContent,
    GrantedCollectif,
    Verdict,
)
from shared.contracts.funding import FundingGranted
from shared.contracts.types import CafCode, Count, Day, Exercise, Id, Money, SchoolYear
from shared.kernel.calendar import start_year
from shared.kernel.decision import RequestRef, State
from shared.kernel.money import ZERO


def grant_key(dossier_id: str, school_year: str) -> str:
    """Return the id of a grant: one per dossier and school year."""
    return f"{dossier_id}|{school_year}"


def convention_key(dossier_id: str, caf: str) -> str:
    """Return the id of a convention: one per dossier and Caf."""
    return f"{dossier_id}|{caf}"


def content_of(agrement: AgrementContent) -> AgrementContent:
    """Return the content of an agrement without the fields specific to its event."""
    return AgrementContent.model_validate(dict(agrement))


class Dossier(State):
    """A dossier with its agrement, granted or imported, and its amendments.

    Later school years are priced from the agrement as amended. `agrement` is None while only an
    amendment was handled. `school_years` are those with a grant, granted or deferred. A `closed`
    dossier was withdrawn, or refused by the committee.
    """

    collection = "dossiers"

    dossier_id: Id
    caf: CafCode
    agrement: AgrementContent | None = None
    school_years: tuple[SchoolYear, ...] = ()
    amendments: tuple[AgrementAmended, ...] = ()
    closed: bool = False

    @property
    def key(self) -> str:
        """The dossier's id."""
        return self.dossier_id

    @property
    def grant_keys(self) -> tuple[str, ...]:
        """The ids of its grants."""
        return tuple(grant_key(self.dossier_id, year) for year in self.school_years)

    def of_agrement(self, agrement: AgrementContent) -> "Dossier":
        """Return the dossier with its agrement."""
        return self.with_changes(agrement=content_of(agrement))

    def with_year(self, school_year: str) -> "Dossier":
        """Return the dossier with one more school year that has a grant."""
        return self.with_changes(school_years=(*self.school_years, school_year))


class Grant(State):
    """One school year of an agrement: deferred until it is priced and admitted, then granted.

    `agrement` is what the school year is priced from: for a renewal, with its own costs and
    budget. `place` is decision date and dossier, the order in which waiting grants are served.
    `origin` is the request that a late answer belongs to; `renewal` is the content hash of an
    accepted renewal. `convention_signed_on` is the convention that came before the grant.
    `advances_n` and `advances_n1` are the advances granted on each exercise, in
    euros; `rank` counts its amendments.
    """

    collection = "grants"
    indexes = (
        ("waits_for", "start_year", "place"),
        ("agrement.caf", "start_year", "waits_for"),
    )

    status: Literal["deferred", "granted", "refused", "cancelled"]
    waits_for: Literal["bareme", "envelope"] | None
    start_year: Exercise
    place: str
    agrement: AgrementContent
    origin: RequestRef
    renewal: str | None = None
    convention_signed_on: Day | None = None
    funding: FundingGranted | None = None
    advances_n: Money = ZERO
    advances_n1: Money = ZERO
    settlement: Settlement | None = None
    rank: Count = 0
    cancellation: Cancellation | None = None

    @classmethod
    def waiting(
        cls, agrement: AgrementContent, origin: RequestRef, renewal: str | None = None
    ) -> "Grant":
        """Return the grant of the agrement's school year, before it is priced."""
        return cls(
            status="deferred",
            waits_for="bareme",
            start_year=start_year(agrement.school_year),
            place=f"{agrement.decided_on} {agrement.dossier_id}",
            agrement=content_of(agrement),
            origin=origin,
            renewal=renewal,
        )

    @property
    def key(self) -> str:
        """Dossier and school year."""
        return grant_key(self.agrement.dossier_id, self.agrement.school_year)

    def advanced(self, exercise: int, amount: Decimal) -> "Grant":
        """Return the grant with an advance on one of its exercises; a reversal is negative."""
        if exercise == self.start_year:
            return self.with_changes(advances_n=self.advances_n + amount)
        return self.with_changes(advances_n1=self.advances_n1 + amount)

    def queued(self) -> "Grant":
        """Return the grant, priced and waiting for an envelope."""
        return self.with_changes(waits_for="envelope")

    def granted(self, funding: FundingGranted) -> "Grant":
        """Return the grant, priced and admitted."""
        return self.with_changes(status="granted", waits_for=None, funding=funding)


class Convention(State):
    """The convention of a dossier with a Caf, and its earliest date of signature [CNV-01].

    One per Caf, because it may be handled before the grant, when the Caf of the dossier is still
    unknown: another Caf's convention never counts.
    """

    collection = "conventions"

    dossier_id: Id
    caf: CafCode
    signed_on: Day

    @property
    def key(self) -> str:
        """Dossier and Caf."""
        return convention_key(self.dossier_id, self.caf)


class AcceptedOrder(State):
    """An order of advance that was granted; `content` is its content hash.

    `grant` is the key of its grant; `reversed_by` the id of its reversal.
    """

    collection = "orders"

    order_id: Id
    content: str
    grant: str
    exercise: Exercise
    amount: Money
    ordered_on: Day
    reversed_by: Id | None = None

    @property
    def key(self) -> str:
        """The order's id, whatever the dossier."""
        return self.order_id


class AcceptedReversal(State):
    """An accepted reversal of an advance; `content` is its content hash."""

    collection = "reversals"

    reversal_id: Id
    content: str

    @property
    def key(self) -> str:
        """The reversal's id, whatever the dossier."""
        return self.reversal_id


class AcceptedControl(State):
    """A control that led to a decision; `content` is its content hash."""

    collection = "controls"

    control_id: Id
    content: str

    @property
    def key(self) -> str:
        """The control's id, whatever the dossier."""
        return self.control_id


class ForecastInputs(State):
    """What a dossier would be priced from, before the committee decides.

    `collectifs` are those that are not ineligible, with the bonuses validly asked for. `waits_for`
    is set while the bareme of the year is unknown; `origin` is the request to answer.
    """

    collection = "forecasts"
    indexes = (("waits_for", "start_year", "dossier_id"),)

    dossier_id: Id
    caf: CafCode
    school_year: SchoolYear
    start_year: Exercise
    waits_for: Literal["bareme"] | None
    verdict: Verdict
    collectifs: tuple[GrantedCollectif, ...]
    budget: Budget
    origin: RequestRef

    @property
    def key(self) -> str:
        """The dossier's id."""
        return self.dossier_id


class PublishedBareme(State):
    """A bareme that the Cnaf published for a year without a built-in one."""

    collection = "baremes"
    shared = True

    start_year: Exercise
    bareme: Bareme

    @property
    def key(self) -> str:
        """The start year, as text."""
        return str(self.start_year)

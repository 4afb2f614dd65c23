"""The states of submission: campaigns, interim reports, dossiers and agrements."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.caf import CampaignOpened
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import (
    CafCode,
    Day,
    Id,
    Instant,
    PublicText,
    SchoolLevel,
    SchoolYear,
    Siret,
    Text,
)
from shared.kernel.calendar import previous, start_year
from shared.kernel.decision import RequestRef, State

Status = Literal["held", "received", "rejected", "complements_requested", "withdrawn"]
Awaited = Literal["campaign", "interim_report"]


class Campaign(State):
    """The call for projects in force: the latest by `time`, then by event `id` as text."""

    collection: ClassVar[str] = "campaigns"
    shared: ClassVar[bool] = True

    time: Instant
    id: str
    opened: CampaignOpened

    @property
    def key(self) -> str:
        """Caf and school year."""
        return campaign_key(self.opened.caf, self.opened.school_year)


class InterimReport(State):
    """A gestionnaire's interim report on a school year, and the dossiers that wait for it.

    `received_on` is None until the report is received; `waiting` is sorted. Holding a dossier
    and receiving the report both write this document, so concurrent handlers conflict and the
    second is retried.
    """

    collection: ClassVar[str] = "interim_reports"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("caf", "school_year"),)

    caf: CafCode
    siret: Siret
    school_year: str  # Plain text: the year before the first `SchoolYear` of the wire is not one.
    received_on: Day | None = None
    waiting: tuple[Id, ...] = ()

    @property
    def key(self) -> str:
        """Caf, SIRET and the school year reported on."""
        return report_key(self.caf, self.siret, self.school_year)

    def with_waiting(self, dossier_id: str) -> "InterimReport":
        """Return this report with one more waiting dossier."""
        return self.with_changes(waiting=tuple(sorted({*self.waiting, dossier_id})))

    def without(self, dossier_id: str) -> "InterimReport":
        """Return this report without a waiting dossier."""
        return self.with_changes(
            waiting=tuple(other for other in self.waiting if other != dossier_id)
        )


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )


class Revision(_Part):
    """A revision that was assessed; `fingerprint` is its content hash.

    Release 0.3.0 stored neither the signature nor whether it was rejected.
    """

    revision: int
    fingerprint: str
    signed_at: Instant | None = None
    rejected: bool = False


class Held(_Part):
    """The revision that waits; `origin` is the request to answer.

    Release 0.3.0 stored the day of the deposit, and held dossiers for an interim report only.
    """

    submitted: DossierSubmitted
    deposited_on: Day | None = None
    origin: RequestRef
    waits_for: Awaited = "interim_report"


class Withdrawal(_Part):
    """A withdrawal that was requested; `content` is its content hash.

    `origin` is the request to answer, also when eligibility decides first.
    """

    content: str
    requested_on: Day
    motive: Text | None
    origin: RequestRef


class Dossier(State):
    """A dossier. Caf, school year and SIRET are those of its first revision, and stay.

    `deposited_on` is the day of the deposit [D-REC-07], None while there is none. `revisions` is in
    ascending order; `held` is set while the dossier waits. `withdrawal` is accepted, or pending at
    eligibility.
    """

    collection: ClassVar[str] = "dossiers"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("caf", "school_year", "status"),
        ("caf", "school_year", "held.waits_for", "dossier_id"),
    )

    dossier_id: Id
    caf: CafCode
    school_year: SchoolYear
    siret: Siret
    status: Status
    deposited_on: Day | None
    revisions: tuple[Revision, ...]
    held: Held | None = None
    withdrawal: Withdrawal | None = None

    @property
    def key(self) -> str:
        """The dossier's own id."""
        return self.dossier_id

    @property
    def highest(self) -> int:
        """The number of the last revision that was assessed."""
        return self.revisions[-1].revision


class Gestionnaire(State):
    """A gestionnaire of a Caf: the dossiers with an agrement, granted or imported.

    Every deposit reads it under the read lock, and every agrement writes it: of the two, the second
    sees the first [REC-11].
    """

    collection: ClassVar[str] = "gestionnaires"
    shared: ClassVar[bool] = True

    caf: CafCode
    siret: Siret
    agrements: tuple[Id, ...] = ()

    @property
    def key(self) -> str:
        """Caf and SIRET."""
        return gestionnaire_key(self.caf, self.siret)


class Agrement(State):
    """An agrement and the school years that it covers, both included [REC-11].

    Level and communes of one that release 0.3.0 stored come from the archive (`clas migrate`).
    """

    collection: ClassVar[str] = "agrements"

    dossier_id: Id
    caf: CafCode
    siret: Siret
    first: SchoolYear
    last: SchoolYear
    school_level: SchoolLevel | None = None
    communes: tuple[PublicText, ...] = ()

    @property
    def key(self) -> str:
        """The dossier that was granted."""
        return self.dossier_id

    def covers(self, school_year: str) -> bool:
        """Whether this school year is within the agrement."""
        return start_year(self.first) <= start_year(school_year) <= start_year(self.last)

    def before(self, school_year: str) -> "Agrement | None":
        """Return the agrement withdrawn from a school year on; None when nothing is left."""
        if start_year(school_year) <= start_year(self.first):
            return None
        return self.with_changes(last=min(self.last, previous(school_year)))


class AgrementEnd(State):
    """The first school year from which an agrement is withdrawn.

    A document of its own: the amendment may be handled before the agrement.
    """

    collection: ClassVar[str] = "agrement_ends"

    dossier_id: Id
    withdrawn_from: SchoolYear

    @property
    def key(self) -> str:
        """The dossier that was granted."""
        return self.dossier_id


def gestionnaire_key(caf: str, siret: str) -> str:
    """Return the id of a gestionnaire of a Caf."""
    return f"{caf}|{siret}"


def campaign_key(caf: str, school_year: str) -> str:
    """Return the id of a campaign."""
    return f"{caf}|{school_year}"


def report_key(caf: str, siret: str, school_year: str) -> str:
    """Return the id of an interim report; `school_year` is the one reported on."""
    return f"{caf}|{siret}|{school_year}"

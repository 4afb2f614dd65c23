"""The states of submission: campaigns, interim reports, dossiers and agrements."""

from datetime import datetime, time
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.caf import CampaignOpened
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import (
    Awaited,
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
from shared.french import PARIS
from shared.kernel.calendar import previous, start_year
from shared.kernel.decision import RequestRef, State

Status = Literal["held", "received", "rejected", "complements_requested", "withdrawn"]


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

    `received_on` is None until the report is received; `nothing_ran`: the Caf declared that nothing
    is to be reported on. `waiting` is sorted. Holding a dossier and receiving the report both write
    this document, so concurrent handlers conflict and the second is retried.
    """

    collection: ClassVar[str] = "interim_reports"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("caf", "school_year"),)

    caf: CafCode
    siret: Siret
    school_year: str  # Plain text: the year before the first `SchoolYear` of the wire is not one.
    received_on: Day | None = None
    nothing_ran: bool = False
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

    One that was not rejected is signed; release 0.3.0 stored neither the one nor the other.
    """

    revision: int
    fingerprint: str
    signed_at: Instant | None = None
    rejected: bool = False


class Held(_Part):
    """The revision that waits; `origin` is the request to answer.

    `since` is the time, in UTC, of the first message that was held. Release 0.3.0 stored the day of
    the deposit instead, and held dossiers for an interim report only.
    """

    submitted: DossierSubmitted
    deposited_on: Day | None = None
    origin: RequestRef
    waits_for: Awaited = "interim_report"
    since: Instant | None = None


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

    `deposited_on` is the day of the deposit [D-REC-07] of the revision judged last; None without a
    campaign, or without a signature in its window. `revisions` is in ascending order; `held` is set
    while the dossier waits. `withdrawal` is accepted, or pending at eligibility. `reopened`: its
    Caf asked for complements after it was received, so eligibility has it, whatever its status.
    """

    collection: ClassVar[str] = "dossiers"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("caf", "school_year", "status"),
        ("caf", "school_year", "held.waits_for", "dossier_id"),
        ("held.waits_for", "held.since"),
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
    reopened: bool = False

    @property
    def key(self) -> str:
        """The dossier's own id."""
        return self.dossier_id

    @property
    def waits_for_report(self) -> bool:
        """Whether the waiting list of an interim report names this dossier."""
        return self.held is not None and self.held.waits_for == "interim_report"

    @property
    def report_key(self) -> str:
        """The id of the interim report on the school year before."""
        return report_key(self.caf, self.siret, previous(self.school_year))

    @property
    def highest(self) -> int:
        """The number of the last revision that was assessed."""
        return self.revisions[-1].revision

    @property
    def completed_revisions(self) -> tuple[Revision, ...]:
        """The revisions, with what release 0.3.0 stored of the dossier only.

        That is the day of the first signature, and that the last revision was rejected.
        """
        if any(each.signed_at or each.rejected for each in self.revisions):
            return self.revisions
        day, (first, *others) = self.deposited_on, self.revisions
        signed_at = datetime.combine(day, time.min, PARIS) if day else None
        *earlier, last = (first.model_copy(update={"signed_at": signed_at}), *others)
        rejected = self.status == "rejected"
        return (*earlier, last.model_copy(update={"rejected": rejected}))


class GestionnaireAgrements(State):
    """A gestionnaire of a Caf: the dossiers with an agrement, granted or imported, sorted.

    Every deposit reads it under the read lock, and every agrement writes it: of the two, the second
    sees the first [REC-11].
    """

    collection: ClassVar[str] = "gestionnaire_agrements"
    shared: ClassVar[bool] = True

    caf: CafCode
    siret: Siret
    agrements: tuple[Id, ...] = ()

    @property
    def key(self) -> str:
        """Caf and SIRET."""
        return gestionnaire_key(self.caf, self.siret)

    def with_agrement(self, dossier_id: str) -> "GestionnaireAgrements":
        """Return this gestionnaire with one more agrement."""
        return self.with_changes(agrements=tuple(sorted({*self.agrements, dossier_id})))


class Agrement(State):
    """An agrement and the school years that it covers, both included [REC-11].

    Release 0.3.0 stored neither level nor communes: `clas migrate` completes them.
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

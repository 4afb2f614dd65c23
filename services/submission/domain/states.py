"""What submission remembers: campaigns, interim reports, dossiers and agrements."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.caf import CampaignOpened
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import CafCode, Day, Id, Instant, SchoolYear, Siret, Text
from shared.kernel.calendar import previous, start_year
from shared.kernel.decision import RequestRef, State

Status = Literal["held", "received", "rejected", "complements_requested", "withdrawn"]


class Campaign(State):
    """The call for projects that counts: the last by `time`, then by event `id` as text."""

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
    """A gestionnaire's report on a school year, and the dossiers that wait for it.

    `received_on` is None until the report comes; `waiting` is sorted. A dossier that starts to
    wait and a report that comes both write this document: neither can miss the other.
    """

    collection: ClassVar[str] = "interim_reports"

    caf: CafCode
    siret: Siret
    school_year: str  # The year before the first SchoolYear of the wire is none itself.
    received_on: Day | None = None
    waiting: tuple[Id, ...] = ()

    @property
    def key(self) -> str:
        """Caf, SIRET and the school year reported on."""
        return report_key(self.caf, self.siret, self.school_year)

    def with_waiting(self, dossier_id: str) -> "InterimReport":
        """Return this report with one more dossier that waits for it."""
        return self.with_changes(waiting=tuple(sorted({*self.waiting, dossier_id})))

    def without(self, dossier_id: str) -> "InterimReport":
        """Return this report with a dossier that does not wait for it any more."""
        return self.with_changes(
            waiting=tuple(other for other in self.waiting if other != dossier_id)
        )


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )


class Revision(_Part):
    """A revision that was judged, by the fingerprint of its content."""

    revision: int
    fingerprint: str


class Held(_Part):
    """The revision that waits for the interim report, and the request that it came with."""

    submitted: DossierSubmitted
    deposited_on: Day
    origin: RequestRef


class Withdrawal(_Part):
    """A withdrawal that was asked for, by the fingerprint of its content.

    `origin` is the request that the answer belongs to, also when eligibility is asked first.
    """

    content: str
    requested_on: Day
    motive: Text | None
    origin: RequestRef


class Dossier(State):
    """A dossier. Caf, school year and SIRET are those of its first revision, and stay.

    `deposited_on` is the day in Paris on which the first revision was signed, None when it
    was not (the dossier is then rejected). `revisions` rises; `held` only while it waits.
    `withdrawal` is the one that was accepted, or that eligibility is asked about.
    """

    collection: ClassVar[str] = "dossiers"

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
        """The last revision that was judged."""
        return self.revisions[-1].revision


class Agrement(State):
    """An agrement and the school years that it covers, both included [REC-11]."""

    collection: ClassVar[str] = "agrements"

    dossier_id: Id
    caf: CafCode
    siret: Siret
    first: SchoolYear
    last: SchoolYear

    @property
    def key(self) -> str:
        """The dossier that was granted."""
        return self.dossier_id

    def covers(self, school_year: str) -> bool:
        """Whether this school year lies within the agrement."""
        return start_year(self.first) <= start_year(school_year) <= start_year(self.last)

    def before(self, school_year: str) -> "Agrement | None":
        """Return what is left of it once it is withdrawn from a school year on."""
        if start_year(school_year) <= start_year(self.first):
            return None
        return self.with_changes(last=min(self.last, previous(school_year)))


class AgrementEnd(State):
    """The first school year from which an agrement is withdrawn.

    A document of its own: the amendment may be handled before the agrement is known here.
    """

    collection: ClassVar[str] = "agrement_ends"

    dossier_id: Id
    withdrawn_from: SchoolYear

    @property
    def key(self) -> str:
        """The dossier that was granted."""
        return self.dossier_id


def campaign_key(caf: str, school_year: str) -> str:
    """Return the id of a campaign."""
    return f"{caf}|{school_year}"


def report_key(caf: str, siret: str, school_year: str) -> str:
    """Return the id of an interim report; `school_year` is the one reported on."""
    return f"{caf}|{siret}|{school_year}"

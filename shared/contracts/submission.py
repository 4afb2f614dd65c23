"""What submission publishes."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.contracts.base import WireModel
from shared.contracts.common import CafScoped, DossierScoped, Ground, Reason, Texts
from shared.contracts.elan import DossierSubmitted
from shared.contracts.types import (
    Awaited,
    Day,
    Money,
    PublicText,
    SchoolYear,
    Siret,
    Text,
    is_unset,
)

OF_A_REVISION = frozenset({"TEC-01", "TEC-02"})


def _awaited(value: object) -> object:
    """Return the code of what a dossier waits for.

    Release 0.3.0 wrote a sentence, always on the interim report; a code has no blank.
    """
    return "interim_report" if isinstance(value, str) and " " in value else value


class CampaignRegistered(CafScoped):
    """The campaign of a Caf and school year is known, with the values that count now.

    `superseded`: a later call for projects counts, and the one answered to changes nothing.
    """

    school_year: SchoolYear
    superseded: bool = False
    opens_on: Day | None = None
    closes_on: Day | None = None
    form_version: PublicText | None = None
    multi_year_until: SchoolYear | None = None
    symbolic_fee_ceiling: Money | None = None
    priorities: Texts = ()
    committee: Texts = ()


class InterimReportRegistered(CafScoped):
    """The interim report of a gestionnaire is known."""

    siret: Siret
    school_year: SchoolYear


class DossierHeld(DossierScoped):
    """A dossier waits for the campaign of its Caf, or for an interim report.

    Published again each time what the dossier waits for changes. `reasons` say why, and how the
    wait ends; release 0.3.0 gave none.
    """

    revision: int
    waits_for: Annotated[Awaited, BeforeValidator(_awaited)]
    reasons: tuple[Reason, ...] = ()


class CampaignReleaseContinued(CafScoped):
    """Submission to itself: judge the next page of dossiers that waited for a campaign.

    `after` is the last dossier handled, empty at the start.
    """

    school_year: SchoolYear
    after: str


class CampaignTerms(WireModel):
    """What eligibility needs of the campaign."""

    multi_year_until: SchoolYear | None
    symbolic_fee_ceiling: Money | None
    priorities: Texts
    committee: Texts


class DossierReceived(DossierSubmitted):
    """A receivable dossier, whole, with its deposit date and the terms of its campaign."""

    deposited_on: Day
    campaign: CampaignTerms


class DossierRejected(DossierScoped):
    """A dossier is not receivable; all grounds are listed."""

    revision: int
    grounds: tuple[Ground, ...]

    @property
    def of_the_revision(self) -> bool:
        """Whether only this revision is refused [TEC-01, TEC-02]: the dossier stays as it was."""
        return all(ground.rule in OF_A_REVISION for ground in self.grounds)


class ComplementsRequested(DossierScoped):
    """A dossier lacks something that its gestionnaire can add in a next revision.

    `due_on`: the day by which its Caf expects it, where the Caf asked for it.
    """

    revision: int
    grounds: tuple[Ground, ...]
    due_on: Annotated[Day | None, Field(exclude_if=is_unset)] = None


class WithdrawalForwarded(DossierScoped):
    """Submission to eligibility: withdraw a received dossier, unless the committee has decided.

    `content` is the fingerprint of what the gestionnaire asked for.
    """

    content: str


class DossierWithdrawn(DossierScoped):
    """A dossier is withdrawn by its gestionnaire."""

    withdrawn_on: Day
    motive: Text | None


class WithdrawalRefused(DossierScoped):
    """A dossier cannot be withdrawn any more, or never was there; all reasons are listed."""

    reasons: tuple[Reason, ...]

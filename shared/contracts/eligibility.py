"""What eligibility publishes."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import WireModel
from shared.contracts.common import (
    COLLECTIFS_MAX,
    Budget,
    DossierScoped,
    Ground,
    Payee,
    ProjectSummary,
    Reason,
)
from shared.contracts.types import (
    WHOLE,
    BonusKind,
    Day,
    Id,
    PublicText,
    Rule,
    SchoolYear,
    StatedMoney,
    Text,
    is_unset,
)

Verdict = Literal["eligible", "derogation", "ineligible"]
Outcome = Literal["ok", "breach", "derogation", "review", "not_applicable"]


class Finding(WireModel):
    """The result of one check."""

    rule: Rule
    outcome: Outcome
    message: PublicText
    observed: Text
    expected: PublicText


class CollectifAssessment(WireModel):
    """The verdict on one collectif, with its findings and what its price depends on.

    `forecast_cost` in euros. Assessments of release 0.3.0 have neither it nor the children.
    """

    collectif_id: Id
    verdict: Verdict
    findings: tuple[Finding, ...]
    children: int | None = None
    forecast_cost: StatedMoney | None = None
    bonuses_requested: tuple[BonusKind, ...] = ()


class EligibilityAssessed(DossierScoped):
    """A dossier was checked against the referentiel; `findings` are the project-level ones.

    The forecast is priced from `budget` and the collectifs. Assessments of release 0.3.0 have
    neither `budget` nor `gestionnaire`.
    """

    school_year: SchoolYear
    verdict: Verdict
    findings: tuple[Finding, ...]
    collectifs: tuple[CollectifAssessment, ...]
    multi_year_allowed_until: SchoolYear
    rules_version: PublicText
    gestionnaire: Payee | None = None
    budget: Budget | None = None


class GrantedCollectif(WireModel):
    """A collectif of an agrement; `forecast_cost` in euros, its period where it is known."""

    collectif_id: Id
    children: Annotated[int, Field(ge=1, le=10_000), WHOLE]
    forecast_cost: StatedMoney
    bonuses: tuple[BonusKind, ...]
    derogations: tuple[Rule, ...]
    starts_on: Annotated[Day | None, Field(exclude_if=is_unset)] = None
    ends_on: Annotated[Day | None, Field(exclude_if=is_unset)] = None


class AgrementContent(DossierScoped):
    """An agrement with all that funding needs.

    `derogations` are those of the project as a whole [DER-07]. `cap_justification` is why the
    branche Famille may finance 80 % of the project [COF-03].
    """

    school_year: SchoolYear
    decided_on: Day
    gestionnaire: Payee
    project: ProjectSummary
    collectifs: Annotated[tuple[GrantedCollectif, ...], Field(max_length=COLLECTIFS_MAX)]
    budget: Budget
    multi_year_until: SchoolYear
    derogations: tuple[Rule, ...] = ()
    cap_justification: Annotated[Text | None, Field(exclude_if=is_unset)] = None


class AgrementGranted(AgrementContent):
    """The agrement is granted: its first school year is to be priced.

    `remarks` are what is asked of the committee and was not said, or what a person should know.
    """

    remarks: tuple[Reason, ...] = ()


class AgrementRegistered(AgrementContent):
    """An agrement older than the system is known; only its later school years are priced."""

    reference: Text


class AgrementAmended(DossierScoped):
    """An agrement is reduced or withdrawn from `from_school_year` on.

    `collectifs` are those that stay; `multi_year_until` is the last school year still covered,
    null when none is. With `ended_on` the others stopped on that day, and keep their right of that
    school year.
    """

    amendment_id: Id
    decided_on: Day
    effect: Literal["reduced", "withdrawn"]
    from_school_year: SchoolYear
    ended_on: Annotated[Day | None, Field(exclude_if=is_unset)] = None
    collectifs: tuple[Id, ...]
    multi_year_until: SchoolYear | None
    legal_ground: Text
    motive: Text


class AmendmentRejected(DossierScoped):
    """An amendment cannot stand; all reasons are listed."""

    amendment_id: Id
    reasons: tuple[Reason, ...]


class WithdrawalJudged(DossierScoped):
    """Eligibility to submission: the committee had not decided, or why it is too late."""

    content: str
    reasons: tuple[Reason, ...]


class DossierReopened(DossierScoped):
    """Eligibility to submission: a received dossier takes a next revision; `grounds` say why."""

    grounds: tuple[Ground, ...]
    due_on: Day


class AgrementRefused(DossierScoped):
    """The committee refused the agrement."""

    motive: Text


class CommitteeDecisionRejected(DossierScoped):
    """The committee's decision cannot stand; all reasons are listed."""

    reasons: tuple[Reason, ...]


class CommitteeAdjourned(DossierScoped):
    """The committee put its decision off."""

"""What a Caf, its committee, the Cnaf and the accounting officer publish."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.base import WireModel
from shared.contracts.common import (
    COLLECTIFS_MAX,
    Accounts,
    CafScoped,
    DossierScoped,
    Texts,
    members,
    require_unique,
)
from shared.contracts.types import (
    LIST_LENGTH_MAX,
    BonusKind,
    Day,
    Exercise,
    Id,
    Name,
    PublicText,
    Rule,
    SchoolYear,
    Siret,
    StatedMoney,
    Text,
    is_unset,
)

CommitteeOutcome = Literal["granted", "refused", "adjourned"]


class CampaignOpened(CafScoped):
    """A Caf opens its yearly call for projects; both days of the window are included."""

    school_year: SchoolYear
    opens_on: Day
    closes_on: Day
    form_version: PublicText
    multi_year_until: SchoolYear | None
    symbolic_fee_ceiling: StatedMoney | None
    priorities: Texts
    committee: Texts


class InterimReportReceived(CafScoped):
    """A Caf received a gestionnaire's interim report on `school_year`, or that nothing ran."""

    siret: Siret
    school_year: SchoolYear
    received_on: Day
    nothing_ran: Annotated[bool, Field(exclude_if=is_unset)] = False


class AskedComplement(WireModel):
    """One complement that is asked for, in French; `rule` is null where no rule asks for it."""

    rule: Rule | None
    message: Text


class GrantedDerogation(WireModel):
    """A derogation that the committee grants; `collectif_id` is null at project level."""

    collectif_id: Id | None
    rule: Rule


class GrantedBonus(WireModel):
    """A bonus that the committee grants to one collectif."""

    collectif_id: Id
    kind: BonusKind


class CommitteeCriteria(WireModel):
    """What the committee noted on the criteria of the circular [COM-08]; kept in the story."""

    diagnosis: Text | bool | None = None
    charter: Text | bool | None = None
    collective_character: Text | bool | None = None


class CommitteeDecided(DossierScoped):
    """The departmental committee decided on a dossier."""

    decided_on: Day
    decided_by: Text | None = None
    outcome: CommitteeOutcome
    motive: Text | None
    members_present: Annotated[tuple[Name, ...], Field(max_length=LIST_LENGTH_MAX)]
    collectifs: Annotated[tuple[Id, ...], Field(max_length=COLLECTIFS_MAX)]
    derogations_granted: Annotated[tuple[GrantedDerogation, ...], Field(max_length=1_000)]
    criteria: CommitteeCriteria | None = None
    cap_justification: Annotated[Text | None, Field(exclude_if=is_unset)] = None
    bonuses: Annotated[tuple[GrantedBonus, ...], Field(max_length=2 * COLLECTIFS_MAX)]
    multi_year_until: SchoolYear | None

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("collectif_id", members("collectifs", self.collectifs))
        granted = (f"{bonus.kind} {bonus.collectif_id}" for bonus in self.bonuses)
        require_unique("bonus", members("bonuses", granted))
        return self


class ComplementsOrdered(DossierScoped):
    """A Caf asks for complements to a received dossier, whatever its verdict, before the decision.

    `due_on` is the day by which the next revision is expected.
    """

    asked: Annotated[tuple[AskedComplement, ...], Field(min_length=1, max_length=LIST_LENGTH_MAX)]
    due_on: Day


class ConventionSigned(DossierScoped):
    """The convention of an agrement is signed; it covers the whole agrement."""

    signed_on: Day


class EnvelopeAllotted(CafScoped):
    """The credits of a Caf for an exercise: `amount` is the new total, in euros."""

    exercise: Exercise
    amount: StatedMoney


class BaremePublished(WireModel):
    """The Cnaf publishes the prices of one school year, by its start year, in euros."""

    start_year: Exercise
    plafond: StatedMoney
    ps_max: StatedMoney
    bonus_enfants: StatedMoney
    bonus_parents: StatedMoney
    source: PublicText


class AdvanceOrdered(DossierScoped):
    """A Caf orders an advance on one exercise of a granted school year, in euros."""

    school_year: SchoolYear
    order_id: Id
    exercise: Exercise
    amount: StatedMoney
    ordered_on: Day
    ordered_by: Text | None = None


class ControlConcluded(DossierScoped, Accounts):
    """A control ended: the data that it found, the contradictory period, the measures [CTL]."""

    school_year: SchoolYear
    control_id: Id
    observations_sent_on: Day
    answered_on: Day | None
    decided_on: Day
    measures: Texts


class ExerciseClosed(CafScoped):
    """The accounting officer closes an exercise of a Caf."""

    exercise: Exercise
    closed_on: Day
    closed_by: Text | None = None

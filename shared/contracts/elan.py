"""What the ELAN platform publishes: dossiers."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.base import WireModel
from shared.contracts.common import (
    COLLECTIFS_MAX,
    Accounts,
    Budget,
    DossierScoped,
    Report,
    Texts,
    ids_of,
    members,
    require_unique,
)
from shared.contracts.types import (
    LIST_LENGTH_MAX,
    WHOLE,
    Activity,
    BonusKind,
    Channel,
    Commune,
    Count,
    Day,
    GestionnaireKind,
    Grade,
    Id,
    Instant,
    Name,
    Objectives,
    PlaceType,
    PublicText,
    SchoolLevel,
    SchoolYear,
    Share,
    Siret,
    StatedMoney,
    Text,
    is_unset,
)


class Form(WireModel):
    """The form that was filled in."""

    id: PublicText
    version: PublicText


class AgrementPeriod(WireModel):
    """The period of a centre social's own agrement, both days included."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day


class Gestionnaire(WireModel):
    """The body that runs the project; `supported_since` is its first supported school year."""

    siret: Siret
    name: Name
    kind: GestionnaireKind
    supported_since: SchoolYear | None
    centre_social_agrement: AgrementPeriod | None


class MultiYear(WireModel):
    """The last school year asked for."""

    until: SchoolYear


class Descriptions(WireModel):
    """The four descriptions the note de cadrage asks for."""

    children: Text
    parents: Text
    schools: Text
    local_resources: Text


class Charter(WireModel):
    """Commitments of the charte nationale de l'accompagnement à la scolarité."""

    laicite: bool
    gratuite: bool
    egalite_des_droits: bool
    developpement_des_personnalites: bool


class Coordinator(WireModel):
    """Who coordinates; `diploma_level` in the French framework (5 is Bac+2)."""

    name: Name
    diploma_level: Annotated[int, Field(ge=0, le=8), WHOLE]
    equivalent_experience: bool
    professional_experience: bool


class School(WireModel):
    """A partner school, by its name."""

    name: Name


class Project(WireModel):
    """The project; `fee_per_child_year` in euros, `objectives` from AXE id to the action."""

    title: Text
    school_level: SchoolLevel
    communes: Annotated[tuple[Commune, ...], Field(min_length=1, max_length=LIST_LENGTH_MAX)]
    rural: bool
    descriptions: Descriptions
    diagnosis: Text
    priorities: Texts
    charter: Charter
    activities: Annotated[tuple[Activity, ...], Field(max_length=LIST_LENGTH_MAX)]
    need_identified_with_schools: bool
    parents_agreement: bool
    fee_per_child_year: StatedMoney
    coordinator: Coordinator | None
    objectives: Objectives
    schools: Annotated[tuple[School, ...], Field(max_length=LIST_LENGTH_MAX)]
    partners: Annotated[tuple[Name, ...], Field(max_length=LIST_LENGTH_MAX)]


class Collectif(WireModel):
    """A group of children, the unit of pricing; `forecast_cost` in euros a year."""

    collectif_id: Id
    children: Annotated[int, Field(ge=1, le=10_000), WHOLE]
    grades: Annotated[tuple[Grade, ...], Field(max_length=50)]
    disabled_child_with_reinforced_attention: bool
    single_place: bool
    accessible_to_parents: bool
    whole_year: bool
    outside_school_time: bool
    place_type: PlaceType
    sessions_per_week: Count
    minutes_per_session: Count
    weeks: Count
    starts_on: Day
    ends_on: Day
    intervenants: Count
    home_share: Share
    collective_events_per_month: Count
    premises_constraint: bool
    forecast_cost: StatedMoney


class BonusRequest(WireModel):
    """A bonus asked for some collectifs, with its specific project."""

    kind: BonusKind
    collectifs: Annotated[tuple[Id, ...], Field(max_length=COLLECTIFS_MAX)]
    description: Text


class DistinctProject(WireModel):
    """Another dossier of the gestionnaire, and why this one is another project [REC-11]."""

    dossier_id: Id
    motive: Text


class DossierSubmitted(DossierScoped):
    """A gestionnaire filed a dossier, or a new revision of it."""

    revision: Annotated[int, Field(ge=1, le=10_000), WHOLE]
    school_year: SchoolYear
    channel: Channel
    form: Form
    deposited_at: Instant
    signed_at: Instant | None
    previous_clas: bool
    renews: Id | None
    distinct_from: Annotated[
        tuple[DistinctProject, ...], Field(max_length=LIST_LENGTH_MAX, exclude_if=is_unset)
    ] = ()
    transition_commitment: bool = False
    gestionnaire: Gestionnaire
    multi_year: MultiYear | None
    project: Project
    collectifs: Annotated[tuple[Collectif, ...], Field(min_length=1, max_length=COLLECTIFS_MAX)]
    bonus_requests: Annotated[tuple[BonusRequest, ...], Field(max_length=LIST_LENGTH_MAX)]
    budget: Budget

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("collectif_id", ids_of(self.collectifs))
        requested = (
            (f"bonus_requests.{rank}.{path}", f"{bonus.kind} {collectif_id}")
            for rank, bonus in enumerate(self.bonus_requests)
            for path, collectif_id in members("collectifs", bonus.collectifs)
        )
        require_unique("bonus", requested)
        return self


class RenewedCollectif(WireModel):
    """A collectif of the agrement that goes on; `forecast_cost` in euros for the new year."""

    collectif_id: Id
    forecast_cost: StatedMoney


class AnnualRenewalFiled(DossierScoped):
    """A later school year of an agrement: the past bilan, and the forecast of the new year."""

    school_year: SchoolYear
    filed_on: Day
    report: Report
    collectifs: Annotated[tuple[RenewedCollectif, ...], Field(max_length=COLLECTIFS_MAX)]
    budget: Budget

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        require_unique("collectif_id", ids_of(self.collectifs))
        return self


class ResultAccountFiled(DossierScoped, Accounts):
    """The definitive accounts and the bilan of one school year."""

    school_year: SchoolYear
    filed_on: Day
    report: Report


class WithdrawalRequested(DossierScoped):
    """A gestionnaire withdraws a dossier before the committee decides on it."""

    requested_on: Day
    requested_by: Text | None = None
    motive: Text | None

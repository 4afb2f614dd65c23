"""The referentiel as data: thresholds and lists by start year, each with its source."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.types import BonusKind, Count, Grade, Money, PlaceType, Rule, Share
from shared.kernel.calendar import start_year
from shared.kernel.effective_dated import ByStartYear, UnknownYearError

Commitment = Literal["laicite", "gratuite", "egalite_des_droits", "developpement_des_personnalites"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Parameter(_Part):
    source: str


class Edition(_Parameter):
    """The edition of the referentiel, published with each assessment [VER-01]."""

    version: str


class Public(_Parameter):
    """Grades and activities; `homework` alone is not eligible [ELI-05, ELI-06, ELI-31]."""

    grades: tuple[Grade, ...]
    homework: tuple[str, ...]
    detour: tuple[str, ...]


class RequiredCommitment(_Part):
    """A commitment of the charter, the rule that requires it and its French name."""

    rule: Rule
    name: Commitment
    label: str


class Charter(_Parameter):
    """The commitments that a project must make [ELI-11 to ELI-14]."""

    commitments: tuple[RequiredCommitment, ...]


class Objective(_Part):
    """An objective that an action must answer, and whether it also needs a named partner."""

    rule: Rule
    label: str
    needs_partner: bool = False


class Objectives(_Parameter):
    """The objectives of the four axes [AXE-00]."""

    objectives: tuple[Objective, ...]


class CollectifSize(_Parameter):
    """Number of children of a collectif [ELI-23, DER-01, DER-02]."""

    minimum: Count
    lowered_minimum: Count
    maximum: Count


class Places(_Parameter):
    """Premises of a collectif, and its share of time at home [ELI-28, ELI-30, ELI-36]."""

    accepted: tuple[PlaceType, ...]
    home_share_max: Share
    events_per_month: Count
    accepted_source: str


class DayOfYear(_Part):
    """A day of any year."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]

    def of(self, year: int) -> date:
        """Return this day of a year."""
        return date(year, self.month, self.day)


class Sessions(_Parameter):
    """Frequency and length of sessions [ELI-27], and the end of the season [CAL-03]."""

    weeks: Count
    sessions: Count
    minutes: Count
    single_session_minutes: Count
    season_end: DayOfYear


class Staff(_Parameter):
    """Supervision and coordination [ENC-01, ENC-04, DER-03]."""

    intervenants: Count
    lowered_intervenants: Count
    small_collectif: Count
    diploma_level: Count


class BudgetLimits(_Parameter):
    """Amounts that lead to manual review, in euros a year [ELI-12b, PRX-08]."""

    symbolic_fee_ceiling: Money
    fee_source: str
    cost_per_child_min: Money
    cost_per_child_max: Money


class MultiYearLimits(_Parameter):
    """Duration of an agrement, in school years [PLU-01, PLU-02]."""

    seniority: Count
    duration: Count
    last_day: DayOfYear


class Transition(_Parameter):
    """The rules whose breach the committee may waive against a commitment [DER-08]."""

    rules: tuple[Rule, ...]


class Bonuses(_Parameter):
    """The bonuses that exist [BON-01]."""

    kinds: tuple[BonusKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rule set of one school year.

    `autumn_holidays_end` is None for a year that the calendar does not cover.
    """

    edition: Edition
    public: Public
    charter: Charter
    objectives: Objectives
    size: CollectifSize
    places: Places
    sessions: Sessions
    staff: Staff
    budget: BudgetLimits
    multi_year: MultiYearLimits
    transition: Transition
    autumn_holidays_end: date | None

    def without_transition(self, rule: str) -> Self:
        """Return the rules of the year without the waiver of one rule [DER-08]."""
        waived = tuple(other for other in self.transition.rules if other != rule)
        return replace(self, transition=self.transition.model_copy(update={"rules": waived}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters by start year; `autumn_holidays` is their last day by calendar year."""

    edition: ByStartYear[Edition]
    public: ByStartYear[Public]
    charter: ByStartYear[Charter]
    objectives: ByStartYear[Objectives]
    size: ByStartYear[CollectifSize]
    places: ByStartYear[Places]
    sessions: ByStartYear[Sessions]
    staff: ByStartYear[Staff]
    budget: ByStartYear[BudgetLimits]
    multi_year: ByStartYear[MultiYearLimits]
    transition: ByStartYear[Transition]
    bonus: ByStartYear[Bonuses]
    autumn_holidays: ByStartYear[date]


def rules_of(parameters: Parameters, school_year: str) -> Rules | None:
    """Return the rule set of a school year, None before the first one [VER-01]."""
    year = start_year(school_year)
    try:
        edition = parameters.edition.in_force_on(year)
    except UnknownYearError:
        return None
    return Rules(
        edition=edition,
        public=parameters.public.in_force_on(year),
        charter=parameters.charter.in_force_on(year),
        objectives=parameters.objectives.in_force_on(year),
        size=parameters.size.in_force_on(year),
        places=parameters.places.in_force_on(year),
        sessions=parameters.sessions.in_force_on(year),
        staff=parameters.staff.in_force_on(year),
        budget=parameters.budget.in_force_on(year),
        multi_year=parameters.multi_year.in_force_on(year),
        transition=parameters.transition.in_force_on(year),
        autumn_holidays_end=parameters.autumn_holidays.for_year(year),
    )


def bonus_kinds(parameters: Parameters, school_year: str) -> tuple[BonusKind, ...]:
    """Return the bonuses that exist in a school year, none before the first [BON-01]."""
    year = start_year(school_year)
    try:
        return parameters.bonus.in_force_on(year).kinds
    except UnknownYearError:
        return ()

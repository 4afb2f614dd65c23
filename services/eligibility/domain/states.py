"""States of eligibility: assessed dossiers, their territories, agrements and amendments."""

from typing import ClassVar, Self

from shared.contracts.base import WireModel
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Budget, Payee, ProjectSummary, Texts
from shared.contracts.eligibility import AgrementContent, EligibilityAssessed
from shared.contracts.types import BonusKind, CafCode, Day, Id, Money, Rule, SchoolLevel, SchoolYear
from shared.kernel.calendar import previous
from shared.kernel.decision import State


class PlannedCollectif(WireModel):
    """A collectif as filed; `bonuses` are those requested with a specific project [BON-06].

    `lifted` are the derogations that hold by rule, without the committee. Release 0.3.0 stored
    neither them nor the period.
    """

    collectif_id: Id
    children: int
    forecast_cost: Money
    bonuses: tuple[BonusKind, ...]
    lifted: tuple[Rule, ...] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None


class CommitteeRecord(WireModel):
    """A committee decision; `outsiders` are members present whom the campaign does not name."""

    decided: CommitteeDecided
    outsiders: Texts


class Reopening(WireModel):
    """Complements that the Caf asked for; `content` is the content hash of the request."""

    content: str
    due_on: Day


class Dossier(State):
    """An assessed dossier: the data for the committee decision and the agrement.

    `content` is the content hash of the dossier received. `multi_year_rule` is the rule that
    sets the last school year allowed. `deposited_on` is the day of the deposit, `signed_on` that on
    which the revision assessed was signed, in Paris; release 0.3.0 stored neither. `adjourned` is
    the last adjournment, `decision` the one decision that grants or refuses; a `withdrawn` dossier
    has none. `complements_awaited` is set until the complements that the Caf asked for have come;
    `complements_due_on` is the day by which the last ones were due, `complement_orders` the content
    hashes of all the requests.
    """

    collection: ClassVar[str] = "dossiers"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("caf", "school_year", "withdrawn", "decision.decided.outcome"),
    )

    dossier_id: Id
    caf: CafCode
    school_year: SchoolYear
    content: str
    gestionnaire: Payee
    project: ProjectSummary
    collectifs: tuple[PlannedCollectif, ...]
    budget: Budget
    committee: Texts
    assessment: EligibilityAssessed
    multi_year_rule: Rule
    deposited_on: Day | None = None
    signed_on: Day | None = None
    complements_awaited: Reopening | None = None
    complements_due_on: Day | None = None
    complement_orders: tuple[str, ...] = ()
    adjourned: CommitteeRecord | None = None
    decision: CommitteeRecord | None = None
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """The dossier's own id."""
        return self.dossier_id


class EarlyWithdrawal(State):
    """A withdrawal that was handled before its dossier was received.

    Shared: a dossier received concurrently on another replica must conflict with it.
    """

    collection: ClassVar[str] = "early_withdrawals"
    shared: ClassVar[bool] = True

    dossier_id: Id

    @property
    def key(self) -> str:
        """The dossier's own id."""
        return self.dossier_id


class SharedTerritory(State):
    """The dossiers of one gestionnaire for one level, school year and commune [COM-14].

    Every assessment writes it: of two concurrent dossiers, the second sees the first.
    """

    collection: ClassVar[str] = "same_grounds"

    siret: str
    school_level: SchoolLevel
    school_year: SchoolYear
    commune: str
    dossiers: tuple[Id, ...]

    def joined_by(self, dossier_id: str) -> Self:
        """Return this territory with one dossier, which it may have already."""
        return self.with_changes(dossiers=tuple(dict.fromkeys((*self.dossiers, dossier_id))))

    def without(self, dossier_id: str) -> Self:
        """Return this territory without one dossier."""
        return self.with_changes(
            dossiers=tuple(other for other in self.dossiers if other != dossier_id)
        )

    @property
    def key(self) -> str:
        """SIRET, level, school year and commune; the commune is free text, so it comes last."""
        return territory_key(self.siret, self.school_level, self.school_year, self.commune)


class Stage(WireModel):
    """The collectifs of an agrement from a school year on."""

    from_school_year: SchoolYear
    collectifs: tuple[Id, ...]


class Agrement(State):
    """An agrement as amended: its stages only shrink; `until` is None once it is withdrawn.

    `imported` is the content hash of the import, None where the committee granted it.
    """

    collection: ClassVar[str] = "agrements"

    dossier_id: Id
    caf: CafCode
    school_year: SchoolYear
    until: SchoolYear | None
    stages: tuple[Stage, ...]
    imported: str | None = None

    @classmethod
    def of(cls, content: AgrementContent, imported: str | None = None) -> Self:
        """Return the agrement as it was granted or imported."""
        collectifs = tuple(collectif.collectif_id for collectif in content.collectifs)
        return cls(
            dossier_id=content.dossier_id,
            caf=content.caf,
            school_year=content.school_year,
            until=content.multi_year_until,
            stages=(Stage(from_school_year=content.school_year, collectifs=collectifs),),
            imported=imported,
        )

    @property
    def key(self) -> str:
        """The dossier that was granted."""
        return self.dossier_id

    @property
    def remaining(self) -> tuple[Id, ...]:
        """The collectifs of its last stage: those that no amendment has removed."""
        return self.stages[-1].collectifs

    def in_year(self, school_year: str) -> tuple[Id, ...]:
        """Return the collectifs of a school year; before the first one, those of the first."""
        before = [s for s in self.stages if s.from_school_year <= school_year]
        return (before or self.stages[:1])[-1].collectifs

    def reduced(self, school_year: str, collectifs: tuple[Id, ...]) -> Self:
        """Return the agrement with only these collectifs from a school year on."""
        stage = Stage(from_school_year=school_year, collectifs=collectifs)
        return self.with_changes(stages=(*self._stages_before(school_year), stage))

    def withdrawn(self, school_year: str) -> Self:
        """Return the agrement withdrawn from a school year on; nothing is left from its first."""
        if school_year == self.school_year:
            return self.with_changes(until=None)
        stages = self._stages_before(school_year)
        return self.with_changes(until=previous(school_year), stages=stages)

    def _stages_before(self, school_year: str) -> tuple[Stage, ...]:
        return tuple(s for s in self.stages if s.from_school_year < school_year)


class AcceptedAmendment(State):
    """An accepted amendment; `content` is its content hash."""

    collection: ClassVar[str] = "amendments"

    amendment_id: Id
    content: str

    @property
    def key(self) -> str:
        """The amendment's id, whatever the dossier."""
        return self.amendment_id


def territory_key(siret: str, school_level: str, school_year: str, commune: str) -> str:
    """Return the id of a territory; `commune` in lower case."""
    return f"{siret}|{school_level}|{school_year}|{commune}"

"""What eligibility remembers: assessed dossiers, and which of them share one ground."""

from typing import ClassVar

from shared.contracts.base import Wire
from shared.contracts.caf import CommitteeDecided
from shared.contracts.common import Budget, Payee, ProjectSummary, Texts
from shared.contracts.eligibility import EligibilityAssessed
from shared.contracts.types import BonusKind, CafCode, Id, Money, Rule, SchoolLevel, SchoolYear
from shared.kernel.decision import State


class PlannedCollectif(Wire):
    """A collectif as filed; `bonuses` are those asked for with a specific project [BON-06]."""

    collectif_id: Id
    children: int
    forecast_cost: Money
    bonuses: tuple[BonusKind, ...]


class CommitteeRecord(Wire):
    """A decision of the committee, and who sat there without being named by the campaign."""

    decided: CommitteeDecided
    outsiders: Texts


class Dossier(State):
    """An assessed dossier: what the committee and the agrement need of it.

    `content` is the fingerprint of what was received. `multi_year_rule` is the rule that sets
    the last school year allowed. `adjourned` is the last adjournment, `decision` the one
    decision that grants or refuses.
    """

    collection: ClassVar[str] = "dossiers"

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
    adjourned: CommitteeRecord | None = None
    decision: CommitteeRecord | None = None

    @property
    def key(self) -> str:
        """The dossier's own id."""
        return self.dossier_id


class SameGround(State):
    """The dossiers of one gestionnaire for one level, school year and commune [COM-14].

    Each assessment writes it, so that of two dossiers at least the second sees the first.
    """

    collection: ClassVar[str] = "same_grounds"

    siret: str
    school_level: SchoolLevel
    school_year: SchoolYear
    commune: str
    dossiers: tuple[Id, ...]

    @property
    def key(self) -> str:
        """SIRET, level, school year and commune; the commune is free text, so it comes last."""
        return ground_key(self.siret, self.school_level, self.school_year, self.commune)


def ground_key(siret: str, school_level: str, school_year: str, commune: str) -> str:
    """Return the id of a ground; `commune` in lower case."""
    return f"{siret}|{school_level}|{school_year}|{commune}"

"""Input of a check: a project, or one of its collectifs, and the rule set of its year."""

from dataclasses import dataclass

from services.eligibility.domain.referentiel import Rules
from shared.contracts.elan import Collectif
from shared.contracts.submission import DossierReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectContext:
    """A project; `shared_territory` are the other dossiers of its territories [COM-14]."""

    dossier: DossierReceived
    rules: Rules
    shared_territory: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the checks of a collectif read of its dossier."""

    school_year: str
    rural: bool
    communes: tuple[str, ...]
    transition_commitment: bool

    @classmethod
    def of(cls, dossier: DossierReceived) -> "Setting":
        """Return the setting of the collectifs of a dossier."""
        project = dossier.project
        return cls(
            dossier.school_year, project.rural, project.communes, dossier.transition_commitment
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectifContext:
    """One collectif in the setting of its dossier."""

    collectif: Collectif
    setting: Setting
    rules: Rules

    @property
    def rural(self) -> bool:
        """Whether the project is in a rural area."""
        return self.setting.rural

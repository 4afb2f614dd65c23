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


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectifContext:
    """One collectif of a dossier."""

    collectif: Collectif
    dossier: DossierReceived
    rules: Rules

    @property
    def rural(self) -> bool:
        """Whether the project is in a rural area."""
        return self.dossier.project.rural

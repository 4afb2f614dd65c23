"""The territories of a dossier, one for each commune [COM-14]."""

from services.eligibility.domain.financing import communes_of
from services.eligibility.domain.states import Dossier, SharedTerritory
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import States


def territories_of(dossier: DossierReceived | Dossier) -> tuple[SharedTerritory, ...]:
    """Return the dossier's territories, without any dossier in them."""
    return tuple(
        SharedTerritory(
            siret=dossier.gestionnaire.siret,
            school_level=dossier.project.school_level,
            school_year=dossier.school_year,
            commune=commune,
            dossiers=(),
        )
        for commune in communes_of(dossier.project.communes)
    )


def join(received: DossierReceived, states: States) -> tuple[SharedTerritory, ...]:
    """Return the territories of a dossier with this dossier added."""
    stored = (states.get(SharedTerritory, new.key) or new for new in territories_of(received))
    return tuple(territory.joined_by(received.dossier_id) for territory in stored)


def leave(dossier: Dossier, states: States) -> tuple[SharedTerritory, ...]:
    """Return the territories of a dossier with this dossier removed."""
    stored = (states.get(SharedTerritory, new.key) for new in territories_of(dossier))
    return tuple(territory.without(dossier.dossier_id) for territory in stored if territory)

"""The grounds that a dossier works on, one for each commune [COM-14]."""

from services.eligibility.domain.financing import communes_of
from services.eligibility.domain.states import Dossier, SharedTerritory
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import States


def territories_of(dossier: DossierReceived | Dossier) -> tuple[SharedTerritory, ...]:
    """Return the dossier's grounds as if nobody worked them."""
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
    """Return the grounds of a dossier once it is there too."""
    grounds = (states.get(SharedTerritory, new.key) or new for new in territories_of(received))
    return tuple(g.with_changes(dossiers=(*g.dossiers, received.dossier_id)) for g in grounds)


def leave(dossier: Dossier, states: States) -> tuple[SharedTerritory, ...]:
    """Return the grounds of a dossier once it is gone."""
    grounds = (states.get(SharedTerritory, new.key) for new in territories_of(dossier))
    return tuple(ground.without(dossier.dossier_id) for ground in grounds if ground)

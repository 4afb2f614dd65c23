"""The grounds that a dossier works on, one for each commune [COM-14]."""

from services.eligibility.domain.financing import communes_of
from services.eligibility.domain.states import Dossier, SameGround
from shared.contracts.submission import DossierReceived
from shared.kernel.decision import Known


def grounds_of(dossier: DossierReceived | Dossier) -> tuple[SameGround, ...]:
    """Return the dossier's grounds as if nobody worked them."""
    return tuple(
        SameGround(
            siret=dossier.gestionnaire.siret,
            school_level=dossier.project.school_level,
            school_year=dossier.school_year,
            commune=commune,
            dossiers=(),
        )
        for commune in communes_of(dossier.project.communes)
    )


def joined(received: DossierReceived, known: Known) -> tuple[SameGround, ...]:
    """Return the grounds of a dossier once it is there too."""
    grounds = (known.get(SameGround, new.key) or new for new in grounds_of(received))
    return tuple(g.but(dossiers=(*g.dossiers, received.dossier_id)) for g in grounds)


def left(dossier: Dossier, known: Known) -> tuple[SameGround, ...]:
    """Return the grounds of a dossier once it is gone."""
    grounds = (known.get(SameGround, new.key) for new in grounds_of(dossier))
    return tuple(ground.without(dossier.dossier_id) for ground in grounds if ground)

"""May this revision of a known dossier be judged at all? [TEC-01, TEC-02]."""

from services.submission.domain.states import Dossier, Revision
from shared.contracts.base import fingerprint
from shared.contracts.common import Ground
from shared.contracts.elan import DossierSubmitted

STATUSES = {"received": "reçu", "rejected": "rejeté"}


def old_news(submitted: DossierSubmitted, dossier: Dossier) -> bool:
    """Whether this very revision was judged before."""
    return revision_of(submitted) in dossier.revisions


def revision_of(submitted: DossierSubmitted) -> Revision:
    """Return what is remembered of a revision."""
    return Revision(revision=submitted.revision, fingerprint=fingerprint(submitted))


def refusal_grounds(submitted: DossierSubmitted, dossier: Dossier) -> tuple[Ground, ...]:
    """Return why a revision that is no old news may not follow those already judged."""
    if submitted.revision <= dossier.highest:
        return (_not_next(submitted, dossier),)
    return tuple(g for g in (_closed(submitted, dossier), _moved(submitted, dossier)) if g)


def _not_next(submitted: DossierSubmitted, dossier: Dossier) -> Ground:
    """TEC-01: seen with other content, or lower than one already judged."""
    number = submitted.revision
    seen = any(number == known.revision for known in dossier.revisions)
    message = (
        f"La révision {number} du dossier {dossier.dossier_id} a déjà été transmise avec un autre"
        " contenu ; une modification demande un nouveau numéro de révision."
        if seen
        else f"La révision {number} du dossier {dossier.dossier_id} arrive après la révision"
        f" {dossier.highest} ; seule une révision de numéro supérieur peut lui succéder."
    )
    return Ground(rule="TEC-01", message=message, observed=f"révision {number}")


def _closed(submitted: DossierSubmitted, dossier: Dossier) -> Ground | None:
    """TEC-02: nothing follows a dossier that was received or rejected."""
    if not (status := STATUSES.get(dossier.status)):
        return None
    return Ground(
        rule="TEC-02",
        message=f"Le dossier {dossier.dossier_id} est déjà {status} à sa révision"
        f" {dossier.highest} ; il ne peut plus être modifié.",
        observed=f"révision {submitted.revision}, dossier {status}",
    )


def _moved(submitted: DossierSubmitted, dossier: Dossier) -> Ground | None:
    """TEC-01: Caf, school year and SIRET stay those of the first revision."""
    pairs = (
        ("Caf", dossier.caf, submitted.caf),
        ("année scolaire", dossier.school_year, submitted.school_year),
        ("SIRET", dossier.siret, submitted.gestionnaire.siret),
    )
    moves = [f"{name} {new} au lieu de {old}" for name, old, new in pairs if new != old]
    if not moves:
        return None
    observed = ", ".join(moves)
    return Ground(
        rule="TEC-01",
        message="La Caf, l'année scolaire et le SIRET d'un dossier ne changent pas d'une révision"
        f" à l'autre ; observé : {observed}.",
        observed=observed,
    )

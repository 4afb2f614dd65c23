"""May this revision of a known dossier be judged at all? [TEC-01, TEC-02]."""

from dataclasses import dataclass

from services.submission.domain.states import Dossier, Revision
from shared.contracts.base import content_hash
from shared.contracts.common import Ground
from shared.contracts.elan import DossierSubmitted
from shared.kernel.rules import Evaluation, Rule, evaluate_all

STATUSES = {"received": "reçu", "rejected": "rejeté", "withdrawn": "retiré"}


@dataclass(frozen=True, slots=True)
class Succession:
    """A revision, and the dossier that it wants to follow."""

    submitted: DossierSubmitted
    dossier: Dossier


def is_duplicate(submitted: DossierSubmitted, dossier: Dossier) -> bool:
    """Whether this very revision was judged before."""
    return revision_of(submitted) in dossier.revisions


def revision_of(submitted: DossierSubmitted) -> Revision:
    """Return what is remembered of a revision."""
    return Revision(revision=submitted.revision, fingerprint=content_hash(submitted))


def refusals(submitted: DossierSubmitted, dossier: Dossier) -> Evaluation[Ground]:
    """Weigh whether a revision that is no old news may follow those already judged."""
    succession = Succession(submitted, dossier)
    in_order = evaluate_all(IN_ORDER, succession)
    return in_order if in_order.reasons else evaluate_all(MAY_FOLLOW, succession)


def revision_gap(succession: Succession) -> Ground | None:
    """TEC-01: seen with other content, or lower than one already judged."""
    number, dossier = succession.submitted.revision, succession.dossier
    if number > dossier.highest:
        return None
    seen = any(number == known.revision for known in dossier.revisions)
    message = (
        f"La révision {number} du dossier {dossier.dossier_id} a déjà été transmise avec un autre"
        " contenu ; une modification demande un nouveau numéro de révision."
        if seen
        else f"La révision {number} du dossier {dossier.dossier_id} arrive après la révision"
        f" {dossier.highest} ; seule une révision de numéro supérieur peut lui succéder."
    )
    return Ground(rule="TEC-01", message=message, observed=f"révision {number}")


def closed(succession: Succession) -> Ground | None:
    """TEC-02: nothing follows a dossier that was received, rejected or withdrawn."""
    dossier = succession.dossier
    if not (status := STATUSES.get(dossier.status)):
        return None
    return Ground(
        rule="TEC-02",
        message=f"Le dossier {dossier.dossier_id} est déjà {status} à sa révision"
        f" {dossier.highest} ; il ne peut plus être modifié.",
        observed=f"révision {succession.submitted.revision}, dossier {status}",
    )


def identity_changed(succession: Succession) -> Ground | None:
    """TEC-01: Caf, school year and SIRET stay those of the first revision."""
    submitted, dossier = succession.submitted, succession.dossier
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


IN_ORDER: tuple[Rule[Ground], ...] = (
    Rule("TEC-01", "La révision suit celles qui ont été examinées.", revision_gap),
)

MAY_FOLLOW: tuple[Rule[Ground], ...] = (
    Rule("TEC-02", "Le dossier peut encore être modifié.", closed),
    Rule("TEC-01", "La Caf, l'année scolaire et le SIRET sont inchangés.", identity_changed),
)

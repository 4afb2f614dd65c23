"""Rules that a further revision of a dossier must meet [TEC-01, TEC-02]."""

from dataclasses import dataclass

from services.submission.domain.states import Dossier, Revision
from shared.contracts.base import content_hash
from shared.contracts.common import Ground
from shared.contracts.elan import DossierSubmitted
from shared.kernel.rules import Evaluation, Rule, evaluate_all

STATUSES = {"received": "reçu", "rejected": "rejeté", "withdrawn": "retiré"}


@dataclass(frozen=True, slots=True)
class RevisionContext:
    """A revision, and the dossier after the previous revisions."""

    submitted: DossierSubmitted
    dossier: Dossier


def is_duplicate(submitted: DossierSubmitted, dossier: Dossier) -> bool:
    """Return whether this revision was assessed before with the same content."""
    return revision_of(submitted) in dossier.revisions


def revision_of(submitted: DossierSubmitted) -> Revision:
    """Return the record of a revision."""
    return Revision(revision=submitted.revision, fingerprint=content_hash(submitted))


def refusals(submitted: DossierSubmitted, dossier: Dossier) -> Evaluation[Ground]:
    """Evaluate whether a revision that is no duplicate may follow those already assessed."""
    context = RevisionContext(submitted, dossier)
    order = evaluate_all(ORDER_RULES, context)
    return order if order.reasons else evaluate_all(CHANGE_RULES, context)


def revision_gap(context: RevisionContext) -> Ground | None:
    """TEC-01: the revision number is above those already assessed."""
    number, dossier = context.submitted.revision, context.dossier
    if number > dossier.highest:
        return None
    repeated = any(number == earlier.revision for earlier in dossier.revisions)
    message = (
        f"La révision {number} du dossier {dossier.dossier_id} a déjà été transmise avec un autre"
        " contenu ; une modification demande un nouveau numéro de révision."
        if repeated
        else f"La révision {number} du dossier {dossier.dossier_id} arrive après la révision"
        f" {dossier.highest} ; seule une révision de numéro supérieur peut lui succéder."
    )
    return Ground(rule="TEC-01", message=message, observed=f"révision {number}")


def closed(context: RevisionContext) -> Ground | None:
    """TEC-02: a received, rejected or withdrawn dossier takes no further revision."""
    dossier = context.dossier
    if not (status := STATUSES.get(dossier.status)):
        return None
    return Ground(
        rule="TEC-02",
        message=f"Le dossier {dossier.dossier_id} est déjà {status} à sa révision"
        f" {dossier.highest} ; il ne peut plus être modifié.",
        observed=f"révision {context.submitted.revision}, dossier {status}",
    )


def identity_changed(context: RevisionContext) -> Ground | None:
    """TEC-01: Caf, school year and SIRET stay those of the first revision."""
    submitted, dossier = context.submitted, context.dossier
    pairs = (
        ("Caf", dossier.caf, submitted.caf),
        ("année scolaire", dossier.school_year, submitted.school_year),
        ("SIRET", dossier.siret, submitted.gestionnaire.siret),
    )
    changes = [f"{name} {new} au lieu de {old}" for name, old, new in pairs if new != old]
    if not changes:
        return None
    observed = ", ".join(changes)
    return Ground(
        rule="TEC-01",
        message="La Caf, l'année scolaire et le SIRET d'un dossier ne changent pas d'une révision"
        f" à l'autre ; observé : {observed}.",
        observed=observed,
    )


ORDER_RULES: tuple[Rule[Ground], ...] = (
    Rule("TEC-01", "La révision suit celles qui ont été examinées.", revision_gap),
)

CHANGE_RULES: tuple[Rule[Ground], ...] = (
    Rule("TEC-02", "Le dossier peut encore être modifié.", closed),
    Rule("TEC-01", "La Caf, l'année scolaire et le SIRET sont inchangés.", identity_changed),
)

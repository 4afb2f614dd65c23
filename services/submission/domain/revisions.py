"""Rules on the place of a revision after those already assessed [TEC-01, TEC-02]."""

from datetime import datetime

from services.submission.domain.revision_context import RevisionContext
from services.submission.domain.states import Revision
from shared.french import in_paris, long_date, moment
from shared.kernel.decision import Finding
from shared.kernel.requests import Once
from shared.kernel.rules import Rule, breach

STATUSES = {"received": "reçu", "withdrawn": "retiré"}


def assessed_content(context: RevisionContext) -> str | None:
    """Return the content assessed before under the number of this revision."""
    number, before = context.submitted.revision, context.before
    revisions = before.revisions if before else ()
    return next((each.fingerprint for each in revisions if each.revision == number), None)


def other_content(context: RevisionContext) -> str:
    """TEC-01: a number stands for one content."""
    submitted = context.submitted
    return (
        f"La révision {submitted.revision} du dossier {submitted.dossier_id} a déjà été transmise"
        " avec un autre contenu ; une modification demande un nouveau numéro de révision."
    )


def revision_number(context: RevisionContext) -> str:
    """Return the number of this revision, as a refusal shows it."""
    return f"révision {context.submitted.revision}"


def revision_gap(context: RevisionContext) -> Finding | None:
    """TEC-01: the revision number is above those already assessed."""
    number, before = context.submitted.revision, context.before
    if before is None or number > before.highest:
        return None
    message = (
        f"La révision {number} du dossier {before.dossier_id} arrive après la révision"
        f" {before.highest} ; seule une révision de numéro supérieur peut lui succéder."
    )
    return breach(
        "TEC-01", message, revision_number(context), f"au-delà de la révision {before.highest}"
    )


def closed(context: RevisionContext) -> Finding | None:
    """TEC-02: a received or withdrawn dossier takes no further revision.

    A rejected one may come again as its next revision, and is judged anew.
    """
    before = context.before
    if before is None or not (status := STATUSES.get(before.status)):
        return None
    return breach(
        "TEC-02",
        f"Le dossier {before.dossier_id} est déjà {status} à sa révision"
        f" {before.highest} ; il ne peut plus être modifié.",
        f"{revision_number(context)}, dossier {status}",
    )


def identity_changed(context: RevisionContext) -> Finding | None:
    """TEC-01: Caf, school year and SIRET stay those of the first revision."""
    submitted, before = context.submitted, context.before
    if before is None:
        return None
    pairs = (
        ("Caf", before.caf, submitted.caf),
        ("année scolaire", before.school_year, submitted.school_year),
        ("SIRET", before.siret, submitted.gestionnaire.siret),
    )
    changes = [f"{name} {new} au lieu de {old}" for name, old, new in pairs if new != old]
    if not changes:
        return None
    observed = ", ".join(changes)
    return breach(
        "TEC-01",
        "La Caf, l'année scolaire et le SIRET d'un dossier ne changent pas d'une révision"
        f" à l'autre ; observé : {observed}.",
        observed,
    )


def antedated(context: RevisionContext) -> Finding | None:
    """TEC-01: the signature is not earlier than that of an earlier revision."""
    signed_at, revisions = context.submitted.signed_at, _earlier_revisions(context)
    earlier = max((each.signed_at for each in revisions if each.signed_at), default=None)
    if signed_at is None or earlier is None or signed_at >= earlier:
        return None
    same_day = in_paris(signed_at).date() == in_paris(earlier).date()
    observed, expected = map(moment if same_day else _day, (signed_at, earlier))
    return breach(
        "TEC-01",
        f"La révision {context.submitted.revision} est validée le {observed}, avant une révision"
        f" antérieure, validée le {expected} : une date de validation ne recule pas.",
        observed,
        f"au plus tôt le {expected}",
    )


def _earlier_revisions(context: RevisionContext) -> tuple[Revision, ...]:
    return context.before.completed_revisions if context.before else ()


def _day(signed_at: datetime) -> str:
    return long_date(in_paris(signed_at))


ORDER_RULES = (
    Once(accepted=assessed_content, sentence=other_content, observed=revision_number),
    Rule("TEC-01", revision_gap, ""),
)

CHANGE_RULES = (
    Rule("TEC-02", closed, "Le dossier peut encore être modifié."),
    Rule("TEC-01", identity_changed, "La Caf, l'année scolaire et le SIRET sont inchangés."),
    Rule("TEC-01", antedated, "La date de validation ne recule pas."),
)

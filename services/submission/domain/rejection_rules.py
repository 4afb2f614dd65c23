"""Grounds on which a revision of a dossier is rejected."""

from services.submission.domain.revision_context import RevisionContext
from services.submission.domain.states import Agrement
from shared.contracts.elan import DossierSubmitted
from shared.french import first_of, in_paris, short_date
from shared.kernel.decision import Finding
from shared.kernel.rules import Rule, breach, not_applicable

CHANNEL = "ELAN"
FORM = "clas-national"
SHOWN_MAX = 200


def shown(text: str) -> str:
    """Return a text to be quoted in a sentence: never empty, at most `SHOWN_MAX` characters."""
    return (text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…") or "(vide)"


def other_channel(context: RevisionContext) -> Finding | None:
    """REC-02: ELAN is the only way to file a dossier."""
    channel = context.submitted.channel
    if channel == CHANNEL:
        return None
    return breach(
        "REC-02",
        f"La demande est parvenue par le canal « {shown(channel)} » ;"
        f" seule une demande déposée sur la plateforme {CHANNEL} est recevable.",
        shown(channel),
        CHANNEL,
    )


def other_form(context: RevisionContext) -> Finding | None:
    """REC-04: the form is the national one, in the version of the campaign where there is one."""
    form, campaign = context.submitted.form, context.campaign
    version = campaign.opened.form_version if campaign else form.version
    if (form.id, form.version) == (FORM, version):
        return None
    observed = f"{shown(form.id)}, version {shown(form.version)}"
    of_campaign = f"version {shown(version)}" if campaign else "dans la version de la campagne"
    expected = f"{FORM}, {of_campaign}"
    return breach(
        "REC-04",
        f"Le formulaire rempli est : {observed} ;"
        f" la campagne demande le formulaire national {expected}.",
        observed,
        expected,
    )


def not_signed(context: RevisionContext) -> Finding | None:
    """REC-08: the signatory validated the request; evaluated on each revision."""
    if context.submitted.signed_at:
        return None
    return breach(
        "REC-08",
        "Le signataire n'a pas validé la demande dans ELAN :"
        " tant qu'elle ne l'est pas, elle n'est pas transmise à la Caf.",
        "aucune date de validation",
    )


def outside_the_window(context: RevisionContext) -> Finding | None:
    """REC-07: a signature falls in the deposit window, both days included, Paris time.

    It is that of this revision, or of an earlier one that was not rejected [D-REC-07b].
    """
    signed_at, campaign = context.submitted.signed_at, context.campaign
    if not signed_at:
        return not_applicable("REC-07", "aucune date de validation")
    if not campaign:
        return not_applicable("REC-07", "aucune campagne ouverte")
    if context.deposited_on:
        return None
    local, opened = in_paris(signed_at), campaign.opened
    window = f"du {short_date(opened.opens_on)} au {short_date(opened.closes_on)} inclus"
    return breach(
        "REC-07",
        f"Le signataire a validé la demande le {short_date(local)} à {local:%H:%M:%S} (heure de"
        f" Paris) ; la période de dépôt va {window}.",
        local.isoformat(),
        window,
    )


def already_covered(context: RevisionContext) -> Finding | None:
    """REC-11: no agrement covers this project for the school year already.

    That is the renewed agrement, or one of an earlier first year with the same level and a commune
    in common [D-REC-11b], unless the dossier says why it is another project.
    """
    submitted, year = context.submitted, context.submitted.school_year
    covering = [each for each in context.agrements if covers_project(each, submitted)]
    if not covering:
        return None
    agrements = [
        f"l'agrément du dossier {each.dossier_id}, accordé de {each.first} à {each.last},"
        f" couvre déjà l'année scolaire {year}"
        for each in covering
    ]
    way_out = (
        "il n'y a pas lieu de déposer un nouveau projet"
        if any(each.dossier_id == submitted.renews for each in covering)
        else "il n'y a pas lieu de déposer un nouveau projet, sauf s'il est distinct : la révision"
        " suivante le dit alors, avec son motif"
    )
    return breach(
        "REC-11",
        f"L{first_of(agrements, ' ; ')[1:]} : {way_out}.",
        first_of([f"{each.dossier_id} : {each.first} à {each.last}" for each in covering], " ; "),
    )


def covers_project(agrement: Agrement, submitted: DossierSubmitted) -> bool:
    """Return whether an agrement of the gestionnaire covers this project."""
    if not agrement.covers(submitted.school_year):
        return False
    if agrement.dossier_id == submitted.renews:
        return True
    if agrement.dossier_id in {each.dossier_id for each in submitted.distinct_from}:
        return False
    return (
        agrement.dossier_id != submitted.dossier_id
        and agrement.first < submitted.school_year
        and agrement.school_level == submitted.project.school_level
        and not set(agrement.communes).isdisjoint(submitted.project.communes)
    )


COVERAGE = Rule(
    "REC-11", already_covered, "Aucun agrément connu ne couvre déjà ce projet cette année scolaire."
)

REJECTIONS = (
    Rule("REC-02", other_channel, "La demande est déposée sur la plateforme ELAN."),
    Rule("REC-04", other_form, "Le formulaire rempli est celui qui est attendu."),
    Rule("REC-08", not_signed, "Le signataire a validé la demande."),
    Rule(
        "REC-07",
        outside_the_window,
        "La demande a été validée pendant la période de dépôt.",
    ),
    COVERAGE,
)

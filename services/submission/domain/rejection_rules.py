"""Grounds on which a revision of a dossier is rejected."""

from dataclasses import dataclass
from datetime import date

from services.submission.domain.handover import in_paris
from services.submission.domain.states import Agrement, Campaign
from shared.contracts.common import Ground
from shared.contracts.elan import DossierSubmitted
from shared.kernel.rules import Evaluation, Rule, evaluate_all

CHANNEL = "ELAN"
FORM = "clas-national"
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivabilityContext:
    """Input of the rules.

    `deposit`: this is the first revision, whose signature is the deposit [D-REC-07b].
    `renewed`: the agrement of the dossier that `renews` names, as far as it was not withdrawn;
    None where none is recorded.
    """

    submitted: DossierSubmitted
    campaign: Campaign | None
    renewed: Agrement | None
    deposit: bool


def rejections(context: ReceivabilityContext) -> Evaluation[Ground]:
    """Evaluate every ground of rejection."""
    return evaluate_all(REJECTIONS, context)


def shown(text: str) -> str:
    """Return a text to be quoted in a sentence: never empty, at most `SHOWN_MAX` characters."""
    return (text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…") or "(vide)"


def no_campaign(context: ReceivabilityContext) -> Ground | None:
    """REC-20: the Caf of the dossier opened a call for projects for its school year."""
    if context.campaign:
        return None
    caf, year = context.submitted.caf, context.submitted.school_year
    return Ground(
        rule="REC-20",
        message=f"Aucun appel à projets de la Caf {caf} n'a été reçu pour l'année scolaire {year} :"
        " un dossier se rattache toujours à une campagne ouverte par la Caf.",
        observed=f"Caf {caf}, {year}",
    )


def other_channel(context: ReceivabilityContext) -> Ground | None:
    """REC-02: ELAN is the only way to file a dossier."""
    channel = context.submitted.channel
    if channel == CHANNEL:
        return None
    return Ground(
        rule="REC-02",
        message=f"La demande est parvenue par le canal « {shown(channel)} » ;"
        f" seule une demande déposée sur la plateforme {CHANNEL} est recevable.",
        observed=shown(channel),
    )


def other_form(context: ReceivabilityContext) -> Ground | None:
    """REC-04: the form is the national one, in the version of the campaign where there is one."""
    form, campaign = context.submitted.form, context.campaign
    version = campaign.opened.form_version if campaign else form.version
    if (form.id, form.version) == (FORM, version):
        return None
    expected = f"version {shown(version)}" if campaign else "dans la version de la campagne"
    observed = f"{shown(form.id)}, version {shown(form.version)}"
    return Ground(
        rule="REC-04",
        message=f"Le formulaire rempli est : {observed} ;"
        f" la campagne demande le formulaire national {FORM}, {expected}.",
        observed=observed,
    )


def not_signed(context: ReceivabilityContext) -> Ground | None:
    """REC-08: the signatory validated the request; evaluated on each revision."""
    if context.submitted.signed_at:
        return None
    return Ground(
        rule="REC-08",
        message="Le signataire n'a pas validé la demande dans ELAN :"
        " tant qu'elle ne l'est pas, elle n'est pas transmise à la Caf.",
        observed="aucune date de validation",
    )


def outside_the_window(context: ReceivabilityContext) -> Ground | None:
    """REC-07: the deposit falls in the deposit window, both days included, Paris time."""
    signed_at, campaign = context.submitted.signed_at, context.campaign
    assert signed_at, "an unsigned deposit has no date"
    assert campaign, "without a campaign there is no window"
    local, opened = in_paris(signed_at), campaign.opened
    if opened.opens_on <= local.date() <= opened.closes_on:
        return None
    return Ground(
        rule="REC-07",
        message=f"Le signataire a validé la demande le {_day(local)} à {local:%H:%M:%S} (heure de"
        f" Paris) ; la période de dépôt va du {_day(opened.opens_on)} au {_day(opened.closes_on)}"
        " inclus.",
        observed=local.isoformat(),
    )


def no_window(context: ReceivabilityContext) -> str | None:
    """REC-07 applies to a deposit that has a date and a campaign."""
    if not context.deposit:
        return "la date de dépôt est celle de la première révision"
    if not context.submitted.signed_at:
        return "aucune date de validation"
    return None if context.campaign else "aucune campagne ouverte"


def already_covered(context: ReceivabilityContext) -> Ground | None:
    """REC-11: the renewed agrement does not cover the school year already."""
    year, renewed = context.submitted.school_year, context.renewed
    if not (renewed and renewed.covers(year)):
        return None
    return Ground(
        rule="REC-11",
        message=f"L'agrément du dossier {renewed.dossier_id}, accordé de {renewed.first} à"
        f" {renewed.last}, couvre déjà l'année scolaire {year} :"
        " il n'y a pas lieu de déposer un nouveau projet.",
        observed=f"{renewed.dossier_id} : {renewed.first} à {renewed.last}",
    )


def renews_nothing(context: ReceivabilityContext) -> str | None:
    """REC-11 applies to a request that names the dossier it renews."""
    return None if context.submitted.renews else "la demande ne renouvelle aucun agrément"


REJECTIONS: tuple[Rule[Ground], ...] = (
    Rule("REC-20", "La Caf a ouvert un appel à projets pour cette année scolaire.", no_campaign),
    Rule("REC-02", "La demande est déposée sur la plateforme ELAN.", other_channel),
    Rule("REC-04", "Le formulaire rempli est celui qui est attendu.", other_form),
    Rule("REC-08", "Le signataire a validé la demande.", not_signed),
    Rule(
        "REC-07",
        "La demande a été validée pendant la période de dépôt.",
        outside_the_window,
        not_applicable=no_window,
    ),
    Rule(
        "REC-11",
        "Aucun agrément connu ne couvre déjà cette année scolaire.",
        already_covered,
        not_applicable=renews_nothing,
    ),
)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"

"""Rules that the renewal of a later school year must meet; all are evaluated."""

from dataclasses import dataclass
from datetime import date

from services.funding.domain.common_rules import foreign, missing_parts, other_caf
from services.funding.domain.parameters import FundingParameters
from services.funding.domain.states import Dossier, Grant
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementContent
from shared.french import short_date
from shared.kernel.calendar import last_day, start_year
from shared.kernel.decision import Finding, RequestRef, States
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class RenewalContext:
    """A renewal, its dossier with the agrement as amended, and the grant of the year if any.

    `states` and `parameters` are what prices the year.
    """

    filed: AnnualRenewalFiled
    origin: RequestRef
    dossier: Dossier
    agrement: AgrementContent
    before: Grant | None
    states: States
    parameters: FundingParameters


def _accepted(context: RenewalContext) -> str | None:
    return context.before.renewal if context.before else None


def _other_content(context: RenewalContext) -> str:
    filed = context.filed
    return (
        f"Le renouvellement du dossier {filed.dossier_id} pour {filed.school_year} a déjà "
        "été accepté avec un autre contenu : il ne change plus."
    )


def _owner(context: RenewalContext) -> str:
    return context.agrement.caf


def _other_caf(context: RenewalContext) -> str:
    return other_caf(context.filed.caf, context.agrement.caf, "Le renouvellement vient")


def _not_in_force(context: RenewalContext) -> Finding | None:
    """COM-05: the year is after the first one and within the agrement's period."""
    year, agrement = context.filed.school_year, context.agrement
    if agrement.school_year < year <= agrement.multi_year_until:
        return None
    if agrement.multi_year_until < agrement.school_year:
        period = "est retiré"
    elif agrement.multi_year_until == agrement.school_year:
        period = f"vaut pour {agrement.school_year} seulement"
    else:
        period = f"vaut de {agrement.school_year} à {agrement.multi_year_until}"
    explanation = (
        "sa première année est déjà couverte, sans renouvellement"
        if year == agrement.school_year
        else f"aucun agrément n'est en vigueur pour {year}"
    )
    return breach(
        "COM-05",
        f"L'agrément du dossier {agrement.dossier_id} {period} : {explanation}.",
    )


def period_of_renewal(school_year: str) -> tuple[date, date]:
    """Return the first and the last day on which a renewal for a school year is filed [CAL-05]."""
    return date(start_year(school_year), 1, 1), last_day(school_year)


def _out_of_season(context: RenewalContext) -> Finding | None:
    """CAL-05: a renewal is filed between 1 January N and 31 August N+1 of its school year."""
    filed = context.filed
    first, last = period_of_renewal(filed.school_year)
    if first <= filed.filed_on <= last:
        return None
    return breach(
        "CAL-05",
        f"Le renouvellement pour {filed.school_year} est déposé le {short_date(filed.filed_on)} : "
        f"il est attendu du {short_date(first)} au {short_date(last)}.",
    )


def _bilan_incomplete(context: RenewalContext) -> Finding | None:
    """PLU-03, PLU-06: the three parts of the past year's bilan are present."""
    if not (missing := missing_parts(context.filed.report)):
        return None
    return breach(
        "PLU-03",
        "Le bilan de l'année écoulée est attendu entier, qualitatif, quantitatif et "
        f"financier ; manque : {missing}.",
    )


def _no_collectif(context: RenewalContext) -> Finding | None:
    """COM-04: at least one collectif is renewed."""
    if context.filed.collectifs:
        return None
    return breach("COM-04", "Aucun collectif n'est renouvelé : il en faut au moins un.")


def _foreign_collectif(context: RenewalContext) -> Finding | None:
    """COM-04: only collectifs of the agrement are renewed."""
    return foreign(
        (collectif.collectif_id for collectif in context.filed.collectifs),
        {collectif.collectif_id for collectif in context.agrement.collectifs},
        f"de l'agrément du dossier {context.agrement.dossier_id}",
    )


GATES = (Once(accepted=_accepted, sentence=_other_content),)
RULES = (
    Owner(
        caf=_owner,
        sentence=_other_caf,
        success_text="Le renouvellement vient de la Caf du dossier.",
    ),
    Rule("COM-05", _not_in_force, "L'agrément est en vigueur cette année-là, après la première."),
    Rule("CAL-05", _out_of_season, "Le renouvellement est déposé dans sa période."),
    Rule("PLU-03", _bilan_incomplete, "Les trois parties du bilan écoulé sont présentes."),
    Rule("COM-04", _no_collectif, "Un collectif au moins est renouvelé."),
    Rule("COM-04", _foreign_collectif, "Tous les collectifs renouvelés sont de l'agrément."),
)

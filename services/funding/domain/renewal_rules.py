"""Rules that the renewal of a later school year must meet; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import foreign, missing_parts, other_caf
from shared.contracts.common import Reason
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementContent
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class RenewalContext:
    """A renewal and its agrement as amended."""

    filed: AnnualRenewalFiled
    agrement: AgrementContent


def _other_caf(context: RenewalContext) -> Reason | None:
    return other_caf(context.filed.caf, context.agrement.caf, "Le renouvellement vient")


def _not_in_force(context: RenewalContext) -> Reason | None:
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
    return Reason(
        rule="COM-05",
        message=f"L'agrément du dossier {agrement.dossier_id} {period} : {explanation}.",
    )


def _bilan_incomplete(context: RenewalContext) -> Reason | None:
    """PLU-03, PLU-06: the three parts of the past year's bilan are present."""
    if not (missing := missing_parts(context.filed.report)):
        return None
    return Reason(
        rule="PLU-03",
        message="Le bilan de l'année écoulée est attendu entier, qualitatif, quantitatif et "
        f"financier ; manque : {missing}.",
    )


def _no_collectif(context: RenewalContext) -> Reason | None:
    """COM-04: at least one collectif is renewed."""
    if context.filed.collectifs:
        return None
    return Reason(
        rule="COM-04", message="Aucun collectif n'est renouvelé : il en faut au moins un."
    )


def _foreign_collectif(context: RenewalContext) -> Reason | None:
    """COM-04: only collectifs of the agrement are renewed."""
    return foreign(
        (collectif.collectif_id for collectif in context.filed.collectifs),
        {collectif.collectif_id for collectif in context.agrement.collectifs},
        f"de l'agrément du dossier {context.agrement.dossier_id}",
    )


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "Le renouvellement vient de la Caf du dossier.", _other_caf),
    Rule("COM-05", "L'agrément est en vigueur cette année-là, après la première.", _not_in_force),
    Rule("PLU-03", "Les trois parties du bilan écoulé sont présentes.", _bilan_incomplete),
    Rule("COM-04", "Un collectif au moins est renouvelé.", _no_collectif),
    Rule("COM-04", "Tous les collectifs renouvelés sont de l'agrément.", _foreign_collectif),
)

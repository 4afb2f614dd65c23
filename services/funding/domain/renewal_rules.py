"""May this later school year be funded? Every rule is asked, every reason is told."""

from dataclasses import dataclass

from services.funding.domain.common_rules import foreign, missing_parts, other_caf
from shared.contracts.common import Reason
from shared.contracts.elan import AnnualRenewalFiled
from shared.contracts.eligibility import AgrementContent
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class RenewalContext:
    """A renewal and the agrement that it goes on with."""

    filed: AnnualRenewalFiled
    agrement: AgrementContent


def _other_caf(case: RenewalContext) -> Reason | None:
    return other_caf(case.filed.caf, case.agrement.caf, "Le renouvellement vient")


def _not_in_force(case: RenewalContext) -> Reason | None:
    """Renew a year after the first one, within the agrement's period [COM-05]."""
    year, agrement = case.filed.school_year, case.agrement
    if agrement.school_year < year <= agrement.multi_year_until:
        return None
    if agrement.multi_year_until < agrement.school_year:
        period = "est retiré"
    elif agrement.multi_year_until == agrement.school_year:
        period = f"vaut pour {agrement.school_year} seulement"
    else:
        period = f"vaut de {agrement.school_year} à {agrement.multi_year_until}"
    why = (
        "sa première année est déjà couverte, sans renouvellement"
        if year == agrement.school_year
        else f"aucun agrément n'est en vigueur pour {year}"
    )
    return Reason(
        rule="COM-05",
        message=f"L'agrément du dossier {agrement.dossier_id} {period} : {why}.",
    )


def _bilan_incomplete(case: RenewalContext) -> Reason | None:
    """Ask for the three parts of the past bilan [PLU-03, PLU-06]."""
    if not (missing := missing_parts(case.filed.report)):
        return None
    return Reason(
        rule="PLU-03",
        message="Le bilan de l'année écoulée est attendu entier, qualitatif, quantitatif et "
        f"financier ; manque : {missing}.",
    )


def _no_collectif(case: RenewalContext) -> Reason | None:
    """Go on with one collectif at least [COM-04]."""
    if case.filed.collectifs:
        return None
    return Reason(
        rule="COM-04", message="Aucun collectif n'est renouvelé : il en faut au moins un."
    )


def _foreign_collectif(case: RenewalContext) -> Reason | None:
    """Go on with collectifs of the agrement only [COM-04]."""
    return foreign(
        (each.collectif_id for each in case.filed.collectifs),
        {each.collectif_id for each in case.agrement.collectifs},
        f"de l'agrément du dossier {case.agrement.dossier_id}",
    )


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "Le renouvellement vient de la Caf du dossier.", _other_caf),
    Rule("COM-05", "L'agrément est en vigueur cette année-là, après la première.", _not_in_force),
    Rule("PLU-03", "Les trois parties du bilan écoulé sont présentes.", _bilan_incomplete),
    Rule("COM-04", "Un collectif au moins est renouvelé.", _no_collectif),
    Rule("COM-04", "Tous les collectifs renouvelés sont de l'agrément.", _foreign_collectif),
)

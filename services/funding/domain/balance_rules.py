"""Rules that definitive accounts must meet to settle the balance; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.agrement_amendments import opening_of_accounts
from services.funding.domain.balance import terms_of
from services.funding.domain.common_rules import (
    caf_of_grant,
    missing_parts,
    not_granted,
    not_named,
    not_signed,
    other_caf,
)
from services.funding.domain.parameters import FundingParameters, Terms
from services.funding.domain.states import Convention, Dossier, Grant, PublishedBareme
from shared.contracts.elan import ResultAccountFiled
from shared.french import short_date
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class BalanceContext:
    """Definitive accounts, their grant and dossier, its year's bareme, the convention if signed."""

    filed: ResultAccountFiled
    grant: Grant
    dossier: Dossier
    convention: Convention | None
    published: PublishedBareme | None
    parameters: FundingParameters

    @property
    def terms(self) -> Terms:
        """The terms that priced the grant."""
        return terms_of(self.grant, self.published, self.parameters)


def _accepted(context: BalanceContext) -> str | None:
    settlement = context.grant.settlement
    return settlement.content if settlement else None


def _other_accounts(context: BalanceContext) -> str:
    filed = context.filed
    return (
        f"Le solde du dossier {filed.dossier_id} pour {filed.school_year} est déjà arrêté "
        "sur d'autres comptes : il ne change plus que par un contrôle."
    )


def _other_caf(context: BalanceContext) -> str:
    owner = context.grant.agrement.caf
    return other_caf(context.filed.caf, owner, "Les comptes viennent")


def _not_signed(context: BalanceContext) -> Finding | None:
    return not_signed(context.convention, context.filed.filed_on, "jour du dépôt des comptes")


def _report_incomplete(context: BalanceContext) -> Finding | None:
    """SOL-03: the three parts of the bilan are present."""
    if not (missing := missing_parts(context.filed.report)):
        return None
    return breach(
        "SOL-03",
        "Le bilan annuel est attendu entier, qualitatif, quantitatif et financier ; "
        f"manque : {missing}.",
    )


def _too_early(context: BalanceContext) -> Finding | None:
    """SOL-01: accounts are definitive: filed once the action of the school year has ended."""
    filed = context.filed
    opening = opening_of_accounts(context.grant.agrement, context.dossier.amendments)
    if filed.filed_on >= opening:
        return None
    return breach(
        "SOL-01",
        f"Les comptes sont déposés le {short_date(filed.filed_on)}, pendant l'action : les comptes "
        f"définitifs de {filed.school_year} sont attendus à partir du {short_date(opening)}.",
    )


def _collectif_not_named(context: BalanceContext) -> Finding | None:
    return not_named(context.filed, context.grant)


def _foreign_collectif(context: BalanceContext) -> Finding | None:
    return not_granted(context.filed, context.grant)


GATES = (Once(accepted=_accepted, sentence=_other_accounts),)
RULES = (
    Owner(
        caf=caf_of_grant,
        sentence=_other_caf,
        success_text="Les comptes viennent de la Caf du dossier.",
    ),
    Rule("CNV-01", _not_signed, "La convention est signée au jour du dépôt des comptes."),
    Rule("SOL-03", _report_incomplete, "Les trois parties du bilan sont présentes."),
    Rule("SOL-01", _too_early, "Les comptes sont déposés une fois l'action terminée."),
    Rule("SOL-03", _collectif_not_named, "Tous les collectifs accordés sont nommés."),
    Rule("COM-04", _foreign_collectif, "Tous les collectifs des comptes sont accordés."),
)

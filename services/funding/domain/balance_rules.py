"""Rules that definitive accounts must meet to settle the balance; all are evaluated."""

from dataclasses import dataclass
from datetime import date

from services.funding.domain.common_rules import missing_parts, not_granted, not_signed, other_caf
from services.funding.domain.states import Convention, Grant
from shared.contracts.common import Reason
from shared.contracts.elan import ResultAccountFiled
from shared.french import short_date
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class BalanceContext:
    """Definitive accounts, their grant, and the convention if one is signed."""

    filed: ResultAccountFiled
    grant: Grant
    convention: Convention | None


def _other_caf(context: BalanceContext) -> Reason | None:
    owner = context.grant.agrement.caf
    return other_caf(context.filed.caf, owner, "Les comptes viennent")


def _not_signed(context: BalanceContext) -> Reason | None:
    return not_signed(context.convention, context.filed.filed_on, "jour du dépôt des comptes")


def _report_incomplete(context: BalanceContext) -> Reason | None:
    """SOL-03: the three parts of the bilan are present."""
    if not (missing := missing_parts(context.filed.report)):
        return None
    return Reason(
        rule="SOL-03",
        message="Le bilan annuel est attendu entier, qualitatif, quantitatif et financier ; "
        f"manque : {missing}.",
    )


def _too_early(context: BalanceContext) -> Reason | None:
    """SOL-01: accounts are filed in N+1 at the earliest."""
    opening = date(context.grant.start_year + 1, 1, 1)
    filed = context.filed
    if filed.filed_on >= opening:
        return None
    return Reason(
        rule="SOL-01",
        message=f"Les comptes sont déposés le {short_date(filed.filed_on)} : les comptes "
        f"définitifs de {filed.school_year} sont attendus à partir du {short_date(opening)}.",
    )


def _foreign_collectif(context: BalanceContext) -> Reason | None:
    return not_granted(context.filed, context.grant)


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "Les comptes viennent de la Caf du dossier.", _other_caf),
    Rule("CNV-01", "La convention est signée au jour du dépôt des comptes.", _not_signed),
    Rule("SOL-03", "Les trois parties du bilan sont présentes.", _report_incomplete),
    Rule("SOL-01", "Les comptes sont déposés en N+1 ou après.", _too_early),
    Rule("COM-04", "Tous les collectifs des comptes sont accordés.", _foreign_collectif),
)

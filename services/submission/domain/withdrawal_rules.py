"""Rules that the withdrawal of a dossier must meet; the first violation ends the check."""

from dataclasses import dataclass

from services.submission.domain.states import Dossier
from shared.contracts.common import Reason
from shared.contracts.elan import WithdrawalRequested
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class WithdrawalContext:
    """A withdrawal request and its dossier."""

    requested: WithdrawalRequested
    dossier: Dossier


def other_caf(context: WithdrawalContext) -> Reason | None:
    """TEC-03: the Caf of the request is the dossier's."""
    caf, dossier = context.requested.caf, context.dossier
    if caf == dossier.caf:
        return None
    return Reason(
        rule="TEC-03",
        message=f"Le dossier {dossier.dossier_id} n'est pas un dossier de la Caf {caf}.",
    )


def already_rejected(context: WithdrawalContext) -> Reason | None:
    """RET-02: a rejected dossier cannot be withdrawn."""
    dossier = context.dossier
    if dossier.status != "rejected":
        return None
    return Reason(
        rule="RET-02",
        message=f"Le dossier {dossier.dossier_id} a été rejeté à sa révision {dossier.highest} :"
        " il n'y a plus rien à retirer.",
    )


def other_request(context: WithdrawalContext) -> Reason | None:
    """TEC-01: a dossier has one withdrawal request."""
    dossier = context.dossier
    if dossier.withdrawal is None:
        return None
    state = "déjà retiré" if dossier.status == "withdrawn" else "déjà en cours de retrait"
    return Reason(
        rule="TEC-01",
        message=f"Le dossier {dossier.dossier_id} est {state}, à la demande du"
        f" {dossier.withdrawal.requested_on:%d/%m/%Y} : aucune autre ne peut la remplacer.",
    )


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "La Caf est celle du dossier.", other_caf),
    Rule("RET-02", "Le dossier n'a pas été rejeté.", already_rejected),
    Rule("TEC-01", "Aucun autre retrait n'a été demandé.", other_request),
)

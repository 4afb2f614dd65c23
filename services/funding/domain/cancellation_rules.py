"""Rules that an order to cancel a grant must meet; each one is evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import closed, other_caf
from services.funding.domain.states import Grant
from shared.contracts.common import Reason
from shared.contracts.corrections import FundingCancellationOrdered
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class CancellationContext:
    """An order to cancel and the grant, given or waiting, that it is about."""

    order: FundingCancellationOrdered
    grant: Grant


def _other_caf(case: CancellationContext) -> Reason | None:
    return other_caf(case.order.caf, case.grant.agrement.caf, "L'ordre d'annulation vient")


def _closed(case: CancellationContext) -> Reason | None:
    return closed(case.grant, "son financement ne peut plus être annulé")


def _without_ground(case: CancellationContext) -> Reason | None:
    """Ask for a legal ground and a motive [AGR-03]."""
    parts = (("le fondement juridique", case.order.legal_ground), ("le motif", case.order.motive))
    if not (missing := [name for name, written in parts if not written]):
        return None
    return Reason(
        rule="AGR-03",
        message=f"Une annulation est fondée et motivée ; manque : {', '.join(missing)}.",
    )


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre d'annulation vient de la Caf du dossier.", _other_caf),
    Rule("SOL-02", "L'année scolaire n'est pas soldée.", _closed),
    Rule("AGR-03", "L'annulation est fondée et motivée.", _without_ground),
)

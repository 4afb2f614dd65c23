"""Rules that an order to cancel a grant must meet; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import closed, other_caf
from services.funding.domain.states import Grant
from shared.contracts.common import Reason
from shared.contracts.corrections import FundingCancellationOrdered
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class CancellationContext:
    """An order to cancel and its grant, granted or deferred."""

    order: FundingCancellationOrdered
    grant: Grant


def _other_caf(context: CancellationContext) -> Reason | None:
    return other_caf(context.order.caf, context.grant.agrement.caf, "L'ordre d'annulation vient")


def _closed(context: CancellationContext) -> Reason | None:
    return closed(context.grant, "son financement ne peut plus être annulé")


def _ground_or_motive_missing(context: CancellationContext) -> Reason | None:
    """AGR-03: the order states a legal ground and a motive."""
    parts = (
        ("le fondement juridique", context.order.legal_ground),
        ("le motif", context.order.motive),
    )
    if not (missing := [name for name, text in parts if not text]):
        return None
    return Reason(
        rule="AGR-03",
        message=f"Une annulation est fondée et motivée ; manque : {', '.join(missing)}.",
    )


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre d'annulation vient de la Caf du dossier.", _other_caf),
    Rule("SOL-02", "L'année scolaire n'est pas soldée.", _closed),
    Rule("AGR-03", "L'annulation est fondée et motivée.", _ground_or_motive_missing),
)

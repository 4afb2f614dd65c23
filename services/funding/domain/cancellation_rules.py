"""Rules that an order to cancel a grant must meet; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import caf_of_grant, closed, other_caf
from services.funding.domain.envelopes import Envelopes
from services.funding.domain.states import Grant
from shared.contracts.corrections import FundingCancellationOrdered
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class CancellationContext:
    """An order to cancel and its grant, granted or deferred, with the envelopes of its Caf."""

    order: FundingCancellationOrdered
    grant: Grant
    envelopes: Envelopes


def _accepted(context: CancellationContext) -> str | None:
    cancellation = context.grant.cancellation
    return cancellation.content if cancellation else None


def _other_order(context: CancellationContext) -> str:
    order = context.order
    return (
        f"Le financement du dossier {order.dossier_id} pour {order.school_year} est déjà "
        "annulé par une autre décision : elle ne change plus."
    )


def _other_caf(context: CancellationContext) -> str:
    return other_caf(context.order.caf, context.grant.agrement.caf, "L'ordre d'annulation vient")


def _closed(context: CancellationContext) -> Finding | None:
    return closed(context.grant, "son financement ne peut plus être annulé")


def _ground_or_motive_missing(context: CancellationContext) -> Finding | None:
    """AGR-03: the order states a legal ground and a motive."""
    parts = (
        ("le fondement juridique", context.order.legal_ground),
        ("le motif", context.order.motive),
    )
    if not (missing := [name for name, text in parts if not text]):
        return None
    return breach(
        "AGR-03",
        f"Une annulation est fondée et motivée ; manque : {', '.join(missing)}.",
    )


GATES = (Once(accepted=_accepted, sentence=_other_order),)
RULES = (
    Owner(
        caf=caf_of_grant,
        sentence=_other_caf,
        success_text="L'ordre d'annulation vient de la Caf du dossier.",
    ),
    Rule("SOL-02", _closed, "L'année scolaire n'est pas soldée."),
    Rule("AGR-03", _ground_or_motive_missing, "L'annulation est fondée et motivée."),
)

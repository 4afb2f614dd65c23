"""Rules that the reversal of an advance must meet; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import closed, other_caf
from services.funding.domain.states import AcceptedOrder, Grant
from shared.contracts.common import Reason
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.french import short_date
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ReversalContext:
    """A reversal, its grant, and the advance where it was granted on that grant."""

    reversal: AdvanceReversalOrdered
    grant: Grant
    advance: AcceptedOrder | None


def _other_caf(context: ReversalContext) -> Reason | None:
    return other_caf(context.reversal.caf, context.grant.agrement.caf, "L'ordre d'annulation vient")


def _unknown(context: ReversalContext) -> Reason | None:
    """ACO-05: the advance is of this dossier and school year."""
    if context.advance:
        return None
    reversal = context.reversal
    return Reason(
        rule="ACO-05",
        message=f"Aucun acompte n'a été accordé par l'ordre {reversal.order_id} au dossier "
        f"{reversal.dossier_id} pour {reversal.school_year}.",
    )


def _reversed_before(context: ReversalContext) -> Reason | None:
    """ACO-06: the advance is not reversed yet."""
    if not (context.advance and context.advance.reversed_by):
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'acompte {context.advance.order_id} est déjà annulé par "
        f"{context.advance.reversed_by}.",
    )


def _before_the_advance(context: ReversalContext) -> Reason | None:
    """ACO-06: the reversal is dated on the day of the advance or after."""
    ordered_on = context.reversal.ordered_on
    if context.advance is None or ordered_on >= context.advance.ordered_on:
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'annulation est ordonnée le {short_date(ordered_on)}, avant l'acompte "
        f"{context.advance.order_id}, du {short_date(context.advance.ordered_on)}.",
    )


def _closed(context: ReversalContext) -> Reason | None:
    return closed(context.grant, "aucun acompte ne peut plus y être annulé")


RULES: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre d'annulation vient de la Caf du dossier.", _other_caf),
    Rule("ACO-05", "L'acompte est de ce dossier et de cette année scolaire.", _unknown),
    Rule("ACO-06", "L'acompte n'est pas encore annulé.", _reversed_before),
    Rule("ACO-06", "L'annulation n'est pas antérieure à l'acompte.", _before_the_advance),
    Rule("SOL-02", "L'année scolaire n'est ni soldée ni annulée.", _closed),
)

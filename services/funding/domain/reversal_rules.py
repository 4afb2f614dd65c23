"""Rules that the reversal of an advance must meet; all are evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import accepted_content, caf_of_grant, closed, other_caf
from services.funding.domain.states import AcceptedOrder, AcceptedReversal, Grant
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.french import short_date
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class ReversalContext:
    """A reversal, its grant, the one accepted under its id, and the advance of that grant."""

    reversal: AdvanceReversalOrdered
    grant: Grant
    accepted: AcceptedReversal | None
    advance: AcceptedOrder | None


def _other_content(context: ReversalContext) -> str:
    return (
        f"L'annulation {context.reversal.reversal_id} a déjà été faite avec un autre contenu : "
        "elle ne change plus, une nouvelle annulation demande un nouvel identifiant."
    )


def _other_caf(context: ReversalContext) -> str:
    return other_caf(context.reversal.caf, context.grant.agrement.caf, "L'ordre d'annulation vient")


def _unknown(context: ReversalContext) -> Finding | None:
    """ACO-05: the advance is of this dossier and school year."""
    if context.advance:
        return None
    reversal = context.reversal
    return breach(
        "ACO-05",
        f"Aucun acompte n'a été accordé par l'ordre {reversal.order_id} au dossier "
        f"{reversal.dossier_id} pour {reversal.school_year}.",
    )


def _reversed_before(context: ReversalContext) -> Finding | None:
    """ACO-06: the advance is not reversed yet."""
    if not (context.advance and context.advance.reversed_by):
        return None
    return breach(
        "ACO-06",
        f"L'acompte {context.advance.order_id} est déjà annulé par {context.advance.reversed_by}.",
    )


def _before_the_advance(context: ReversalContext) -> Finding | None:
    """ACO-06: the reversal is dated on the day of the advance or after."""
    ordered_on = context.reversal.ordered_on
    if context.advance is None or ordered_on >= context.advance.ordered_on:
        return None
    return breach(
        "ACO-06",
        f"L'annulation est ordonnée le {short_date(ordered_on)}, avant l'acompte "
        f"{context.advance.order_id}, du {short_date(context.advance.ordered_on)}.",
    )


def _closed(context: ReversalContext) -> Finding | None:
    return closed(context.grant, "aucun acompte ne peut plus y être annulé")


GATES = (Once(accepted=accepted_content, sentence=_other_content),)
RULES = (
    Owner(
        caf=caf_of_grant,
        sentence=_other_caf,
        success_text="L'ordre d'annulation vient de la Caf du dossier.",
    ),
    Rule("ACO-05", _unknown, "L'acompte est de ce dossier et de cette année scolaire."),
    Rule("ACO-06", _reversed_before, "L'acompte n'est pas encore annulé."),
    Rule("ACO-06", _before_the_advance, "L'annulation n'est pas antérieure à l'acompte."),
    Rule("SOL-02", _closed, "L'année scolaire n'est ni soldée ni annulée."),
)

"""Rules that the reversal of an advance must meet; each one is evaluated."""

from dataclasses import dataclass

from services.funding.domain.common_rules import closed, other_caf
from services.funding.domain.states import AcceptedOrder, Grant
from shared.contracts.common import Reason
from shared.contracts.corrections import AdvanceReversalOrdered
from shared.french import short_date
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ReversalContext:
    """A reversal, the grant that it gives back to, the advance if that grant has it."""

    reversal: AdvanceReversalOrdered
    grant: Grant
    advance: AcceptedOrder | None


def _other_caf(case: ReversalContext) -> Reason | None:
    return other_caf(case.reversal.caf, case.grant.agrement.caf, "L'ordre d'annulation vient")


def _unknown(case: ReversalContext) -> Reason | None:
    """Take back an advance of this dossier and school year [ACO-05]."""
    if case.advance:
        return None
    reversal = case.reversal
    return Reason(
        rule="ACO-05",
        message=f"Aucun acompte n'a été accordé par l'ordre {reversal.order_id} au dossier "
        f"{reversal.dossier_id} pour {reversal.school_year}.",
    )


def _reversed_before(case: ReversalContext) -> Reason | None:
    """Take an advance back once [ACO-06]."""
    if not (case.advance and case.advance.reversed_by):
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'acompte {case.advance.order_id} est déjà annulé par "
        f"{case.advance.reversed_by}.",
    )


def _before_the_advance(case: ReversalContext) -> Reason | None:
    """Take an advance back on its own day or after [ACO-06]."""
    ordered_on = case.reversal.ordered_on
    if case.advance is None or ordered_on >= case.advance.ordered_on:
        return None
    return Reason(
        rule="ACO-06",
        message=f"L'annulation est ordonnée le {short_date(ordered_on)}, avant l'acompte "
        f"{case.advance.order_id}, du {short_date(case.advance.ordered_on)}.",
    )


def _closed(case: ReversalContext) -> Reason | None:
    return closed(case.grant, "aucun acompte ne peut plus y être annulé")


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre d'annulation vient de la Caf du dossier.", _other_caf),
    Rule("ACO-05", "L'acompte est de ce dossier et de cette année scolaire.", _unknown),
    Rule("ACO-06", "L'acompte n'est pas encore annulé.", _reversed_before),
    Rule("ACO-06", "L'annulation n'est pas antérieure à l'acompte.", _before_the_advance),
    Rule("SOL-02", "L'année scolaire n'est ni soldée ni annulée.", _closed),
)

"""Rules that an order of advance must meet; all are evaluated."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.common_rules import (
    accepted_content,
    caf_of_grant,
    closed,
    not_signed,
    other_caf,
)
from services.funding.domain.states import AcceptedOrder, Convention, Grant
from shared.contracts.caf import AdvanceOrdered
from shared.contracts.funding import FundingGranted
from shared.french import euros, short_date
from shared.kernel.decision import Finding
from shared.kernel.requests import Once, Owner
from shared.kernel.rules import Rule, breach


@dataclass(frozen=True, slots=True)
class AdvanceContext:
    """An order of advance, its grant, the order accepted under its id, the convention if signed."""

    order: AdvanceOrdered
    grant: Grant
    funding: FundingGranted
    accepted: AcceptedOrder | None
    convention: Convention | None

    @property
    def exercises(self) -> tuple[int, int]:
        """Exercises N and N+1 of the school year."""
        return (self.grant.start_year, self.grant.start_year + 1)

    @property
    def agrees(self) -> bool:
        """Whether the exercise belongs to the school year and is the year of the order's date."""
        order = self.order
        return order.exercise in self.exercises and order.exercise == order.ordered_on.year

    @property
    def ahead(self) -> bool:
        """Whether exercise N+1 is requested in N or before."""
        return self.order.exercise == self.exercises[1] > self.order.ordered_on.year


def _other_content(context: AdvanceContext) -> str:
    return (
        f"L'ordre {context.order.order_id} a déjà été accepté avec un autre contenu : "
        "il ne change plus, un nouvel acompte demande un nouvel identifiant."
    )


def _other_caf(context: AdvanceContext) -> str:
    return other_caf(context.order.caf, context.grant.agrement.caf, "L'ordre vient")


def _not_signed(context: AdvanceContext) -> Finding | None:
    return not_signed(context.convention, context.order.ordered_on, "jour de l'ordre d'acompte")


def _before_the_agrement(context: AdvanceContext) -> Finding | None:
    """CAL-05: an advance is ordered on the day of the agrement or after it."""
    ordered_on, decided_on = context.order.ordered_on, context.grant.agrement.decided_on
    if ordered_on >= decided_on:
        return None
    return breach(
        "CAL-05",
        f"L'acompte est ordonné le {short_date(ordered_on)}, avant la décision d'agrément du "
        f"{short_date(decided_on)}.",
    )


def _before_exercise(context: AdvanceContext) -> Finding | None:
    """ACO-02: exercise N+1 is not paid before its first day."""
    order = context.order
    if not context.ahead:
        return None
    return breach(
        "ACO-02",
        f"L'acompte sur l'exercice {order.exercise} est ordonné "
        f"le {short_date(order.ordered_on)} : il ne peut l'être qu'à partir du "
        f"01/01/{order.exercise}.",
    )


def _outside_exercise(context: AdvanceContext) -> Finding | None:
    """ACO-04: the exercise belongs to the school year and the order is dated within it."""
    if context.agrees or context.ahead:
        return None
    order, (first, second) = context.order, context.exercises
    return breach(
        "ACO-04",
        f"L'acompte sur l'exercice {order.exercise} est ordonné le "
        f"{short_date(order.ordered_on)} : il doit être daté de {order.exercise}, les deux "
        "exercices se gèrent séparément."
        if order.exercise in context.exercises
        else f"L'exercice {order.exercise} n'est pas de l'année scolaire {order.school_year} : "
        f"{first} ou {second} est attendu.",
    )


def _zero_amount(context: AdvanceContext) -> Finding | None:
    """ACO-04: the amount is above zero."""
    if context.order.amount:
        return None
    return breach(
        "ACO-04",
        f"Le montant ordonné est de {euros(context.order.amount)} : "
        "un montant supérieur à zéro est attendu.",
    )


def _above_ceiling(context: AdvanceContext) -> Finding | None:
    """ACO-01 for N, ACO-03 for N+1: the advances of an exercise stay within its ceiling.

    Evaluated when exercise and date agree; else ACO-02 or ACO-04 applies.
    """
    order = context.order
    if not context.agrees:
        return None
    paid, ceiling, rule = _limit(context)
    if paid + order.amount <= ceiling:
        return None
    return breach(
        rule,
        f"Les acomptes de l'exercice {order.exercise} atteindraient "
        f"{euros(paid + order.amount)}, dont {euros(paid)} déjà accordés : "
        f"leur plafond est de {euros(ceiling)}.",
    )


def _limit(context: AdvanceContext) -> tuple[Decimal, Decimal, str]:
    if context.order.exercise == context.exercises[0]:
        return context.grant.advances_n, context.funding.advance_ceiling_n, "ACO-01"
    return context.grant.advances_n1, context.funding.advance_ceiling_n1, "ACO-03"


def _closed(context: AdvanceContext) -> Finding | None:
    return closed(context.grant, "aucun acompte ne peut plus être versé")


GATES = (Once(accepted=accepted_content, sentence=_other_content),)
RULES = (
    Owner(
        caf=caf_of_grant,
        sentence=_other_caf,
        success_text="L'ordre vient de la Caf du dossier.",
    ),
    Rule("CNV-01", _not_signed, "La convention est signée au jour de l'ordre."),
    Rule("CAL-05", _before_the_agrement, "L'acompte suit la décision d'agrément."),
    Rule("ACO-02", _before_exercise, "L'exercice n'est pas payé d'avance."),
    Rule(
        "ACO-04", _outside_exercise, "L'exercice est de l'année scolaire et de la date de l'ordre."
    ),
    Rule("ACO-04", _zero_amount, "Le montant est supérieur à zéro."),
    Rule("ACO-01", _above_ceiling, "Les acomptes de l'exercice restent sous leur plafond."),
    Rule("SOL-02", _closed, "L'année scolaire n'est ni soldée ni annulée."),
)

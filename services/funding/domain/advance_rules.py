"""May this advance be granted? Every rule is asked, every reason is told."""

from dataclasses import dataclass
from decimal import Decimal

from services.funding.domain.common_rules import closed, not_signed, other_caf
from services.funding.domain.states import Convention, Grant
from shared.contracts.caf import AdvanceOrdered
from shared.contracts.common import Reason
from shared.contracts.funding import FundingGranted
from shared.french import euros, short_date
from shared.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class AdvanceContext:
    """An order, the grant that it draws on, and the dossier's convention if one is signed."""

    order: AdvanceOrdered
    grant: Grant
    funding: FundingGranted
    convention: Convention | None

    @property
    def exercises(self) -> tuple[int, int]:
        """Exercises N and N+1 of the school year."""
        return (self.grant.start_year, self.grant.start_year + 1)

    @property
    def agrees(self) -> bool:
        """Whether the exercise is one of the school year, and that of the order's date."""
        order = self.order
        return order.exercise in self.exercises and order.exercise == order.ordered_on.year

    @property
    def ahead(self) -> bool:
        """Whether exercise N+1 is asked for in N or before."""
        return self.order.exercise == self.exercises[1] > self.order.ordered_on.year


def _other_caf(case: AdvanceContext) -> Reason | None:
    return other_caf(case.order.caf, case.grant.agrement.caf, "L'ordre vient")


def _not_signed(case: AdvanceContext) -> Reason | None:
    return not_signed(case.convention, case.order.ordered_on, "jour de l'ordre d'acompte")


def _ahead_of_its_exercise(case: AdvanceContext) -> Reason | None:
    """Pay nothing in N on exercise N+1 [ACO-02]."""
    order = case.order
    if not case.ahead:
        return None
    return Reason(
        rule="ACO-02",
        message=f"L'acompte sur l'exercice {order.exercise} est ordonné "
        f"le {short_date(order.ordered_on)} : il ne peut l'être qu'à partir du "
        f"01/01/{order.exercise}.",
    )


def _out_of_its_exercise(case: AdvanceContext) -> Reason | None:
    """Ask for an exercise of the school year, and a date within it [ACO-04]."""
    if case.agrees or case.ahead:
        return None
    order, (first, second) = case.order, case.exercises
    return Reason(
        rule="ACO-04",
        message=(
            f"L'acompte sur l'exercice {order.exercise} est ordonné le "
            f"{short_date(order.ordered_on)} : il doit être daté de {order.exercise}, les deux "
            "exercices se gèrent séparément."
            if order.exercise in case.exercises
            else f"L'exercice {order.exercise} n'est pas de l'année scolaire {order.school_year} : "
            f"{first} ou {second} est attendu."
        ),
    )


def _nothing_asked(case: AdvanceContext) -> Reason | None:
    """Ask for more than zero [ACO-04]."""
    if case.order.amount:
        return None
    return Reason(
        rule="ACO-04",
        message=f"Le montant ordonné est de {euros(case.order.amount)} : "
        "un montant supérieur à zéro est attendu.",
    )


def _beyond_the_ceiling(case: AdvanceContext) -> Reason | None:
    """Keep the advances of an exercise within its ceiling [ACO-01 for N, ACO-03 for N+1].

    Judged when exercise and date agree: else no ceiling is concerned yet.
    """
    order = case.order
    if not case.agrees:
        return None
    paid, ceiling, rule = _limit(case)
    if paid + order.amount <= ceiling:
        return None
    return Reason(
        rule=rule,
        message=f"Les acomptes de l'exercice {order.exercise} atteindraient "
        f"{euros(paid + order.amount)}, dont {euros(paid)} déjà accordés : "
        f"leur plafond est de {euros(ceiling)}.",
    )


def _limit(case: AdvanceContext) -> tuple[Decimal, Decimal, str]:
    if case.order.exercise == case.exercises[0]:
        return case.grant.advances_n, case.funding.advance_ceiling_n, "ACO-01"
    return case.grant.advances_n1, case.funding.advance_ceiling_n1, "ACO-03"


def _closed(case: AdvanceContext) -> Reason | None:
    return closed(case.grant, "aucun acompte ne peut plus être versé")


CHECKS: tuple[Rule, ...] = (
    Rule("TEC-03", "L'ordre vient de la Caf du dossier.", _other_caf),
    Rule("CNV-01", "La convention est signée au jour de l'ordre.", _not_signed),
    Rule("ACO-02", "L'exercice n'est pas payé d'avance.", _ahead_of_its_exercise),
    Rule(
        "ACO-04",
        "L'exercice est de l'année scolaire et de la date de l'ordre.",
        _out_of_its_exercise,
    ),
    Rule("ACO-04", "Le montant est supérieur à zéro.", _nothing_asked),
    Rule("ACO-01", "Les acomptes de l'exercice restent sous leur plafond.", _beyond_the_ceiling),
    Rule("SOL-02", "L'année scolaire n'est ni soldée ni annulée.", _closed),
)

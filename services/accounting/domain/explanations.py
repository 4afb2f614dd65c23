"""Steps that explain amounts, in French, for the receipt (the decision record)."""

from collections.abc import Iterable
from decimal import Decimal

from services.accounting.domain.movements import Due
from shared.french import euros
from shared.kernel.decision import Finding
from shared.kernel.rules import computed

EXPENSES = ("CPT-01", "CPT-02", "CPT-03")
"""Rule of an expense by its age in exercises."""
AGES = ("de l’exercice", "sur l’exercice précédent", "sur un exercice antérieur")


def explain_result(due: Due, final: Decimal, advances: Decimal) -> Finding:
    """Explain the amount due for one origin, net of its advances [CPT-05]."""
    return computed(
        "CPT-05",
        f"Exercice {due.origin} : {euros(final)} dus moins {euros(advances)} d’acomptes"
        f" = {euros(due.amount)}",
        final=final,
        advances=advances,
        result=due.amount,
    )


def explain_dues(dues: Iterable[Due], booked: int) -> tuple[Finding, ...]:
    """Explain the use of the accrual, and the expense by its age [CPT-01…04]."""
    return tuple(step for due in dues for step in _explain_due(due, booked))


def _explain_due(due: Due, booked: int) -> Iterable[Finding]:
    if due.accrued:
        yield computed(
            "CPT-04",
            f"Exercice {due.origin} : charge à payer diminuée de {euros(due.accrued)}",
            accrued=due.accrued,
        )
    if due.expense:
        age = min(booked - due.origin, 2)
        yield computed(
            EXPENSES[age],
            f"Exercice {due.origin} : dépense {AGES[age]} de {euros(due.expense)},"
            f" imputée en {booked}",
            expense=due.expense,
        )


def explain_accrual(dossier_id: str, due: Decimal, advances: Decimal, accrued: Decimal) -> Finding:
    """Explain the accrual of a closing: part N net of the advances of the exercise [CPT-06]."""
    return computed(
        "CPT-06",
        f"{dossier_id} : charge à payer = part N de {euros(due)} moins {euros(advances)}"
        f" d’acomptes de l’exercice, jamais en dessous de zéro = {euros(accrued)}",
        due=due,
        advances=advances,
        accrued=accrued,
    )


def explain_commitment(dossier_id: str, committed: Decimal) -> Finding:
    """Explain the commitment of a closing: part N+1 without bonus [CPT-07]."""
    return computed(
        "CPT-07",
        f"{dossier_id} : engagement de la part N+1, hors bonus = {euros(committed)}",
        committed=committed,
    )


def explain_reversal(dossier_id: str, reversed_: Decimal) -> Finding:
    """Explain the reversal of the whole commitment by a closing [CPT-11]."""
    return computed(
        "CPT-11",
        f"{dossier_id} : contrepassation de l’engagement, en entier = {euros(reversed_)}",
        reversed=reversed_,
    )

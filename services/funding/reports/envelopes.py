"""The envelopes of a Caf by exercise, and their waiting list [ENV-01, ENV-03]."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from services.funding.domain.envelopes import Envelopes
from services.funding.rights import Right, Rights
from shared.console.tables import Cell, Sheet
from shared.kernel.calendar import start_year
from shared.kernel.money import ZERO, total

COLUMNS = ("Exercice", "Alloué", "Accordé", "Réglé depuis", "En attente", "Il faudrait", "Reste")
LIST = ("Rang", "Dossier", "Gestionnaire", "Année scolaire", "Décidé le", "Exercice", "Il faut")
NOTE = (
    "Accordé : ce qui est réservé sur l'enveloppe, sans changer au solde. Réglé depuis : parts et"
    " bonus définitifs des droits soldés, contrôles compris, par exercice d'origine."
)


def envelopes(state: Envelopes, rights: Rights, exercise: int | None = None) -> Sheet:
    """Return one row per exercise; an exercise without an allotment is not limited."""
    settled = settled_by_exercise(rights)
    years = {line.exercise for line in state.lines} | settled.keys()
    return Sheet(
        title=f"Enveloppes de la Caf {state.caf}",
        columns=COLUMNS,
        rows=tuple(
            _row(state, year, settled.get(year, ZERO))
            for year in sorted(years)
            if exercise in {None, year}
        ),
        notes=(NOTE,),
    )


def waiting_list(state: Envelopes, rights: Rights, exercise: int | None = None) -> Sheet:
    """Return the waiting list in the order of service: one row per exercise of a reservation."""
    return Sheet(
        title=f"Liste d'attente de la Caf {state.caf} : {len(state.waiting)}",
        columns=LIST,
        rows=tuple(row for row in _waiting_rows(state, rights) if exercise in {None, row[5]}),
    )


def settled_by_exercise(rights: Rights) -> dict[int, Decimal]:
    """Return the settled amount by exercise: its part, bonuses with N+1, controls by origin."""
    amounts: dict[int, Decimal] = {}
    for right in rights.by_key.values():
        for exercise, amount in _settled(right):
            amounts[exercise] = amounts.get(exercise, ZERO) + amount
    return amounts


def _settled(right: Right) -> Iterator[tuple[int, Decimal]]:
    if right.settled:
        year = start_year(right.school_year)
        yield year, right.settled.final_part_n
        yield year + 1, right.settled.final_part_n1 + right.settled.final_bonus
        for control in right.adjustments:
            yield from ((origin.exercise, origin.amount) for origin in control.by_origin)


def _row(state: Envelopes, exercise: int, settled: Decimal) -> tuple[Cell, ...]:
    line, needed = state.line(exercise), list(_needed(state, exercise))
    allotted = line.allotment.amount if line.allotment else "non limité"
    return (
        str(exercise),
        allotted,
        line.granted,
        settled,
        len(needed),
        total(needed),
        line.left,
    )


def _needed(state: Envelopes, exercise: int) -> Iterable[Decimal]:
    charges = (charge for reservation in state.waiting for charge in reservation.charges)
    return (charge.amount for charge in charges if charge.exercise == exercise)


def _waiting_rows(state: Envelopes, rights: Rights) -> Iterator[tuple[Cell, ...]]:
    for rank, reservation in enumerate(state.waiting, 1):
        agrement = rights.agrements.get(reservation.dossier_id)
        name = agrement.gestionnaire.name if agrement else ""
        head = (
            str(rank),
            reservation.dossier_id,
            name,
            reservation.school_year,
            reservation.decided_on,
        )
        for charge in reservation.charges:
            yield (*head, charge.exercise, charge.amount)

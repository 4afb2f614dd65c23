"""The envelopes of a Caf by exercise, and the list of those who wait for them [ENV-01, ENV-03]."""

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


def envelopes(found: Envelopes, lives: Rights, exercise: int | None = None) -> Sheet:
    """Return one row per exercise; one without an allotment is not limited."""
    settled = settled_by_exercise(lives)
    years = {line.exercise for line in found.lines} | settled.keys()
    return Sheet(
        title=f"Enveloppes de la Caf {found.caf}",
        columns=COLUMNS,
        rows=tuple(
            _row(found, year, settled.get(year, ZERO))
            for year in sorted(years)
            if exercise in {None, year}
        ),
        notes=(NOTE,),
    )


def waiting_list(found: Envelopes, lives: Rights, exercise: int | None = None) -> Sheet:
    """Return who waits, in the order they are served: one row per exercise needed."""
    return Sheet(
        title=f"Liste d'attente de la Caf {found.caf} : {len(found.waiting)}",
        columns=LIST,
        rows=tuple(row for row in _claims(found, lives) if exercise in {None, row[5]}),
    )


def settled_by_exercise(lives: Rights) -> dict[int, Decimal]:
    """Return what was settled of each exercise: its part, bonuses with N+1, then controls."""
    found: dict[int, Decimal] = {}
    for life in lives.rights.values():
        for exercise, amount in _settled(life):
            found[exercise] = found.get(exercise, ZERO) + amount
    return found


def _settled(life: Right) -> Iterator[tuple[int, Decimal]]:
    if life.settled:
        year = start_year(life.school_year)
        yield year, life.settled.final_part_n
        yield year + 1, life.settled.final_part_n1 + life.settled.final_bonus
        for control in life.adjusted:
            yield from ((origin.exercise, origin.amount) for origin in control.by_origin)


def _row(found: Envelopes, exercise: int, settled: Decimal) -> tuple[Cell, ...]:
    line, needed = found.line(exercise), list(_needed(found, exercise))
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


def _needed(found: Envelopes, exercise: int) -> Iterable[Decimal]:
    charges = (charge for claim in found.waiting for charge in claim.charges)
    return (charge.amount for charge in charges if charge.exercise == exercise)


def _claims(found: Envelopes, lives: Rights) -> Iterator[tuple[Cell, ...]]:
    for rank, claim in enumerate(found.waiting, 1):
        agrement = lives.agrements.get(claim.dossier_id)
        name = agrement.gestionnaire.name if agrement else ""
        head = (str(rank), claim.dossier_id, name, claim.school_year, claim.decided_on)
        for charge in claim.charges:
            yield (*head, charge.exercise, charge.amount)

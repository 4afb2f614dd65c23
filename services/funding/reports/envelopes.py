"""The envelopes of a Caf by exercise, and their waiting list [ENV-01, ENV-03]."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

from services.funding.domain.envelopes import Envelopes
from services.funding.rights import Rights
from shared.console.tables import Cell, Sheet
from shared.contracts.types import Money, SignedMoney
from shared.kernel.money import ZERO, total

COLUMNS = ("Exercice", "Alloué", "Accordé", "Réglé depuis", "En attente", "Il faudrait", "Reste")
LIST = ("Rang", "Dossier", "Gestionnaire", "Année scolaire", "Décidé le", "Exercice", "Il faut")
NOTE = (
    "Accordé : ce qui est réservé sur l'enveloppe, sans changer au solde. Réglé depuis : parts et"
    " bonus définitifs des droits soldés, contrôles compris, par exercice d'origine."
)


@dataclass(frozen=True, slots=True)
class ExerciseCredits:
    """The credits of an exercise, in euros; without an allotment nothing limits it.

    `settled`: final parts and bonuses of settled rights, controls included. `waiting` grants
    need `needed`.
    """

    exercise: int
    allotted: Money | None
    granted: Money
    settled: SignedMoney
    waiting: int
    needed: Money
    left: SignedMoney | None


@dataclass(frozen=True, slots=True)
class WaitingCharge:
    """What a grant on the waiting list needs of an exercise, in euros, in the order of service."""

    rank: int
    dossier_id: str
    gestionnaire: str
    school_year: str
    decided_on: date
    exercise: int
    amount: Money


@dataclass(frozen=True, slots=True)
class EnvelopesDocument:
    """The credits of a Caf by exercise, and its waiting list."""

    caf: str
    exercises: tuple[ExerciseCredits, ...]
    waiting: tuple[WaitingCharge, ...]


def envelopes_document(
    state: Envelopes, rights: Rights, exercise: int | None = None
) -> EnvelopesDocument:
    """Return the credits and the waiting list of all exercises, or of one."""
    settled = settled_by_exercise(rights)
    years = {line.exercise for line in state.lines} | settled.keys()
    return EnvelopesDocument(
        caf=state.caf,
        exercises=tuple(
            _credits(state, year, settled.get(year, ZERO))
            for year in sorted(years)
            if exercise in {None, year}
        ),
        waiting=tuple(
            charge for charge in _waiting(state, rights) if exercise in {None, charge.exercise}
        ),
    )


def envelopes(state: Envelopes, rights: Rights, exercise: int | None = None) -> Sheet:
    """Return one row per exercise; an exercise without an allotment is not limited."""
    return Sheet(
        title=f"Enveloppes de la Caf {state.caf}",
        columns=COLUMNS,
        rows=tuple(map(_row, envelopes_document(state, rights, exercise).exercises)),
        notes=(NOTE,),
    )


def waiting_list(state: Envelopes, rights: Rights, exercise: int | None = None) -> Sheet:
    """Return the waiting list in the order of service: one row per exercise of a reservation."""
    return Sheet(
        title=f"Liste d'attente de la Caf {state.caf} : {len(state.waiting)}",
        columns=LIST,
        rows=tuple(map(_waiting_row, envelopes_document(state, rights, exercise).waiting)),
    )


def settled_by_exercise(rights: Rights) -> dict[int, Decimal]:
    """Return the settled amount by exercise: its part, bonuses with N+1, controls by origin."""
    amounts: dict[int, Decimal] = {}
    for right in rights.by_key.values():
        if right.settled:
            for exercise, amount in zip(right.exercises, right.settled_due.by_origin, strict=True):
                amounts[exercise] = amounts.get(exercise, ZERO) + amount
    return amounts


def _credits(state: Envelopes, exercise: int, settled: Decimal) -> ExerciseCredits:
    line, needed = state.line(exercise), state.waiting_on(exercise)
    return ExerciseCredits(
        exercise=exercise,
        allotted=line.allotment.amount if line.allotment else None,
        granted=line.granted,
        settled=settled,
        waiting=len(needed),
        needed=total(needed),
        left=line.left,
    )


def _row(credits_of_year: ExerciseCredits) -> tuple[Cell, ...]:
    exercise, allotted, *figures = astuple(credits_of_year)
    return (str(exercise), "non limité" if allotted is None else allotted, *figures)


def _waiting(state: Envelopes, rights: Rights) -> Iterator[WaitingCharge]:
    for rank, reservation in enumerate(state.waiting, 1):
        agrement = rights.agrements.get(reservation.dossier_id)
        for charge in reservation.charges:
            yield WaitingCharge(
                rank,
                reservation.dossier_id,
                agrement.gestionnaire.name if agrement else "",
                reservation.school_year,
                reservation.decided_on,
                charge.exercise,
                charge.amount,
            )


def _waiting_row(charge: WaitingCharge) -> tuple[Cell, ...]:
    rank, *cells, exercise, amount = astuple(charge)
    return (str(rank), *cells, str(exercise), amount)

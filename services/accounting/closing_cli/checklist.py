"""What stands before a closing, told point by point: what blocks it, what deserves a look.

Blocking is what the closing would be refused for, or what it would not see. Anything else is the
accounting officer's to judge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.console.idle import Backlog
from shared.contracts.common import Reason
from shared.french import counted, listed
from shared.kernel.calendar import school_year

Mark = Literal["clear", "look", "block"]
NAMED_MAX = 10
"""Dossiers named in one point: the rest is counted."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many there are, and the first of them by name."""

    count: int = 0
    first: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return `A, B et 3 autres`."""
        rest = self.count - len(self.first)
        return listed([*self.first, *([counted(rest, "autre")] if rest else [])])


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What is known of a Caf before the closing of an exercise.

    `refusals`: what accounting would answer now [CLO-01, CLO-02, CLO-03]. `unsettled`: grants of
    the school year that ended in the exercise, of `ended` in all. `for_bareme` and `for_credits`:
    grants that funding has deferred. `refused_accounts`: not settled, and their last accounts
    refused. `letters`: dead letters of this Caf, or of no Caf that can be read, by service.
    `starting` and `committed`: grants to accrue, and commitments to reverse.
    `listening`: how many replicas of accounting consume.
    """

    caf: str
    exercise: int
    closed_on: date
    refusals: tuple[Reason, ...]
    left: Backlog
    ended: int
    unsettled: Sample
    for_bareme: Sample
    for_credits: Sample
    refused_accounts: Sample
    letters: Mapping[str, int]
    starting: int
    committed: int
    listening: int


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One point of the checklist; `way_out` says what can be done about it."""

    mark: Mark
    text: str
    way_out: str = ""


def checklist(facts: Preconditions) -> tuple[ChecklistItem, ...]:
    """Return every point, in the order that it is told."""
    return tuple(point for tell in POINTS for point in tell(facts))


def blocked(points: Iterable[ChecklistItem]) -> bool:
    """Tell whether a closing must not be asked for."""
    return any(point.mark == "block" for point in points)


def _order(facts: Preconditions) -> Iterable[ChecklistItem]:
    for reason in facts.refusals:
        yield ChecklistItem("block", f"[{reason.rule}] {reason.message}")
    if not facts.refusals:
        day = f"{facts.closed_on:%d/%m/%Y}"
        told = f"Exercice {facts.exercise} ouvert, aucun exercice antérieur à clôturer"
        yield ChecklistItem("clear", f"{told} ; clôture datée du {day}.")


def _quiet(facts: Preconditions) -> Iterable[ChecklistItem]:
    if not facts.left.total:
        yield ChecklistItem(
            "clear", "Rien n’attend dans les files ni dans les envois des services."
        )
        return
    way_out = "`clas wait` attend qu’ils soient traités ; `clas doctor` dit ce qui ne tourne pas."
    told = f"Des messages attendent, que la clôture ne verrait pas : {_left(facts.left)}."
    yield ChecklistItem("block", told, way_out)


def _left(left: Backlog) -> str:
    queues = (f"{counted(n, 'message')} pour {of}" for of, n in left.queues.items() if n)
    outboxes = (f"{counted(n, 'envoi')} par {of}" for of, n in left.outboxes.items() if n)
    return listed([*queues, *outboxes])


def _listening(facts: Preconditions) -> Iterable[ChecklistItem]:
    if not facts.listening:
        told = "Le service accounting ne tourne pas : la clôture attendra qu’il démarre."
        yield ChecklistItem("look", told, "`clas serve accounting` le démarre.")


def _balances(facts: Preconditions) -> Iterable[ChecklistItem]:
    year, unsettled = school_year(facts.exercise - 1), facts.unsettled
    if not facts.ended:
        yield ChecklistItem("clear", f"Soldes {year} : aucun droit.")
    elif not unsettled.count:
        told = counted(facts.ended, "droit soldé", "droits, tous soldés")
        yield ChecklistItem("clear", f"Soldes {year} : {told}.")
    else:
        whole = f"{counted(unsettled.count, 'droit')} sur {facts.ended} sans solde"
        way_out = "Ce qui reste dû tombera sur un exercice ultérieur ; `clas report bilans`."
        yield ChecklistItem("look", f"Soldes {year} : {whole} ({unsettled}).", way_out)


def _accounts(facts: Preconditions) -> Iterable[ChecklistItem]:
    if refused := facts.refused_accounts.count:
        told = counted(refused, "compte de résultat refusé", "comptes de résultat refusés")
        way_out = "Le gestionnaire doit en déposer de nouveaux ; `clas explain` dit pourquoi."
        yield ChecklistItem(
            "look", f"{told}, sans solde depuis ({facts.refused_accounts}).", way_out
        )


def _waiting(facts: Preconditions) -> Iterable[ChecklistItem]:
    way_out = "Accordés après la clôture, ils n’auront ni charge à payer ni engagement."
    for some, of_what in ((facts.for_credits, "de crédits"), (facts.for_bareme, "d’un barème")):
        if some.count:
            told = counted(some.count, "droit en attente", "droits en attente")
            yield ChecklistItem("look", f"{told} {of_what} ({some}).", way_out)
    if not facts.for_credits.count + facts.for_bareme.count:
        yield ChecklistItem("clear", "Aucun droit n’attend de crédits ni de barème.")


def _letters(facts: Preconditions) -> Iterable[ChecklistItem]:
    found = {of: count for of, count in facts.letters.items() if count}
    if not found:
        yield ChecklistItem("clear", f"Aucun message de la Caf {facts.caf} n’a été mis de côté.")
        return
    told = counted(sum(found.values()), "message mis de côté", "messages mis de côté")
    by_service = listed(f"{of} {count}" for of, count in found.items())
    way_out = "`clas dead-letters list` les montre, `clas dead-letters replay` les renvoie."
    yield ChecklistItem("look", f"{told} ({by_service}).", way_out)


def _work(facts: Preconditions) -> Iterable[ChecklistItem]:
    starting = counted(facts.starting, "droit")
    committed = counted(facts.committed, "engagement")
    year = school_year(facts.exercise)
    told = f"À passer : {starting} {year}, {committed} à contrepasser."
    yield ChecklistItem("clear", told)


POINTS = (_order, _quiet, _listening, _balances, _accounts, _waiting, _letters, _work)

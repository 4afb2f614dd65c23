"""The checklist before a closing, point by point: blocking points and warnings.

A point blocks when the closing would be refused for it, or would miss messages in transit. The
accounting officer decides on all other points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.accounting.queries import GrantsBeforeClosing
from shared.console.idle import Backlog
from shared.contracts.common import Reason
from shared.french import counted, listed
from shared.kernel.calendar import school_year
from shared.kernel.read_port import Sample

Mark = Literal["clear", "look", "block"]
NAMED_MAX = 10
"""Dossiers named in one point: the rest is counted."""


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The state of a Caf before the closing of an exercise.

    `refusals`: what accounting would answer now [CLO-01, CLO-02, CLO-03]. `grants`: those that
    the closing concerns. `for_bareme` and `for_credits`: grants that funding has deferred.
    `refused_accounts`: dossiers whose accounts were refused, and not settled. `dead_letters`:
    those of this Caf, or of no Caf that can be read, by service. `consumers`: replicas of
    accounting that consume.
    """

    caf: str
    exercise: int
    closed_on: date
    refusals: tuple[Reason, ...]
    backlog: Backlog
    grants: GrantsBeforeClosing
    for_bareme: Sample
    for_credits: Sample
    refused_accounts: Sample
    dead_letters: Mapping[str, int]
    consumers: int


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One point of the checklist; `way_out` is the remedy, in French."""

    mark: Mark
    text: str
    way_out: str = ""


def checklist(facts: Preconditions) -> tuple[ChecklistItem, ...]:
    """Return every point, in the order it is printed."""
    return tuple(item for items in POINTS for item in items(facts))


def blocked(items: Iterable[ChecklistItem]) -> bool:
    """Return whether a point blocks the closing."""
    return any(item.mark == "block" for item in items)


def _order(facts: Preconditions) -> Iterable[ChecklistItem]:
    for reason in facts.refusals:
        yield ChecklistItem("block", f"[{reason.rule}] {reason.message}")
    if not facts.refusals:
        day = f"{facts.closed_on:%d/%m/%Y}"
        text = f"Exercice {facts.exercise} ouvert, aucun exercice antérieur à clôturer"
        yield ChecklistItem("clear", f"{text} ; clôture datée du {day}.")


def _backlog(facts: Preconditions) -> Iterable[ChecklistItem]:
    if not facts.backlog.total:
        yield ChecklistItem(
            "clear", "Rien n’attend dans les files ni dans les envois des services."
        )
        return
    way_out = "`clas wait` attend qu’ils soient traités ; `clas doctor` dit ce qui ne tourne pas."
    waiting = _in_words(facts.backlog)
    text = f"Des messages attendent, que la clôture ne verrait pas : {waiting}."
    yield ChecklistItem("block", text, way_out)


def _in_words(backlog: Backlog) -> str:
    queues = (f"{counted(n, 'message')} pour {of}" for of, n in backlog.queues.items() if n)
    outboxes = (f"{counted(n, 'envoi')} par {of}" for of, n in backlog.outboxes.items() if n)
    return listed([*queues, *outboxes])


def _consumers(facts: Preconditions) -> Iterable[ChecklistItem]:
    if not facts.consumers:
        text = "Le service accounting ne tourne pas : la clôture attendra qu’il démarre."
        yield ChecklistItem("look", text, "`clas serve accounting` le démarre.")


def _balances(facts: Preconditions) -> Iterable[ChecklistItem]:
    year, ended, unsettled = (
        school_year(facts.exercise - 1),
        facts.grants.ended,
        facts.grants.unsettled,
    )
    if not ended:
        yield ChecklistItem("clear", f"Soldes {year} : aucun droit.")
    elif not unsettled.count:
        text = counted(ended, "droit soldé", "droits, tous soldés")
        yield ChecklistItem("clear", f"Soldes {year} : {text}.")
    else:
        text = f"{counted(unsettled.count, 'droit')} sur {ended} sans solde"
        way_out = "Ce qui reste dû tombera sur un exercice ultérieur ; `clas report bilans`."
        yield ChecklistItem("look", f"Soldes {year} : {text} ({_names(unsettled)}).", way_out)


def _accounts(facts: Preconditions) -> Iterable[ChecklistItem]:
    if refused := facts.refused_accounts.count:
        text = counted(refused, "compte de résultat refusé", "comptes de résultat refusés")
        way_out = "Le gestionnaire doit en déposer de nouveaux ; `clas explain` dit pourquoi."
        names = _names(facts.refused_accounts)
        yield ChecklistItem("look", f"{text}, sans solde depuis ({names}).", way_out)


def _deferred(facts: Preconditions) -> Iterable[ChecklistItem]:
    way_out = "Accordés après la clôture, ils n’auront ni charge à payer ni engagement."
    for grants, cause in ((facts.for_credits, "de crédits"), (facts.for_bareme, "d’un barème")):
        if grants.count:
            text = counted(grants.count, "droit en attente", "droits en attente")
            yield ChecklistItem("look", f"{text} {cause} ({_names(grants)}).", way_out)
    if not facts.for_credits.count + facts.for_bareme.count:
        yield ChecklistItem("clear", "Aucun droit n’attend de crédits ni de barème.")


def _names(grants: Sample) -> str:
    """Return `A, B et 3 autres`."""
    rest = grants.count - len(grants.first)
    return listed([*grants.first, *([counted(rest, "autre")] if rest else [])])


def _dead_letters(facts: Preconditions) -> Iterable[ChecklistItem]:
    counts = {of: count for of, count in facts.dead_letters.items() if count}
    if not counts:
        yield ChecklistItem("clear", f"Aucun message de la Caf {facts.caf} n’a été mis de côté.")
        return
    text = counted(sum(counts.values()), "message mis de côté", "messages mis de côté")
    by_service = listed(f"{of} {count}" for of, count in counts.items())
    way_out = "`clas dead-letters list` les montre, `clas dead-letters replay` les renvoie."
    yield ChecklistItem("look", f"{text} ({by_service}).", way_out)


def _work(facts: Preconditions) -> Iterable[ChecklistItem]:
    starting = counted(facts.grants.starting, "droit")
    committed = counted(facts.grants.committed, "engagement")
    year = school_year(facts.exercise)
    yield ChecklistItem("clear", f"À passer : {starting} {year}, {committed} à contrepasser.")


POINTS = (
    _order,
    _backlog,
    _consumers,
    _balances,
    _accounts,
    _deferred,
    _dead_letters,
    _work,
)

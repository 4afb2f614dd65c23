"""Report of the deposits of a Caf: what became of each dossier, and the unreadable messages."""

from collections import Counter
from dataclasses import dataclass

from shared.console.sections import print_lines, print_rules
from shared.console.terminal import add, new_table, show
from shared.contracts.base import WireModel
from shared.contracts.common import MessageRefused
from shared.contracts.elan import DossierSubmitted
from shared.contracts.registry import BY_NAME
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
    DossierWithdrawn,
)
from shared.french import counted
from shared.kernel.published_events import PublishedEvents, RuleCount, rule_counts

ANSWERS = (ComplementsRequested, DossierHeld, DossierReceived, DossierRejected, DossierWithdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposits:
    """Dossiers by what became of them; `duplicates` counts messages that repeat a revision.

    `rejected`, `incomplete` and `waiting` are so at the end; `to_complete` and `held` were once.
    `completed` and `released` are those of the latter that were received later.
    """

    filed: int
    received: int
    rejected: int
    incomplete: int
    waiting: int
    grounds: tuple[RuleCount, ...]
    to_complete: int
    completed: int
    missing: tuple[RuleCount, ...]
    held: int
    released: int
    duplicates: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """An unreadable message: its event, what it is about, who refused it, its first fault."""

    event: str
    about: str
    service: str
    fault: str


def deposits(events: PublishedEvents) -> Deposits:
    """Count the dossiers by what became of them."""
    submitted = events.of_type(DossierSubmitted)
    readable = {event.dossier_id for event in submitted}
    received = {event.dossier_id for event in events.of_type(DossierReceived)}
    rejected = events.of_type(DossierRejected)
    requests = events.of_type(ComplementsRequested)
    to_complete = {event.dossier_id for event in requests}
    held = {event.dossier_id for event in events.of_type(DossierHeld)}
    unreadable = _unreadable_dossiers(events)
    last = Counter(_last_answers(events).values())
    return Deposits(
        filed=len(readable | unreadable),
        received=len(received),
        rejected=last[DossierRejected],
        incomplete=last[ComplementsRequested],
        waiting=last[DossierHeld],
        grounds=rule_counts(ground for event in rejected for ground in event.grounds),
        to_complete=len(to_complete),
        completed=len(to_complete & received),
        missing=rule_counts(ground for event in requests for ground in event.grounds),
        held=len(held),
        released=len(held & received),
        duplicates=len(submitted) - len({(e.dossier_id, e.revision) for e in submitted}),
        unreadable=len(unreadable - readable),
    )


def _last_answers(events: PublishedEvents) -> dict[str, type[WireModel]]:
    """Return the last answer to each dossier; a refused revision leaves a dossier as it was."""
    return {
        data.dossier_id: type(data)
        for data in events.data
        if isinstance(data, ANSWERS)
        and not (isinstance(data, DossierRejected) and data.of_the_revision)
    }


def refused_messages(events: PublishedEvents) -> tuple[RefusedMessage, ...]:
    """Return the unreadable messages of all services, by what they are about."""
    return tuple(sorted(map(_refused_message, events.of_type(MessageRefused)), key=_sort_key))


def print_deposits(events: PublishedEvents) -> None:
    """Print what became of the deposits, and the unreadable messages."""
    result = deposits(events)
    print_lines(
        (
            f"{counted(result.filed, 'dossier déposé', 'dossiers déposés')} :"
            f" {counted(result.received, 'reçu')}, {counted(result.rejected, 'rejeté')},"
            f" {result.incomplete} à compléter,"
            f" {result.waiting} en attente d'un appel à projets ou d'un bilan,"
            f" {result.unreadable} illisible"
        ),
        (
            f"compléments demandés à {counted(result.to_complete, 'dossier')},"
            f" fournis par {result.completed} ;"
            f" {counted(result.held, 'dossier retenu', 'dossiers retenus')}"
            " faute d'appel à projets ou de bilan intermédiaire, dont"
            f" {result.released} libérés depuis"
        ),
        f"{counted(result.duplicates, 'envoi en double', 'envois en double')}, sans effet",
    )
    print_rules("Rejets", "dossiers", result.grounds)
    print_rules("Compléments demandés", "dossiers", result.missing)
    _print_refused_messages(events)


def _print_refused_messages(events: PublishedEvents) -> None:
    messages = refused_messages(events)
    if not messages:
        return
    table = new_table("Lettres mortes", "à propos de", "service", "première erreur")
    for message in messages:
        add(table, message.event, message.about, message.service, message.fault)
    show(table)


def _unreadable_dossiers(events: PublishedEvents) -> set[str]:
    return {
        refused.dossier_id or refused.sha256
        for refused in events.of_type(MessageRefused)
        if refused.event_type == BY_NAME["DossierSubmitted"].type
    }


def _refused_message(refused: MessageRefused) -> RefusedMessage:
    fault = refused.errors[0]
    return RefusedMessage(
        event=refused.routing_key.partition(".")[0],
        about=refused.dossier_id or refused.event_id or refused.sha256[:12],
        service=refused.queue.removeprefix("clas."),
        fault=f"{fault.path} : {fault.message}" if fault.path else fault.message,
    )


def _sort_key(refused: RefusedMessage) -> tuple[str, str]:
    return (refused.about, refused.event)

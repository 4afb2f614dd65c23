"""What became of what was filed: received, rejected, to complete, held, or not even read."""

from dataclasses import dataclass

from shared.contracts.common import MessageRefused
from shared.contracts.elan import DossierSubmitted
from shared.contracts.registry import BY_NAME
from shared.contracts.submission import (
    ComplementsRequested,
    DossierHeld,
    DossierReceived,
    DossierRejected,
)
from shared.kernel.published_events import Journal, RuleCount, rule_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposits:
    """Dossiers by what became of them; `doubles` counts messages that said nothing new."""

    filed: int
    received: int
    rejected: int
    grounds: tuple[RuleCount, ...]
    to_complete: int
    completed: int
    missing: tuple[RuleCount, ...]
    held: int
    freed: int
    doubles: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that nobody could read: what it was, whose queue it was for, its first fault."""

    event: str
    about: str
    service: str
    fault: str


def deposits(journal: Journal) -> Deposits:
    """Follow each dossier of the journal."""
    submitted = journal.all(DossierSubmitted)
    readable = {one.dossier_id for one in submitted}
    received = {one.dossier_id for one in journal.all(DossierReceived)}
    rejected = journal.all(DossierRejected)
    asked = journal.all(ComplementsRequested)
    to_complete = {one.dossier_id for one in asked}
    held = {one.dossier_id for one in journal.all(DossierHeld)}
    unread = {
        letter.dossier_id or letter.sha256
        for letter in journal.all(MessageRefused)
        if letter.event_type == BY_NAME["DossierSubmitted"].type
    }
    return Deposits(
        filed=len(readable | unread),
        received=len(received),
        rejected=len({one.dossier_id for one in rejected}),
        grounds=rule_counts(ground for one in rejected for ground in one.grounds),
        to_complete=len(to_complete),
        completed=len(to_complete & received),
        missing=rule_counts(ground for one in asked for ground in one.grounds),
        held=len(held),
        freed=len(held & received),
        doubles=len(submitted) - len({(one.dossier_id, one.revision) for one in submitted}),
        unreadable=len(unread - readable),
    )


def dead_letters(journal: Journal) -> tuple[DeadLetter, ...]:
    """Return the messages that lie in the dead letters, in the order of what they are about."""
    return tuple(sorted(map(_dead_letter, journal.all(MessageRefused)), key=_about))


def _dead_letter(refused: MessageRefused) -> DeadLetter:
    fault = refused.errors[0]
    return DeadLetter(
        event=refused.routing_key.partition(".")[0],
        about=refused.dossier_id or refused.event_id or refused.sha256[:12],
        service=refused.queue.removeprefix("clas."),
        fault=f"{fault.path} : {fault.message}" if fault.path else fault.message,
    )


def _about(letter: DeadLetter) -> tuple[str, str]:
    return (letter.about, letter.event)

"""The JSON document of `clas dossier`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.contracts.elan import DossierSubmitted
from shared.contracts.eligibility import AgrementGranted, EligibilityAssessed
from shared.contracts.legal_dates import Fact, legal_dates
from shared.contracts.sentences.agrements import BonusRequests, bonus_not_granted_texts
from shared.contracts.sentences.by_event import sentences_of
from shared.contracts.sentences.text import Sentences
from shared.kernel.timeline import TimelineEntry

UNREADABLE = "Son contenu n’est pas lisible selon le contrat actuel."


@dataclass(frozen=True, slots=True)
class DossierEvent:
    """An event: when the system got it, from whom, its sentences in French, its data on the wire.

    `on` is the day that counts, of its cause where the event states none; null where neither does.
    `cause` is the number of the event that caused it, if it is listed. `data` is null where the
    contract in force cannot read it. `was_duplicate`: a request that changed nothing.
    """

    number: int
    id: str
    event: str
    producer: str
    on: date | None
    at: datetime
    cause: int | None
    was_duplicate: bool
    title: str
    lines: tuple[str, ...]
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class DossierDocument:
    """A dossier as of its last deposit, and its events, causes before effects.

    Caf, school year and gestionnaire are null where no deposit is readable.
    """

    dossier_id: str
    caf: str | None
    school_year: str | None
    gestionnaire: str | None
    events: tuple[DossierEvent, ...]


def dossier_document(dossier_id: str, entries: Sequence[TimelineEntry]) -> DossierDocument:
    """Return the document of a timeline."""
    numbers = {entry.id: number for number, entry in enumerate(entries, 1)}
    deposits = [entry.data for entry in entries if isinstance(entry.data, DossierSubmitted)]
    last = deposits[-1] if deposits else None
    days = days_of(entries)
    return DossierDocument(
        dossier_id=dossier_id,
        caf=last.caf if last else None,
        school_year=last.school_year if last else None,
        gestionnaire=last.gestionnaire.name if last else None,
        events=tuple(
            _event(entry, text, numbers, days.get(entry.id))
            for entry, text in zip(entries, texts_of(entries), strict=True)
        ),
    )


def texts_of(entries: Iterable[TimelineEntry]) -> Iterator[Sentences]:
    """Yield the sentences of each event, or that its content cannot be read.

    Those of an agrement end with the bonuses that the last assessment has and it does not grant.
    """
    requests: BonusRequests = {}
    for entry in entries:
        text = sentences_of(entry.data) if entry.data else Sentences(entry.name, (UNREADABLE,))
        if isinstance(entry.data, EligibilityAssessed):
            requests = {c.collectif_id: c.bonuses_requested for c in entry.data.collectifs}
        if isinstance(entry.data, AgrementGranted):
            refused = bonus_not_granted_texts(entry.data, requests)
            text = Sentences(text.title, (*text.lines, *refused))
        yield text


def days_of(entries: Iterable[TimelineEntry]) -> dict[str, date]:
    """Return by event the day that counts."""
    return legal_dates(Fact(entry.id, entry.cause, entry.data) for entry in entries)


def _event(
    entry: TimelineEntry, text: Sentences, numbers: dict[str, int], on: date | None
) -> DossierEvent:
    return DossierEvent(
        number=numbers[entry.id],
        id=entry.id,
        event=entry.name,
        producer=entry.producer,
        on=on,
        at=entry.at,
        cause=numbers.get(entry.cause) if entry.cause else None,
        was_duplicate=entry.was_duplicate,
        title=text.title,
        lines=text.lines,
        data=entry.data.model_dump(mode="json") if entry.data else None,
    )

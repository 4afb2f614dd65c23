"""Events between services: each published event was handled, each handled event was published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import orjson

from shared.audit.findings import CheckRule, Violation
from shared.audit.records import ParsedRecord, PublishedEvent
from shared.contracts.registry import BY_NAME, BY_TYPE, SERVICES, EventSpec
from shared.kernel.messages import DECIDED_AGAIN, LEGACY
from shared.kernel.receipts import sha256

PROCESSING_MAX = timedelta(minutes=1)
"""How long a service may process a message that no queue shows, in normal operation."""
Key = tuple[str, str]
"""The consumer and the id of an event."""


class EventSide(NamedTuple):
    """An event in the outbox of its producer or in the inbox of a consumer.

    `data_sha256` is that of its data alone. `recent`: it waits to be published, or was written
    less than `PROCESSING_MAX` ago. `due`: its consumer must have handled it.
    """

    sha256: str
    data_sha256: str
    name: str
    subject: str
    location: str
    recent: bool = False
    due: bool = True


@dataclass(frozen=True, slots=True)
class RedrivenEvent:
    """A redriven dead letter: its first delivery may be the matching one already."""

    key: Key
    side: EventSide


class DeliveryReconciliation:
    """Events of which one side was read so far; a matched pair is dropped.

    `counts` are the published events, one for each consumer, and the handled ones. Only events
    between `services` count, and those of `caf` where one is given.
    """

    def __init__(self, services: frozenset[str], caf: str | None = None) -> None:
        self._services, self._caf = services, caf
        self._published: dict[Key, EventSide] = {}
        self._handled: dict[Key, EventSide] = {}
        self._redriven: list[RedrivenEvent] = []
        self._refused: set[Key] = set()
        self.counts = (0, 0)

    def add_published(self, parsed: ParsedRecord, event: PublishedEvent) -> Iterator[Violation]:
        """Add a published event for each consumer; yield where its handled content differs."""
        spec = BY_NAME.get(event.name)
        if spec is None or self._caf not in {None, event.caf}:
            return
        published = _published_side(parsed, event)
        for consumer in filter(self._services.__contains__, spec.consumers):
            side = published._replace(due=_is_due(parsed, spec, consumer))
            key = (consumer, event.id)
            self.counts = (self.counts[0] + side.due, self.counts[1])
            if other := self._handled.pop(key, None):
                yield from _content_difference(side, other)
            else:
                self._published[key] = side

    def add_handled(self, parsed: ParsedRecord) -> Iterator[Violation]:
        """Add a handled message that a service publishes; yield where the content differs.

        One that `clas migrate` decided again was handled before, and has a record of that.
        """
        message, record = parsed.message or {}, parsed.record
        if record.key.replay == DECIDED_AGAIN:
            return
        spec = BY_TYPE.get(str(message.get("type")))
        if spec is None or spec.producer not in self._services & set(SERVICES):
            return
        data = message.get("data")
        caf = data.get("caf") if isinstance(data, dict) else None
        if self._caf not in {None, caf}:
            return
        key = (parsed.service, str(message.get("id")))
        self.counts = (self.counts[0], self.counts[1] + 1)
        side = EventSide(
            record.sha256, _data_hash(data), spec.name, parsed.subject, parsed.location
        )
        if other := self._published.pop(key, None):
            yield from _content_difference(other, side)
        elif record.key.replay:
            self._redriven.append(RedrivenEvent(key, side))
        else:
            self._handled[key] = side
        if record.outcome != "decided":
            self._refused.add(key)

    def unhandled(self, consumer: str) -> Mapping[str, EventSide]:
        """Return the published events that a consumer has not handled, by id."""
        return {
            event_id: side
            for (to, event_id), side in self._published.items()
            if to == consumer and side.due
        }

    def exclude(self, consumer: str, event_ids: set[str]) -> None:
        """Drop published events that are in transit to a consumer."""
        for event_id in event_ids:
            self._published.pop((consumer, event_id), None)

    def never_published(self) -> Iterator[Violation]:
        """Yield handled events that no service published; call it before `never_handled`."""
        for redriven in self._redriven:
            if redriven.key not in self._published and redriven.key not in self._refused:
                self._handled.setdefault(redriven.key, redriven.side)
        for (_, event_id), side in self._handled.items():
            text = f"{side.name} {event_id} traité, publié par aucun service"
            yield Violation(side.subject, text, side.location)

    def never_handled(self) -> Iterator[Violation]:
        """Yield published events that their consumer never handled; call it last."""
        for redriven in self._redriven:
            self._published.pop(redriven.key, None)
        for (consumer, event_id), side in self._published.items():
            if not side.due:
                continue
            text = f"{side.name} {event_id} publié, jamais traité par {consumer}"
            yield Violation(side.subject, text, side.location)


def _published_side(parsed: ParsedRecord, event: PublishedEvent) -> EventSide:
    age = parsed.now - parsed.record.handled_at
    recent = parsed.stored.unpublished or age < PROCESSING_MAX
    data = _data_hash(event.data)
    return EventSide(event.sha256, data, event.name, _subject(event), parsed.location, recent)


def _is_due(parsed: ParsedRecord, spec: EventSpec, consumer: str) -> bool:
    """Return whether a consumer must handle an event of this record: release 0.3.0 had fewer."""
    of_0_3_0 = parsed.record.key.principal == LEGACY
    return not (of_0_3_0 and consumer in spec.new_consumers)


def _content_difference(published: EventSide, handled: EventSide) -> Iterator[Violation]:
    """Yield where the data differ: a service that was restored decides again at another time."""
    if published.sha256 != handled.sha256 and published.data_sha256 != handled.data_sha256:
        text = (
            f"{published.name} : le message traité n’est pas celui qui est publié"
            f" ({published.sha256[:12]}…, {handled.sha256[:12]}…)"
        )
        yield Violation(handled.subject, text, handled.location)


def _data_hash(data: Any) -> str:
    return sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS))


def _subject(event: PublishedEvent) -> str:
    return event.dossier_id or (f"Caf {event.caf}" if event.caf else "aucun dossier")


HANDLED: CheckRule[Any] = CheckRule(
    "événement traité par chaque service à qui il s’adresse",
    "événements traités par chaque service à qui ils s’adressent",
    "registre du contrat",
    "inbox",
    "l’événement ou son traitement manque : `clas redrive` montre ce que les services n’ont pas"
    " reçu, et l’envoie de nouveau ; auparavant, si un service l’avait traité, rétablir sa base"
    " depuis une sauvegarde",
)
PUBLISHED: CheckRule[Any] = CheckRule(
    "événement traité qu’un service a publié",
    "événements traités qu’un service a publiés",
    "registre du contrat",
    "inbox",
    "l’événement ne vient pas des services : chercher qui publie sur le courtier, ou rétablir la"
    " boîte d’envoi depuis une sauvegarde",
)
CHECKS = (HANDLED, PUBLISHED)

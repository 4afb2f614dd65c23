"""From the records of the services to the facts of one dossier, causes before effects.

A message that two services handled is one fact. A request that was known already is told as
such, and so is a message that breaks the contract.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, InvalidMessage, decode
from shared.contracts.registry import BY_TYPE
from shared.kernel.ports import MessageRecord, OutgoingMessage

Records = Mapping[str, Sequence[MessageRecord]]
"""By service, the records about one dossier, without outputs about other dossiers."""
Place = tuple[datetime, int]
"""When a fact can be told at the earliest, and how many causes stand before it."""
OURS = "/clas/"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a dossier's life: when the system knew it, from whom, and what caused it.

    `data` is None where the contract of today cannot read it; `name` is what it called itself.
    `silent`: a request that was known already and changed nothing.
    """

    id: str
    name: str
    producer: str
    at: datetime
    data: WireModel | None = None
    cause: str | None = None
    was_duplicate: bool = False


def timeline(dossier_id: str, records: Records) -> list[TimelineEntry]:
    """Return the facts of a dossier in the order in which the system knew them.

    Clocks of machines differ: an effect never stands before its cause.
    """
    gathered = _TimelineBuilder(dossier_id)
    for service, kept in records.items():
        for record in kept:
            gathered.take(service, record)
    return _in_order(gathered.facts())


@dataclass(slots=True)
class _TimelineBuilder:
    """Facts by id; and which requests about this dossier got no answer at all."""

    dossier_id: str
    known: dict[str, TimelineEntry] = field(default_factory=dict)
    answered: dict[str, bool] = field(default_factory=dict)

    def take(self, service: str, record: MessageRecord) -> None:
        """Note what a record tells: the message, and what was said to it."""
        event = _event(record.body)
        said = [output for output in record.outputs if output.queue is None]
        if event:
            self._add(_fact(event, record.handled_at))
            self._note_answer(service, event, record, said)
        elif record.outcome == "decided" or not said:  # Else a MessageRefused tells of it.
            name = _name(record.type)
            self._add(
                TimelineEntry(record.key.id, name, record.key.source or "?", record.handled_at)
            )
        own = event is None or getattr(event.data, "dossier_id", None) == self.dossier_id
        for output in said:
            if own or output.subject == self.dossier_id:
                self._add(_said(service, output, record.handled_at))

    def facts(self) -> list[TimelineEntry]:
        """Return the facts, those marked that were old news."""
        return [
            replace(fact, was_duplicate=not self.answered.get(fact.id, True))
            for fact in self.known.values()
        ]

    def _add(self, fact: TimelineEntry) -> None:
        before = self.known.get(fact.id)
        if before is None or fact.at < before.at:
            self.known[fact.id] = fact

    def _note_answer(
        self, service: str, event: Envelope, record: MessageRecord, said: Sequence[OutgoingMessage]
    ) -> None:
        """Note whether the service that answers a request about this dossier said anything.

        What services say to each other is never old news: accounting has nothing to post for a
        control without effect, and need not say so.
        """
        spec = BY_TYPE[event.type]
        own = getattr(event.data, "dossier_id", None) == self.dossier_id
        if (
            own
            and not event.source.startswith(OURS)
            and spec.answers
            and service == spec.consumers[0]
        ):
            answered = bool(said) or record.outcome != "decided"
            self.answered[event.id] = self.answered.get(event.id, False) or answered


def _in_order(facts: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    places = _places(facts)
    return sorted(facts, key=lambda fact: places[fact.id])


def _places(facts: Iterable[TimelineEntry]) -> dict[str, Place]:
    """Return each fact's place, no earlier than its cause's; a circle of causes has none."""
    by_id = {fact.id: fact for fact in facts}
    places: dict[str, Place] = {}
    for fact in by_id.values():
        chain: dict[str, TimelineEntry] = {}
        link: TimelineEntry | None = fact
        while link and link.id not in chain and link.id not in places:
            chain[link.id] = link
            link = by_id.get(link.cause or "")
        for each in reversed(chain.values()):
            before = places.get(each.cause or "")
            places[each.id] = (max(each.at, before[0]), before[1] + 1) if before else (each.at, 0)
    return places


def _event(body: bytes | None) -> Envelope | None:
    try:
        return decode(body) if body is not None else None
    except InvalidMessage:
        return None


def _fact(event: Envelope, at: datetime) -> TimelineEntry:
    spec = BY_TYPE[event.type]
    ours = event.source.startswith(OURS)
    by = event.source.removeprefix(OURS) if ours else spec.producer
    return TimelineEntry(event.id, spec.name, by, at, event.data, event.causationid)


def _said(service: str, output: OutgoingMessage, at: datetime) -> TimelineEntry:
    event = _event(output.body)
    name = output.routing_key.partition(".")[0]
    return _fact(event, at) if event else TimelineEntry(output.id, name, service, at)


def _name(event_type: str | None) -> str:
    spec = BY_TYPE.get(event_type or "")
    return spec.name if spec else event_type or "type illisible"

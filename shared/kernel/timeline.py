"""From the records of the services to the timeline of one dossier, causes before effects.

A message that two services handled is one entry. A duplicate request is marked as such; a message
that breaks the contract is an entry too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, InvalidMessageError, decode
from shared.contracts.registry import BY_TYPE, event_name
from shared.kernel.messages import MessageRecord, OutgoingMessage

Records = Mapping[str, Sequence[MessageRecord]]
"""By service, the records about one dossier, without outputs about other dossiers."""
Position = tuple[datetime, int]
"""The earliest time of an entry, and the number of its causes before it."""
INTERNAL_SOURCE = "/clas/"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event about a dossier: when the system got it, its producer and the id of its cause.

    `data` is None where the contract in force cannot read the event; `name` is then the name that
    it came with. `was_duplicate`: a request that had been handled before and changed nothing.
    """

    id: str
    name: str
    producer: str
    at: datetime
    data: WireModel | None = None
    cause: str | None = None
    was_duplicate: bool = False


def timeline(dossier_id: str, records: Records) -> list[TimelineEntry]:
    """Return the entries of a dossier in the order in which the system received them.

    Clocks of machines differ: an effect is never listed before its cause.
    """
    builder = _TimelineBuilder(dossier_id)
    for service, records_of_service in records.items():
        for record in records_of_service:
            builder.add_record(service, record)
    return _in_order(builder.entries())


@dataclass(slots=True)
class _TimelineBuilder:
    """Entries by id; for each request about this dossier, whether any service answered it."""

    dossier_id: str
    by_id: dict[str, TimelineEntry] = field(default_factory=dict)
    answered: dict[str, bool] = field(default_factory=dict)

    def add_record(self, service: str, record: MessageRecord) -> None:
        """Add the message of a record, and the answers of the service."""
        event = _event(record.body)
        outputs = [output for output in record.outputs if output.queue is None]
        if event:
            self._add(_entry(event, record.handled_at))
            self._note_answer(service, event, record, outputs)
        elif record.outcome == "decided" or not outputs:  # Else MessageRefused represents it.
            name = event_name(record.type)
            self._add(
                TimelineEntry(record.key.id, name, record.key.source or "?", record.handled_at)
            )
        own = event is None or getattr(event.data, "dossier_id", None) == self.dossier_id
        for output in outputs:
            if own or output.subject == self.dossier_id:
                self._add(_output_entry(service, output, record.handled_at))

    def entries(self) -> list[TimelineEntry]:
        """Return the entries, duplicate requests marked."""
        return [
            replace(entry, was_duplicate=not self.answered.get(entry.id, True))
            for entry in self.by_id.values()
        ]

    def _add(self, entry: TimelineEntry) -> None:
        before = self.by_id.get(entry.id)
        if before is None or entry.at < before.at:
            self.by_id[entry.id] = entry

    def _note_answer(
        self,
        service: str,
        event: Envelope,
        record: MessageRecord,
        outputs: Sequence[OutgoingMessage],
    ) -> None:
        """Note whether the service that answers a request about this dossier answered it.

        Events between services are never duplicates: accounting has nothing to post for a control
        without effect, and need not answer it.
        """
        spec = BY_TYPE[event.type]
        own = getattr(event.data, "dossier_id", None) == self.dossier_id
        if (
            own
            and not event.source.startswith(INTERNAL_SOURCE)
            and spec.answers
            and service == spec.consumers[0]
        ):
            answered = bool(outputs) or record.outcome != "decided"
            self.answered[event.id] = self.answered.get(event.id, False) or answered


def _in_order(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    positions = _positions(entries)
    return sorted(entries, key=lambda entry: positions[entry.id])


def _positions(entries: Iterable[TimelineEntry]) -> dict[str, Position]:
    """Return the position of each entry, no earlier than its cause's; a cycle has no first one."""
    by_id = {entry.id: entry for entry in entries}
    positions: dict[str, Position] = {}
    for entry in by_id.values():
        chain: dict[str, TimelineEntry] = {}
        link: TimelineEntry | None = entry
        while link and link.id not in chain and link.id not in positions:
            chain[link.id] = link
            link = by_id.get(link.cause or "")
        for effect in reversed(chain.values()):
            cause = positions.get(effect.cause or "")
            positions[effect.id] = (
                (max(effect.at, cause[0]), cause[1] + 1) if cause else (effect.at, 0)
            )
    return positions


def _event(body: bytes | None) -> Envelope | None:
    try:
        return decode(body) if body is not None else None
    except InvalidMessageError:
        return None


def _entry(event: Envelope, at: datetime) -> TimelineEntry:
    spec = BY_TYPE[event.type]
    internal = event.source.startswith(INTERNAL_SOURCE)
    producer = event.source.removeprefix(INTERNAL_SOURCE) if internal else spec.producer
    return TimelineEntry(event.id, spec.name, producer, at, event.data, event.causationid)


def _output_entry(service: str, output: OutgoingMessage, at: datetime) -> TimelineEntry:
    event = _event(output.body)
    name = output.routing_key.partition(".")[0]
    return _entry(event, at) if event else TimelineEntry(output.id, name, service, at)

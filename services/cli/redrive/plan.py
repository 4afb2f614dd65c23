"""What is missing where, and what of it may be sent at once: no input and no output.

A service decides on what came before: it refuses an advance that is ordered before its grant. So
events of one scope are sent in the order in which they were produced, each once those before it
are handled. A scope is a dossier; what is about no dossier waits for all of its Caf, and what is
about no Caf waits for everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.messages import DEVELOPMENT, InboxKey
from shared.kernel.position import EPOCH
from shared.kernel.read_port import StoredOutput

SOURCES = {f"/clas/{service}" for service in SERVICES}
NATIONAL = "national"
ROUTING_KEY_PARTS = 3


class Stored(NamedTuple):
    """The bytes of an event are in a record of the service that published it."""

    service: str
    record: InboxKey
    output: str


class Logged(NamedTuple):
    """The bytes of an event from outside are in the stream."""

    offset: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event and one of its consumers, which has or has no record of it under one of `keys`.

    `place` orders deliveries: by position of the producing record where the stream does not have
    the event, then by offset in the stream. `origin` is None for an event of a service that the
    stream has, and no outbox: its producer was restored and decides again.
    """

    consumer: str
    name: str
    keys: tuple[InboxKey, ...]
    caf: str | None
    dossier_id: str | None
    produced_at: datetime | None
    place: tuple[int, int]
    origin: Stored | Logged | None

    @property
    def identity(self) -> tuple[str, InboxKey]:
        """The consumer and the key of a valid event."""
        return self.consumer, self.keys[0]


@dataclass(frozen=True, slots=True)
class Selection:
    """The deliveries to look at: to one service, about one Caf, produced since an instant."""

    service: str | None = None
    caf: str | None = None
    since: datetime | None = None

    def consumers(self, routing_key: str) -> tuple[str, ...]:
        """Return the selected services whose queue is bound to a routing key."""
        parts = routing_key.split(".")
        spec = BY_NAME.get(parts[0]) if len(parts) == ROUTING_KEY_PARTS else None
        if spec is None or parts[1] != "v1" or self.caf not in {None, parts[2]}:
            return ()
        return tuple(name for name in spec.consumers if self.service in {None, name})


@dataclass(frozen=True, slots=True)
class MissingRow:
    """Events of one type that a service has no record of, and when the oldest was produced.

    `bytes_from`: `outbox` of its producer, `log` for what came from outside, or `nowhere`: the
    producer was restored and decides it again, so that it is not sent.
    """

    event: str
    consumer: str
    bytes_from: str
    count: int
    oldest: datetime | None


def deliveries_of_output(
    service: str, output: StoredOutput, selection: Selection
) -> Iterator[Delivery]:
    """Yield an event in the outbox of a service, once for each selected consumer."""
    name, _, caf = output.routing_key.partition(".v1.")
    for consumer in selection.consumers(output.routing_key):
        yield Delivery(
            consumer=consumer,
            name=name,
            keys=_keys(f"/clas/{service}", output.id, output.sha256),
            caf=None if caf == NATIONAL else caf,
            dossier_id=output.dossier_id,
            produced_at=EPOCH + timedelta(microseconds=output.position),
            place=(0, output.position),
            origin=Stored(service, output.record, output.id),
        )


def deliveries_of_log(
    offset: int, routing_key: str, body: bytes, selection: Selection
) -> Iterator[Delivery]:
    """Yield a message of the stream, valid or not, once for each selected consumer."""
    consumers = selection.consumers(routing_key)
    if not consumers:
        return
    event = _object(body)
    source, event_id, data = event.get("source"), event.get("id"), event.get("data")
    name, _, caf = routing_key.partition(".v1.")
    dossier_id = data.get("dossier_id") if isinstance(data, dict) else None
    for consumer in consumers:
        yield Delivery(
            consumer=consumer,
            name=name,
            keys=_keys(source, event_id, sha256(body).hexdigest()),
            caf=None if caf == NATIONAL else caf,
            dossier_id=dossier_id if isinstance(dossier_id, str) else None,
            produced_at=_instant(event.get("time")),
            place=(1, offset),
            origin=None if source in SOURCES else Logged(offset),
        )


def merged(stored: Iterable[Delivery], logged: Iterable[Delivery]) -> list[Delivery]:
    """Return missing deliveries in order, each once: bytes of an outbox, places of the stream."""
    missing = {delivery.identity: delivery for delivery in stored}
    placed: dict[tuple[str, InboxKey], Delivery] = {}
    for delivery in logged:
        of_outbox = missing.pop(delivery.identity, None)
        placed.setdefault(delivery.identity, _at(delivery, of_outbox))
    return sorted((*missing.values(), *placed.values()), key=attrgetter("place"))


def first_of_scopes(missing: Iterable[Delivery]) -> list[Delivery]:
    """Return those of these ordered deliveries before which none of their scope is missing."""
    waiting, first = _Waiting(), []
    for _, deliveries in groupby(missing, attrgetter("place")):
        event = list(deliveries)
        first += [delivery for delivery in event if not waiting.holds_up(delivery)]
        waiting.add(event[0])
    return first


def missing_rows(missing: Iterable[Delivery]) -> tuple[MissingRow, ...]:
    """Count deliveries by event, consumer and where their bytes are."""
    groups: dict[tuple[str, str, str], list[Delivery]] = {}
    for delivery in missing:
        group = (delivery.consumer, delivery.name, _bytes_from(delivery))
        groups.setdefault(group, []).append(delivery)
    return tuple(
        MissingRow(name, consumer, bytes_from, len(group), _oldest(group))
        for (consumer, name, bytes_from), group in sorted(groups.items(), key=_order)
    )


@dataclass(slots=True)
class _Waiting:
    """What earlier deliveries hold up: dossiers, all of a Caf, everything."""

    dossiers: set[str] = field(default_factory=set)
    cafs: set[str] = field(default_factory=set)
    whole_cafs: set[str] = field(default_factory=set)
    anything: bool = False
    everything: bool = False

    def add(self, delivery: Delivery) -> None:
        self.anything = True
        if delivery.caf:
            self.cafs.add(delivery.caf)
        if delivery.dossier_id:
            self.dossiers.add(delivery.dossier_id)
        elif delivery.caf:
            self.whole_cafs.add(delivery.caf)
        else:
            self.everything = True

    def holds_up(self, delivery: Delivery) -> bool:
        if self.everything or delivery.caf in self.whole_cafs:
            return True
        if delivery.dossier_id:
            return delivery.dossier_id in self.dossiers
        return delivery.caf in self.cafs if delivery.caf else self.anything


def _keys(source: Any, event_id: Any, digest: str) -> tuple[InboxKey, ...]:
    """Return the keys under which a consumer may record a message: as an event, as no event."""
    as_invalid = InboxKey(DEVELOPMENT, "", f"sha256:{digest}")
    if isinstance(source, str) and isinstance(event_id, str):
        return InboxKey(DEVELOPMENT, source, event_id), as_invalid
    return (as_invalid,)


def _at(logged: Delivery, of_outbox: Delivery | None) -> Delivery:
    return replace(of_outbox, place=logged.place) if of_outbox else logged


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def _bytes_from(delivery: Delivery) -> str:
    match delivery.origin:
        case Stored():
            return "outbox"
        case Logged():
            return "log"
    return "nowhere"


def _oldest(deliveries: Iterable[Delivery]) -> datetime | None:
    return min((each.produced_at for each in deliveries if each.produced_at), default=None)


def _order(group: tuple[tuple[str, str, str], object]) -> tuple[int, str, str]:
    (consumer, name, bytes_from), _ = group
    return SERVICES.index(consumer), name, bytes_from

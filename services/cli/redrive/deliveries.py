"""Events and the consumers that may miss them: no input and no output."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
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
BEFORE_ALL = -1
"""The place of what no logged event of its producer precedes."""


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

    `place` orders deliveries: by offset in the stream; where the stream does not have the event, by
    that of the one before it, then by position of the producing record. `origin` is None for an
    event of a service that the stream has, and no outbox: its producer was restored and decides
    again.
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
            place=(BEFORE_ALL, output.position),
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
            place=(offset, 0),
            origin=None if source in SOURCES else Logged(offset),
        )


def merged(stored: Iterable[Delivery], logged: Iterable[Delivery]) -> list[Delivery]:
    """Return missing deliveries in order, each once: bytes of an outbox, places of the stream.

    What the stream has lost comes after the events that its producer had published before.
    """
    lost = {delivery.identity: delivery for delivery in stored}
    placed: dict[tuple[str, InboxKey], Delivery] = {}
    offsets: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for delivery in logged:
        of_outbox = lost.pop(delivery.identity, None)
        if of_outbox and isinstance(of_outbox.origin, Stored):
            position, offset = of_outbox.place[1], delivery.place[0]
            offsets[of_outbox.origin.service].append((position, offset))
        placed.setdefault(delivery.identity, _at(delivery, of_outbox))
    between = (_placed_between(delivery, offsets) for delivery in lost.values())
    return sorted((*between, *placed.values()), key=attrgetter("place"))


def _placed_between(lost: Delivery, offsets: Mapping[str, Sequence[tuple[int, int]]]) -> Delivery:
    """Return an event that the stream has lost, after the last one before it of its producer."""
    assert isinstance(lost.origin, Stored)
    position = lost.place[1]
    own = offsets.get(lost.origin.service, ())
    earlier = [(before, offset) for before, offset in own if before < position]
    return replace(lost, place=(max(earlier)[1], position)) if earlier else lost


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
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None

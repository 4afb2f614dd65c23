"""From a delivery to an inbound message: its event, or every fault that it has."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from shared.contracts.common import ShapeError
from shared.contracts.envelope import Envelope, InvalidMessageError, decode, routing_key
from shared.contracts.registry import BY_NAME, BY_TYPE, SERVICES, EventSpec
from shared.kernel.decision import Message, RequestRef
from shared.kernel.ports import DEVELOPMENT, InboxKey, IncomingMessage

REPLAY_HEADER = "clas-replay"
ROUTING_KEY_HEADER = "clas-routing-key"
TOO_LARGE = "too_large"
# aiormq fills in a random UUID where its user gave no message_id: the producer did not choose it.
CLIENT_GENERATED_ID = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
OWN_EVENTS_FACTOR = 2


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A delivery with its idempotency key and either its event or its fault."""

    delivery: IncomingMessage
    key: InboxKey
    sha256: str
    event: Envelope | None = None
    fault: InvalidMessageError | None = None

    @property
    def spec(self) -> EventSpec:
        """The registry's row of the event."""
        assert self.event is not None
        return BY_TYPE[self.event.type]

    @property
    def message(self) -> Message[Any]:
        """The event as a decision sees it."""
        event = self.event
        assert event is not None
        origin = RequestRef(request=event.id, correlation=event.correlationid or event.id)
        return Message(
            id=event.id, type=event.type, time=event.time, origin=origin, data=event.data
        )


def parse(delivery: IncomingMessage, service: str, body_bytes_max: int) -> InboundMessage:
    """Decode a delivery; a fault of any kind becomes part of the result, never an exception."""
    digest = hashlib.sha256(delivery.body).hexdigest()
    replay = _replay(delivery)
    try:
        event = _decode(delivery, service, body_bytes_max)
    except InvalidMessageError as fault:
        return invalid_message(delivery, digest, replay, fault)
    key = InboxKey(DEVELOPMENT, event.source, event.id, replay)
    return InboundMessage(delivery, key, digest, event=event)


def invalid_message(
    delivery: IncomingMessage, digest: str, replay: int, fault: InvalidMessageError
) -> InboundMessage:
    """Return a message that can never be decided; the hash of its bytes is its id."""
    key = InboxKey(DEVELOPMENT, "", f"sha256:{digest}", replay)
    return InboundMessage(delivery, key, digest, fault=fault)


def id_reuse(item: InboundMessage) -> InboundMessage:
    """Return the message as a fault: its id was already used for other bytes."""
    event = item.event
    assert event is not None
    fault = InvalidMessageError(
        reason="id_reuse",
        errors=(ShapeError(path="id", message="this source and id were used for another body"),),
        event_id=event.id,
        event_type=event.type,
        caf=getattr(event.data, "caf", None),
        dossier_id=getattr(event.data, "dossier_id", None),
    )
    return invalid_message(item.delivery, item.sha256, item.key.replay, fault)


def _decode(delivery: IncomingMessage, service: str, body_bytes_max: int) -> Envelope:
    bound = _bound(delivery, body_bytes_max)
    if len(delivery.body) > bound:
        error = ShapeError(
            path="", message=f"{len(delivery.body)} bytes, over the bound of {bound}"
        )
        raise InvalidMessageError(TOO_LARGE, (error,))
    event = decode(delivery.body)
    if errors := tuple(_disagreements(delivery, event, service)):
        data = event.data
        raise InvalidMessageError(
            "disagrees",
            errors,
            event.id,
            event.type,
            getattr(data, "caf", None),
            getattr(data, "dossier_id", None),
        )
    return event


def _bound(delivery: IncomingMessage, body_bytes_max: int) -> int:
    """Return the bound in bytes: our own events embed one from outside, so theirs is higher."""
    spec = BY_NAME.get(delivery.routing_key.partition(".")[0])
    return (
        body_bytes_max * OWN_EVENTS_FACTOR if spec and spec.producer in SERVICES else body_bytes_max
    )


def _disagreements(delivery: IncomingMessage, event: Envelope, service: str) -> list[ShapeError]:
    """Return where routing key, message id and queue disagree with the body, which decides."""
    spec = BY_TYPE[event.type]
    expected = routing_key(spec.name, getattr(event.data, "caf", None))
    errors = []
    if delivery.routing_key != expected:
        text = f"routing key {delivery.routing_key!r}, the body says {expected!r}"
        errors.append(ShapeError(path="", message=text))
    if delivery.message_id not in {None, event.id} and not CLIENT_GENERATED_ID.fullmatch(
        delivery.message_id
    ):
        text = f"message_id {delivery.message_id!r} is not the event's id"
        errors.append(ShapeError(path="id", message=text))
    if service not in spec.consumers:
        errors.append(ShapeError(path="type", message=f"{service} does not handle {spec.name}"))
    return errors


def _replay(delivery: IncomingMessage) -> int:
    value = delivery.headers.get(REPLAY_HEADER, 0)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

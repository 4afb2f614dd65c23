"""Decode a delivery: its event, or every fault that it has."""

import hashlib
import re
from datetime import timedelta

from shared.contracts.common import ShapeError
from shared.contracts.envelope import (
    OWN_EVENTS_FACTOR,
    Envelope,
    InvalidMessageError,
    decode_at_intake,
    routing_key,
)
from shared.contracts.registry import BY_NAME, BY_TYPE, SERVICES
from shared.kernel.clock import REAL_CLOCK, Clock
from shared.kernel.messages import (
    DEVELOPMENT,
    InboundMessage,
    InboxKey,
    IncomingMessage,
    invalid_message,
)

REPLAY_HEADER = "clas-replay"
ROUTING_KEY_HEADER = "clas-routing-key"
TOO_LARGE = "too_large"
# aiormq fills in a random UUID where its user gave no message_id: the producer did not choose it.
CLIENT_GENERATED_ID = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
TIME_AHEAD = "time_ahead"
TIME_AHEAD_MAX = timedelta(minutes=5)


def parse(
    delivery: IncomingMessage, service: str, body_bytes_max: int, clock: Clock = REAL_CLOCK
) -> InboundMessage:
    """Decode a delivery; a fault of any kind becomes part of the result, never an exception."""
    digest = hashlib.sha256(delivery.body).hexdigest()
    replay = replay_number(delivery)
    try:
        event = _decode(delivery, service, body_bytes_max, clock)
    except InvalidMessageError as fault:
        return invalid_message(delivery, digest, replay, fault)
    key = InboxKey(DEVELOPMENT, event.source, event.id, replay)
    return InboundMessage(delivery, key, digest, event=event)


def attempt_key(delivery: IncomingMessage) -> str:
    """Return the key under which attempts are counted: of the message as it came, unparsed."""
    return f"{hashlib.sha256(delivery.body).hexdigest()}:{replay_number(delivery)}"


def _decode(delivery: IncomingMessage, service: str, body_bytes_max: int, clock: Clock) -> Envelope:
    bound = _bound(delivery, body_bytes_max)
    if len(delivery.body) > bound:
        error = ShapeError(
            path="", message=f"{len(delivery.body)} bytes, over the bound of {bound}"
        )
        raise InvalidMessageError(TOO_LARGE, (error,))
    event = decode_at_intake(delivery.body)
    if errors := tuple(_disagreements(delivery, event, service)):
        raise fault_of(event, "disagrees", errors)
    if ahead := _time_ahead(event, clock):
        raise fault_of(event, TIME_AHEAD, (ahead,))
    return event


def fault_of(event: Envelope, reason: str, errors: tuple[ShapeError, ...]) -> InvalidMessageError:
    """Return the fault of an event that was decoded."""
    caf, dossier_id = getattr(event.data, "caf", None), getattr(event.data, "dossier_id", None)
    return InvalidMessageError(reason, errors, event.id, event.type, caf, dossier_id, event.source)


def _bound(delivery: IncomingMessage, body_bytes_max: int) -> int:
    """Return the bound in bytes of an event with this routing key."""
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


def _time_ahead(event: Envelope, clock: Clock) -> ShapeError | None:
    """Refuse a time ahead of the clock where the last one counts: 2099 would count for good."""
    spec = BY_TYPE[event.type]
    if not spec.last_counts or event.time <= clock.now() + TIME_AHEAD_MAX:
        return None
    text = (
        f"{event.time.isoformat()} is more than {TIME_AHEAD_MAX // timedelta(minutes=1)} minutes"
        f" ahead of the clock of the service: of several {spec.name} the last by `time` counts, so"
        " `time` is when the event is sent"
    )
    return ShapeError(path="time", message=text)


def replay_number(delivery: IncomingMessage) -> int:
    """Return the number of a redrive; on any other delivery its producer may have written it."""
    if not delivery.redriven:
        return 0
    value = delivery.headers.get(REPLAY_HEADER, 0)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

"""Messages that are not decided: their faults, their dead letters and notices."""

import hashlib
import re
from datetime import datetime

import orjson

from shared.contracts.common import MessageRefused, ShapeError
from shared.contracts.envelope import ERRORS_MAX, InvalidMessageError, decode
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.decision import derived_id
from shared.kernel.inbound import fault_of, replay_number
from shared.kernel.messages import (
    InboundMessage,
    IncomingMessage,
    OutgoingMessage,
    amqp_id,
    invalid_message,
)
from shared.kernel.outbox import create_event, dead_letters_of, queue_of, source_of

HEADER_BYTES_MAX = 32 * 1024  # The broker closes the connection on a larger header.
NOTICE = MessageRefused.__name__
SERVICE_SOURCES = {source_of(service) for service in SERVICES}


def id_reuse(item: InboundMessage) -> InboundMessage:
    """Return the message as a fault: its id was already used for other bytes.

    One that is a fault already stays that fault, known by its bytes.
    """
    if item.event is None:
        assert item.fault is not None
        return invalid_message(item.delivery, item.sha256, item.key.replay, item.fault)
    error = ShapeError(path="id", message="this source and id were used for another body")
    fault = fault_of(item.event, "id_reuse", (error,))
    return invalid_message(item.delivery, item.sha256, item.key.replay, fault)


def is_decided_again(body: bytes | None, item: InboundMessage) -> bool:
    """Return whether a message of one of our services has the data that came in `body` before."""
    event = item.event
    if event is None or event.source not in SERVICE_SOURCES or body is None:
        return False
    try:
        earlier = decode(body)
    except InvalidMessageError:
        return False
    return (earlier.type, earlier.data) == (event.type, event.data)


def rejection_messages(
    service: str, now: datetime, inbound: InboundMessage, *, body_stored: bool
) -> tuple[OutgoingMessage, ...]:
    """Return the dead letter of an invalid message, and `MessageRefused` for its producer.

    `body_stored`: the record contains the body, so the dead letter is one of its outputs;
    otherwise the settlement publishes it once the record is committed.
    """
    notices: tuple[OutgoingMessage, ...] = ()
    if _is_primary_consumer(service, inbound):
        notices = (_message_refused(service, now, inbound),)
    return (dead_letter(service, inbound), *notices) if body_stored else notices


def dead_letter(service: str, inbound: InboundMessage) -> OutgoingMessage:
    """Return the dead letter: the original bytes, with the reason in headers."""
    fault, delivery = inbound.fault, inbound.delivery
    assert fault is not None
    queue = dead_letters_of(service)
    return OutgoingMessage(
        id=amqp_id(delivery.message_id) or amqp_id(fault.event_id) or inbound.sha256,
        routing_key=queue,
        queue=queue,
        body=delivery.body,
        headers={
            "clas-reason": fault.reason,
            "clas-errors": _errors_header(fault),
            "clas-errors-total": len(fault.errors),
            "clas-routing-key": delivery.routing_key,
            "clas-replay": inbound.key.replay,
            "clas-sha256": inbound.sha256,
        },
    )


def _errors_header(fault: InvalidMessageError) -> str:
    """Return the errors as JSON, truncated to the size of a header."""
    errors = [error.model_dump() for error in fault.errors]
    while len(header := orjson.dumps(errors)) > HEADER_BYTES_MAX:
        errors = errors[: len(errors) // 2]
    return header.decode()


def _is_primary_consumer(service: str, inbound: InboundMessage) -> bool:
    """Return whether this service notifies the producer: the first of those that got the message.

    What it is not bound to, no other service got: no queue took its key.
    """
    name, *rest = inbound.delivery.routing_key.split(".")
    assert inbound.fault is not None
    if name == NOTICE or inbound.fault.event_type == BY_NAME[NOTICE].type:
        return False  # It would be answered by itself for as long as no queue takes it.
    consumers = BY_NAME[name].consumers if name in BY_NAME and rest[:1] == ["v1"] else ()
    return service not in consumers or consumers[0] == service


def _message_refused(service: str, now: datetime, inbound: InboundMessage) -> OutgoingMessage:
    fault, delivery = inbound.fault, inbound.delivery
    assert fault is not None
    refused = MessageRefused(
        event_id=fault.event_id,
        event_type=fault.event_type,
        caf=fault.caf or _caf_of(delivery.routing_key),
        dossier_id=fault.dossier_id,
        queue=queue_of(service),
        routing_key=delivery.routing_key,
        sha256=inbound.sha256,
        errors=fault.errors[:ERRORS_MAX],
    )
    event_id = derived_id(service, "MessageRefused", *_identity(inbound))
    return create_event(service, now, refused, event_id, causationid=fault.event_id)


def _identity(inbound: InboundMessage) -> tuple[str, ...]:
    """Return what distinguishes a refusal: two bodies under one id are refused twice."""
    fault = inbound.fault
    assert fault is not None
    if fault.event_id is None:
        return (inbound.sha256,)
    return (fault.source or "", fault.event_id, inbound.sha256)


def _caf_of(key: str) -> str | None:
    caf = key.rpartition(".")[2]
    return caf if re.fullmatch(r"[0-9]{3}", caf) else None


def as_poison_message(inbound: InboundMessage, fault: BaseException) -> InboundMessage:
    """Return the message as poison.

    Its decision raised, the store refuses what it leads to, or its attempts are used up.
    """
    assert inbound.event is not None
    error = ShapeError(path="", message=f"{type(fault).__name__}: {fault}"[:2_000])
    invalid = fault_of(inbound.event, "poison", (error,))
    return InboundMessage(inbound.delivery, inbound.key, inbound.sha256, event=None, fault=invalid)


def unread_poison_message(delivery: IncomingMessage, fault: BaseException) -> InboundMessage:
    """Return a message as invalid that was not even parsed: parsing may be what ends a process."""
    digest = hashlib.sha256(delivery.body).hexdigest()
    errors = (ShapeError(path="", message=str(fault)),)
    return invalid_message(
        delivery, digest, replay_number(delivery), InvalidMessageError("poison", errors)
    )

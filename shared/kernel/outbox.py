"""Outgoing messages of a decision or of a rejected message; their ids are derived."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from shared.contracts.base import WireModel
from shared.contracts.common import MessageRefused, ShapeError
from shared.contracts.envelope import (
    ERRORS_MAX,
    TRACEPARENT,
    InvalidMessageError,
    encode,
    routing_key,
)
from shared.contracts.registry import BY_NAME, BY_TYPE
from shared.kernel.decision import Decision, OutgoingEvent, StateRef, derived_id
from shared.kernel.inbound import InboundMessage
from shared.kernel.ports import OutgoingMessage

HEADER_BYTES_MAX = 32 * 1024  # The broker closes the connection on a larger header.


def queue_of(service: str) -> str:
    """Return the name of a service's queue."""
    return f"clas.{service}"


def dead_letters_of(service: str) -> str:
    """Return the name of a service's dead-letter queue."""
    return f"clas.{service}.dead-letters"


@dataclass(frozen=True, slots=True)
class EventFactory:
    """Builds the events of a service at one instant."""

    service: str
    now: datetime

    def create(self, data: WireModel, event_id: str, **attributes: str | None) -> OutgoingMessage:
        """Return an event ready to publish."""
        caf, subject = getattr(data, "caf", None), getattr(data, "dossier_id", None)
        body = encode(
            data,
            id=event_id,
            source=f"/clas/{self.service}",
            subject=subject,
            time=self.now.isoformat().replace("+00:00", "Z"),
            **attributes,
        )
        key = routing_key(type(data).__name__, caf)
        return OutgoingMessage(id=event_id, routing_key=key, body=body, subject=subject)


def outgoing_messages(
    event_factory: EventFactory,
    inbound: InboundMessage,
    decision: Decision,
    version_of: Callable[[StateRef[Any]], int | None],
) -> tuple[OutgoingMessage, ...]:
    """Return the messages of a decision. Ids are derived from request, type, key and rank."""
    ranks: Counter[str] = Counter()
    return tuple(
        _outgoing_message(event_factory, inbound, event, ranks, version_of)
        for event in _outgoing_events(decision)
    )


def _outgoing_events(decision: Decision) -> Iterator[OutgoingEvent]:
    first = decision.states[0] if decision.states else None
    about = StateRef(type(first), first.key) if first else None
    for event in decision.events:
        if isinstance(event, OutgoingEvent):
            yield replace(event, about=event.about or about)
        else:
            yield OutgoingEvent(event, about=about)


def _outgoing_message(
    event_factory: EventFactory,
    inbound: InboundMessage,
    event: OutgoingEvent,
    ranks: Counter[str],
    version_of: Callable[[StateRef[Any]], int | None],
) -> OutgoingMessage:
    message, cause = inbound.message, inbound.event
    assert cause is not None
    origin = event.origin or message.origin
    spec = BY_NAME[type(event.data).__name__]
    identity = "|".join([spec.type, *(str(getattr(event.data, field)) for field in spec.key)])
    ranks[identity] = max(ranks[identity], event.earlier) + 1
    version = version_of(event.about) if event.about else None
    return event_factory.create(
        event.data,
        derived_id(origin.request, identity, str(ranks[identity])),
        correlationid=origin.correlation,
        causationid=cause.id,
        traceparent=_trace(cause.traceparent),
        sequence=None if version is None else f"{version:010d}",
    )


def _trace(traceparent: str | None) -> str | None:
    return traceparent if traceparent and TRACEPARENT.fullmatch(traceparent) else None


def rejection_messages(
    event_factory: EventFactory, inbound: InboundMessage, *, body_stored: bool
) -> tuple[OutgoingMessage, ...]:
    """Return the dead letter of an invalid message, and `MessageRefused` for its producer.

    `body_stored`: the record contains the body, so the dead letter is one of its outputs;
    otherwise the worker publishes it before the record is written.
    """
    service = event_factory.service
    notices: tuple[OutgoingMessage, ...] = ()
    if _is_primary_consumer(service, inbound):
        notices = (_message_refused(event_factory, inbound),)
    return (dead_letter(service, inbound), *notices) if body_stored else notices


def dead_letter(service: str, inbound: InboundMessage) -> OutgoingMessage:
    """Return the dead letter: the original bytes, with the reason in headers."""
    fault, delivery = inbound.fault, inbound.delivery
    assert fault is not None
    queue = dead_letters_of(service)
    return OutgoingMessage(
        id=delivery.message_id or fault.event_id or inbound.sha256,
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
    """Return whether this service is the first consumer: only that one notifies the producer."""
    fault = inbound.fault
    assert fault is not None
    event_name = inbound.delivery.routing_key.partition(".")[0]
    spec = BY_NAME.get(event_name) or BY_TYPE.get(fault.event_type or "")
    return spec is None or not spec.consumers or spec.consumers[0] == service


def _message_refused(event_factory: EventFactory, inbound: InboundMessage) -> OutgoingMessage:
    fault, delivery = inbound.fault, inbound.delivery
    assert fault is not None
    refused = MessageRefused(
        event_id=fault.event_id,
        event_type=fault.event_type,
        caf=fault.caf or _caf_of(delivery.routing_key),
        dossier_id=fault.dossier_id,
        queue=queue_of(event_factory.service),
        routing_key=delivery.routing_key,
        sha256=inbound.sha256,
        errors=fault.errors[:ERRORS_MAX],
    )
    event_id = derived_id(event_factory.service, "MessageRefused", fault.event_id or inbound.sha256)
    return event_factory.create(refused, event_id, causationid=fault.event_id)


def _caf_of(key: str) -> str | None:
    caf = key.rpartition(".")[2]
    return caf if re.fullmatch(r"[0-9]{3}", caf) else None


def as_poison_message(inbound: InboundMessage, fault: BaseException) -> InboundMessage:
    """Return the message as invalid: its decision raised an unexpected exception."""
    event = inbound.event
    assert event is not None
    error = ShapeError(path="", message=f"{type(fault).__name__}: {fault}"[:2_000])
    invalid = InvalidMessageError(
        "poison",
        (error,),
        event.id,
        event.type,
        getattr(event.data, "caf", None),
        getattr(event.data, "dossier_id", None),
    )
    return InboundMessage(inbound.delivery, inbound.key, inbound.sha256, event=None, fault=invalid)

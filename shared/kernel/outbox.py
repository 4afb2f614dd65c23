"""From a decision, or a fault, to the messages that leave: ids derived, never drawn."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from shared.contracts.base import WireModel
from shared.contracts.common import MessageRefused, ShapeError
from shared.contracts.envelope import ERRORS_MAX, TRACEPARENT, InvalidMessage, encode, routing_key
from shared.contracts.registry import BY_NAME, BY_TYPE
from shared.kernel.decision import Decision, OutgoingEvent, StateRef, derived_id
from shared.kernel.inbound import InboundMessage
from shared.kernel.ports import OutgoingMessage

HEADER_BYTES_MAX = 32 * 1024  # A larger header kills the connection.


def queue_of(service: str) -> str:
    """Return the name of a service's queue."""
    return f"clas.{service}"


def dead_letters_of(service: str) -> str:
    """Return the name of a service's dead-letter queue."""
    return f"clas.{service}.dead-letters"


@dataclass(frozen=True, slots=True)
class EventFactory:
    """A service speaking at one instant."""

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
    voice: EventFactory,
    item: InboundMessage,
    decision: Decision,
    version_of: Callable[[StateRef[Any]], int | None],
) -> tuple[OutgoingMessage, ...]:
    """Return the events of a decision. Their ids depend on the request, type, key and rank."""
    ranks: Counter[str] = Counter()
    return tuple(
        _outgoing_message(voice, item, emit, ranks, version_of)
        for emit in _outgoing_events(decision)
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
    voice: EventFactory,
    item: InboundMessage,
    emit: OutgoingEvent,
    ranks: Counter[str],
    version_of: Callable[[StateRef[Any]], int | None],
) -> OutgoingMessage:
    message, cause = item.message, item.event
    assert cause is not None
    origin = emit.origin or message.origin
    spec = BY_NAME[type(emit.data).__name__]
    identity = "|".join([spec.type, *(str(getattr(emit.data, field)) for field in spec.key)])
    ranks[identity] = max(ranks[identity], emit.earlier) + 1
    version = version_of(emit.about) if emit.about else None
    return voice.create(
        emit.data,
        derived_id(origin.request, identity, str(ranks[identity])),
        correlationid=origin.correlation,
        causationid=cause.id,
        traceparent=_trace(cause.traceparent),
        sequence=None if version is None else f"{version:010d}",
    )


def _trace(traceparent: str | None) -> str | None:
    return traceparent if traceparent and TRACEPARENT.fullmatch(traceparent) else None


def rejection_messages(
    voice: EventFactory, item: InboundMessage, *, kept_whole: bool
) -> tuple[OutgoingMessage, ...]:
    """Return the dead letter of a fault, and the event that tells its producer.

    `kept_whole`: the record keeps the body, so the dead letter is one of its outputs.
    """
    told = (_message_refused(voice, item),) if _is_primary_consumer(voice.service, item) else ()
    return (dead_letter(voice.service, item), *told) if kept_whole else told


def dead_letter(service: str, item: InboundMessage) -> OutgoingMessage:
    """Return the message's own bytes, with the reason in headers."""
    fault, delivery = item.fault, item.delivery
    assert fault is not None
    queue = dead_letters_of(service)
    return OutgoingMessage(
        id=delivery.message_id or fault.event_id or item.sha256,
        routing_key=queue,
        queue=queue,
        body=delivery.body,
        headers={
            "clas-reason": fault.reason,
            "clas-errors": _errors_header(fault),
            "clas-errors-total": len(fault.errors),
            "clas-routing-key": delivery.routing_key,
            "clas-replay": item.key.replay,
            "clas-sha256": item.sha256,
        },
    )


def _errors_header(fault: InvalidMessage) -> str:
    """Return the errors as JSON, as many as the header can carry."""
    errors = [error.model_dump() for error in fault.errors]
    while len(header := orjson.dumps(errors)) > HEADER_BYTES_MAX:
        errors = errors[: len(errors) // 2]
    return header.decode()


def _is_primary_consumer(service: str, item: InboundMessage) -> bool:
    """Only the first service that an event goes to tells its producer."""
    fault = item.fault
    assert fault is not None
    travelled_as = item.delivery.routing_key.partition(".")[0]
    spec = BY_NAME.get(travelled_as) or BY_TYPE.get(fault.event_type or "")
    return spec is None or not spec.consumers or spec.consumers[0] == service


def _message_refused(voice: EventFactory, item: InboundMessage) -> OutgoingMessage:
    fault, delivery = item.fault, item.delivery
    assert fault is not None
    refused = MessageRefused(
        event_id=fault.event_id,
        event_type=fault.event_type,
        caf=fault.caf or _caf_of(delivery.routing_key),
        dossier_id=fault.dossier_id,
        queue=queue_of(voice.service),
        routing_key=delivery.routing_key,
        sha256=item.sha256,
        errors=fault.errors[:ERRORS_MAX],
    )
    event_id = derived_id(voice.service, "MessageRefused", fault.event_id or item.sha256)
    return voice.create(refused, event_id, causationid=fault.event_id)


def _caf_of(key: str) -> str | None:
    last = key.rpartition(".")[2]
    return last if re.fullmatch(r"[0-9]{3}", last) else None


def as_poison_message(item: InboundMessage, fault: BaseException) -> InboundMessage:
    """Return the item as a fault: deciding it raised something that no rule foresees."""
    event = item.event
    assert event is not None
    error = ShapeError(path="", message=f"{type(fault).__name__}: {fault}"[:2_000])
    shapeless = InvalidMessage(
        "poison",
        (error,),
        event.id,
        event.type,
        getattr(event.data, "caf", None),
        getattr(event.data, "dossier_id", None),
    )
    return InboundMessage(item.delivery, item.key, item.sha256, event=None, fault=shapeless)

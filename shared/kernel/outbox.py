"""Outgoing messages of a decision; their ids are derived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.envelope import TRACEPARENT, Envelope, encode, routing_key
from shared.contracts.registry import BY_NAME
from shared.kernel.decision import Decision, OutgoingEvent, RequestRef, StateRef, derived_id
from shared.kernel.messages import OutgoingMessage


def queue_of(service: str) -> str:
    """Return the name of a service's queue."""
    return f"clas.{service}"


def dead_letters_of(service: str) -> str:
    """Return the name of a service's dead-letter queue."""
    return f"clas.{service}.dead-letters"


def source_of(service: str) -> str:
    """Return the CloudEvents source of a service's events."""
    return f"/clas/{service}"


def create_event(
    service: str, now: datetime, data: WireModel, event_id: str, **attributes: str | None
) -> OutgoingMessage:
    """Return an event of a service, ready to publish."""
    caf, subject = getattr(data, "caf", None), getattr(data, "dossier_id", None)
    body = encode(
        data,
        id=event_id,
        source=source_of(service),
        subject=subject,
        time=now.isoformat().replace("+00:00", "Z"),
        **attributes,
    )
    key = routing_key(type(data).__name__, caf)
    return OutgoingMessage(id=event_id, routing_key=key, body=body, subject=subject)


def outgoing_messages(
    service: str,
    now: datetime,
    cause: Envelope,
    decision: Decision,
    versions: Mapping[StateRef[Any], int],
) -> tuple[OutgoingMessage, ...]:
    """Return the messages of a decision on an event. Ids derive from request, type, key and rank.

    `versions` are those of the states that the decision read, as it leaves them.
    """
    ranks: dict[str, int] = {}
    first = _first_state(decision)
    return tuple(
        _outgoing_message(
            service,
            now,
            cause,
            event,
            ranks=ranks,
            version=versions.get(about) if (about := event.about or first) else None,
        )
        for event in map(_outgoing_event, decision.events)
    )


def request_of(event: Envelope) -> RequestRef:
    """Return the request that answers to an event refer to."""
    return RequestRef(request=event.id, correlation=event.correlationid or event.id)


def _first_state(decision: Decision) -> StateRef[Any] | None:
    if not decision.states:
        return None
    first = decision.states[0]
    return StateRef(type(first), first.key)


def _outgoing_event(event: WireModel | OutgoingEvent) -> OutgoingEvent:
    return event if isinstance(event, OutgoingEvent) else OutgoingEvent(event)


def _outgoing_message(  # noqa: PLR0913 - an event has that many causes
    service: str,
    now: datetime,
    cause: Envelope,
    event: OutgoingEvent,
    *,
    ranks: dict[str, int],
    version: int | None,
) -> OutgoingMessage:
    origin = event.origin or request_of(cause)
    spec = BY_NAME[type(event.data).__name__]
    identity = "|".join([spec.type, *(str(getattr(event.data, field)) for field in spec.key)])
    rank = ranks[identity] = max(ranks.get(identity, 0), event.earlier) + 1
    return create_event(
        service,
        now,
        event.data,
        derived_id(origin.request, identity, str(rank)),
        correlationid=origin.correlation,
        causationid=cause.id,
        traceparent=_trace(cause.traceparent),
        sequence=f"{version:010d}" if version else None,
    )


def _trace(traceparent: str | None) -> str | None:
    return traceparent if traceparent and TRACEPARENT.fullmatch(traceparent) else None

"""The topology: exchanges, queues and bindings, derived from the contract registry."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.registry import BY_NAME, SERVICES, consumed_by
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.settings import Settings

EXCHANGE = "clas.events"
UNROUTED = "clas.unrouted"
DEAD = "clas.dead"
REDRIVE = "clas.redrive"
LOG = "clas.log"
EVERY_KEY = "#"
UNROUTED_TO = "submission"
"""The service that answers events under a routing key that no queue is bound to."""
ALTERNATE_EXCHANGE = "alternate-exchange"
ALTERNATE_EXCHANGE_POLICY = (
    "rabbitmqctl set_policy clas-unrouted '^clas\\.events$' "
    f'\'{{"{ALTERNATE_EXCHANGE}":"{UNROUTED}"}}\' --apply-to exchanges'
)
"""Gives an exchange that was declared without the argument the same alternate exchange."""
DELIVERIES_MAX = 50
DEAD_LETTER_DELIVERIES_MAX = 2**31 - 1
"""Dead letters may be browsed any number of times: RabbitMQ 4 drops them after 20 by default."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange and its arguments."""

    name: str
    type: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue, its arguments and its binding keys."""

    name: str
    arguments: dict[str, Any]
    keys: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Binding:
    """A queue takes what an exchange gets under a routing key."""

    exchange: str
    queue: str
    key: str


CATCHING = Binding(UNROUTED, queue_of(UNROUTED_TO), "")
"""A known event that it catches would be refused as unknown."""


def exchanges() -> Iterator[Exchange]:
    """Yield every exchange, the alternate exchange before the one that names it."""
    yield Exchange(UNROUTED, "fanout")
    yield Exchange(DEAD, "direct")
    yield Exchange(REDRIVE, "direct")
    yield Exchange(EXCHANGE, "topic", {ALTERNATE_EXCHANGE: UNROUTED})


def queues(settings: Settings) -> Iterator[Queue]:
    """Yield every queue; dead-letter queues first, so that dead-lettering always has a target."""
    for service in SERVICES:
        arguments = {"x-queue-type": "quorum", "x-delivery-limit": DEAD_LETTER_DELIVERIES_MAX}
        yield Queue(dead_letters_of(service), arguments)
    for service in SERVICES:
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERIES_MAX,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead_letters_of(service),
        }
        yield Queue(queue_of(service), arguments, event_keys(service))
    retention = {"x-max-age": settings.log_age, "x-max-length-bytes": settings.log_bytes_max}
    yield Queue(LOG, {"x-queue-type": "stream", **retention}, event_keys())


def event_keys(service: str | None = None) -> tuple[str, ...]:
    """Return the binding keys of the events that a service consumes, or of all events.

    Nothing is bound to all keys: an event that nobody knows must go to the alternate exchange.
    """
    names = BY_NAME if service is None else [spec.name for spec in consumed_by(service)]
    return tuple(f"{name}.v1.*" for name in names)


def bindings(settings: Settings) -> Iterator[Binding]:
    """Yield every binding; the one that catches what is not routed when all others are there."""
    for service in SERVICES:
        yield Binding(DEAD, dead_letters_of(service), dead_letters_of(service))
        yield Binding(REDRIVE, queue_of(service), queue_of(service))
    for queue in queues(settings):
        yield from (Binding(EXCHANGE, queue.name, key) for key in queue.keys)
    yield CATCHING


def topology_fingerprint(settings: Settings) -> str:
    """Return the name of the exchange declared last: it proves that the topology is complete."""
    parts = (exchanges(), queues(settings), bindings(settings))
    description = "\n".join(repr(item) for part in parts for item in part)
    return f"clas.topology.{hashlib.sha256(description.encode()).hexdigest()[:12]}"

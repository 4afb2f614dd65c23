"""The topology: exchange, queues and bindings, derived from the contract registry.

Declared by every service at its start, or once by `clas topology`; declaring is idempotent.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.contracts.registry import SERVICES, consumed_by
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.errors import TopologyError

EXCHANGE = "clas.events"
LOG = "clas.log"
DELIVERIES_MAX = 50
DEAD_LETTER_DELIVERIES_MAX = 2**31 - 1
"""Dead letters may be browsed any number of times: RabbitMQ 4 drops them after 20 by default."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue, its arguments and its binding keys."""

    name: str
    arguments: dict[str, Any]
    keys: tuple[str, ...] = field(default=())


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
        keys = tuple(f"{spec.name}.v1.*" for spec in consumed_by(service))
        yield Queue(queue_of(service), arguments, keys)
    retention = {"x-max-age": settings.log_age, "x-max-length-bytes": settings.log_bytes_max}
    yield Queue(LOG, {"x-queue-type": "stream", **retention}, ("#",))


def topology_fingerprint(settings: Settings) -> str:
    """Return the name of the exchange declared last: it proves that the topology is complete."""
    description = repr([(q.name, sorted(q.arguments.items()), q.keys) for q in queues(settings)])
    return f"clas.topology.{hashlib.sha256(description.encode()).hexdigest()[:12]}"


async def declare_or_verify(connection: AbstractConnection, settings: Settings) -> None:
    """Declare the topology, or with `CLAS_DECLARE=check` verify that it exists.

    Raises:
        TopologyError: when the existing topology differs; the message says what to do.
    """
    channel = await connection.channel()
    try:
        await (_check if settings.declare == "check" else _declare)(channel, settings)
    finally:
        await channel.close()


async def _declare(channel: AbstractChannel, settings: Settings) -> None:
    try:
        exchange = await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)
        for queue in queues(settings):
            declared = await channel.declare_queue(
                queue.name, durable=True, arguments=queue.arguments
            )
            for key in queue.keys:
                await declared.bind(exchange, routing_key=key)
        await channel.declare_exchange(
            topology_fingerprint(settings), ExchangeType.FANOUT, durable=True
        )
    except ChannelPreconditionFailed as fault:
        msg = (
            f"the broker has it with other properties: {fault}. "
            "Delete that queue once it is empty, or give the service the settings it was made with."
        )
        raise TopologyError(msg) from fault


async def _check(channel: AbstractChannel, settings: Settings) -> None:
    try:
        await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True, passive=True)
        for queue in queues(settings):
            await channel.declare_queue(queue.name, durable=True, passive=True)
        await channel.declare_exchange(topology_fingerprint(settings), passive=True)
    except Exception as fault:
        msg = f"the topology is not complete ({fault}); run `clas topology` with a user that may"
        raise TopologyError(msg) from fault

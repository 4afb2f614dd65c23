"""Declares the topology, or verifies it.

Every service declares it at its start and then periodically, or `clas topology` does it once;
declaring is idempotent.
"""

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused

from shared.kernel.settings import Settings
from shared.rabbitmq.channels import channel_of
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import (
    ALTERNATE_EXCHANGE,
    CATCHING,
    EVERY_KEY,
    EXCHANGE,
    LOG,
    Exchange,
    Queue,
    bindings,
    exchanges,
    queues,
    topology_fingerprint,
)

REFUSALS = (ChannelPreconditionFailed, ChannelNotFoundEntity, ChannelAccessRefused)


async def declare_or_verify(connection: AbstractConnection, settings: Settings) -> None:
    """Declare the topology, or with `CLAS_DECLARE=check` verify that it exists.

    Raises:
        TopologyError: when the existing topology differs; the message says what to do.
    """
    await (_verify if settings.declare == "check" else _declare)(connection, settings)


async def alternate_exchange_missing(connection: AbstractConnection) -> bool:
    """Return whether the events exchange stands without its alternate exchange as an argument.

    It was declared by an earlier release then; whether a policy stands in for the argument is
    known to the management interface only. A user who may not declare cannot see it: False.
    """
    events = next(exchange for exchange in exchanges() if exchange.name == EXCHANGE)
    try:
        async with channel_of(connection) as channel:
            await channel.exchange_declare(EXCHANGE, passive=True)
            await _declare_exchange(channel, events)
    except (ChannelNotFoundEntity, ChannelAccessRefused):
        return False
    except ChannelPreconditionFailed as fault:
        return ALTERNATE_EXCHANGE in str(fault)
    return False


async def _declare(connection: AbstractConnection, settings: Settings) -> None:
    if await _is_missing(connection, EXCHANGE):
        await _stop_catching(connection)
    for exchange in exchanges():
        await _declare_or_keep(connection, exchange)
    try:
        async with channel_of(connection) as channel:
            for queue in queues(settings):
                await _declare_queue(channel, queue)
            await _bind(channel, settings)
            await _declare_exchange(channel, Exchange(topology_fingerprint(settings), "fanout"))
    except REFUSALS as fault:
        msg = f"the topology cannot be declared: {fault}"
        raise TopologyError(msg) from fault


async def _is_missing(connection: AbstractConnection, exchange: str) -> bool:
    try:
        async with channel_of(connection) as channel:
            await channel.exchange_declare(exchange, passive=True)
    except ChannelNotFoundEntity:
        return True
    return False


async def _stop_catching(connection: AbstractConnection) -> None:
    """Let events that are not routed return to their publisher until all bindings are there."""
    async with channel_of(connection) as channel:
        await channel.queue_unbind(CATCHING.queue, CATCHING.exchange, CATCHING.key)


async def _declare_or_keep(connection: AbstractConnection, exchange: Exchange) -> None:
    """Declare an exchange; keep one that an earlier release declared without its arguments."""
    try:
        async with channel_of(connection) as channel:
            await _declare_exchange(channel, exchange)
    except REFUSALS as fault:
        if not (exchange.arguments and ALTERNATE_EXCHANGE in str(fault)):
            msg = f"the exchange {exchange.name} cannot be declared: {fault}"
            raise TopologyError(msg) from fault


async def _declare_exchange(channel: AbstractChannel, exchange: Exchange) -> None:
    await channel.exchange_declare(
        exchange.name, exchange_type=exchange.type, durable=True, arguments=exchange.arguments
    )


async def _declare_queue(channel: AbstractChannel, queue: Queue) -> None:
    try:
        await channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
    except ChannelPreconditionFailed as fault:
        msg = f"the broker has {queue.name} with other properties: {fault}. {_advice(queue)}"
        raise TopologyError(msg) from fault


def _advice(queue: Queue) -> str:
    if queue.name != LOG:
        return "Give the service the settings it was made with, or delete that queue once empty."
    return (
        "Set CLAS_LOG_AGE and CLAS_LOG_BYTES_MAX to what it was made with; a policy changes its "
        "retention: rabbitmqctl set_policy clas-log '^clas\\.log$' '{\"max-age\":\"60D\"}' "
        "--apply-to queues. Do not delete it: it holds the events."
    )


async def _bind(channel: AbstractChannel, settings: Settings) -> None:
    """Bind all queues; then take away the binding to all keys that release 0.3.0 gave the log."""
    for binding in bindings(settings):
        await channel.queue_bind(binding.queue, binding.exchange, binding.key)
    await channel.queue_unbind(LOG, EXCHANGE, EVERY_KEY)


async def _verify(connection: AbstractConnection, settings: Settings) -> None:
    names = [exchange.name for exchange in exchanges()]
    try:
        async with channel_of(connection) as channel:
            for name in (*names, topology_fingerprint(settings)):
                await channel.exchange_declare(name, passive=True)
            for queue in queues(settings):
                await channel.queue_declare(queue.name, passive=True)
    except REFUSALS as fault:
        msg = f"the topology is not complete ({fault}); run `clas topology` with a user that may"
        raise TopologyError(msg) from fault

"""The topology on a real broker: declared anew, beside what an earlier release left, verified."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, DeliveryError

from deploy.embedded import Servers
from shared.contracts.registry import BY_NAME, SERVICES
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import (
    Connection,
    alternate_exchange_missing,
    connected,
    missing_topology,
)
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.topology import bindings, exchanges
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.support.broker import depth, wipe

pytestmark = pytest.mark.servers


@pytest.fixture
async def settings(real_servers: Servers) -> Settings:
    await wipe(real_servers.amqp_url)
    return Settings(amqp_url=real_servers.amqp_url)


@pytest.fixture
async def connection(settings: Settings) -> AsyncIterator[Connection]:
    async with connected(settings) as opened:
        yield opened


async def confirming(connection: Connection) -> AbstractChannel:
    return await connection.channel(publisher_confirms=True, on_return_raises=True)


async def publish(connection: Connection, exchange: str, key: str) -> None:
    """Publish; raise DeliveryError when no queue takes it."""
    target = await (await confirming(connection)).get_exchange(exchange)
    await target.publish(aio_pika.Message(b"a"), key)


async def test_each_binding_routes(connection: Connection, settings: Settings) -> None:
    await declare_or_verify(connection, settings)
    for service in SERVICES:
        await publish(connection, "clas.dead", f"clas.{service}.dead-letters")
        await publish(connection, "clas.redrive", f"clas.{service}")
        assert await depth(settings.amqp_url, f"clas.{service}.dead-letters") == 1
        assert await depth(settings.amqp_url, f"clas.{service}") == 1
    for name in BY_NAME:
        await publish(connection, "clas.events", f"{name}.v1.761")


async def test_an_event_under_an_unknown_key_reaches_submission_alone(
    connection: Connection, settings: Settings
) -> None:
    await declare_or_verify(connection, settings)
    await publish(connection, "clas.events", "Unheard.v1.761")
    depths = [await depth(settings.amqp_url, f"clas.{service}") for service in SERVICES]
    assert depths == [1, 0, 0, 0]


async def test_the_log_loses_the_binding_to_all_keys_that_an_earlier_release_gave_it(
    connection: Connection, settings: Settings
) -> None:
    await declare_or_verify(connection, settings)
    channel = await confirming(connection)
    await (await channel.get_queue("clas.log")).bind("clas.events", "#")
    await declare_or_verify(connection, settings)
    await channel.exchange_delete("clas.unrouted")

    with pytest.raises(DeliveryError):
        await publish(connection, "clas.events", "Unheard.v1.761")


async def test_an_exchange_of_an_earlier_release_is_kept_and_reported(
    connection: Connection, settings: Settings
) -> None:
    assert not await alternate_exchange_missing(connection)  # There is none.
    await (await confirming(connection)).declare_exchange("clas.events", "topic", durable=True)
    await declare_or_verify(connection, settings)

    assert await missing_topology(connection, settings) == []
    assert await alternate_exchange_missing(connection)
    with pytest.raises(DeliveryError):
        await publish(connection, "clas.events", "Unheard.v1.761")


async def test_a_known_event_is_not_refused_while_its_exchange_is_declared_again(
    connection: Connection, settings: Settings
) -> None:
    """What finds no binding yet is returned, so that its publisher tries again.

    Nobody publishes at the moment of the deletion: the broker takes the bindings away before the
    exchange, and what comes between is caught.
    """
    await declare_or_verify(connection, settings)
    for _ in range(5):
        await (await connection.channel()).exchange_delete("clas.events")
        publishing = asyncio.create_task(_publish_until_cancelled(connection, "ConventionSigned"))
        await declare_or_verify(connection, settings)
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)

    assert await depth(settings.amqp_url, "clas.funding") > 0
    assert await depth(settings.amqp_url, "clas.submission") == 0
    await publish(connection, "clas.events", "Nonsense.v1.761")
    assert await depth(settings.amqp_url, "clas.submission") == 1


async def _publish_until_cancelled(connection: Connection, name: str) -> None:
    """Publish an event again and again, over a new channel when there is no exchange."""
    while True:
        with suppress(AMQPError, ChannelInvalidStateError):
            exchange = await (await confirming(connection)).get_exchange("clas.events")
            while True:
                with suppress(DeliveryError):
                    await exchange.publish(aio_pika.Message(b"a"), f"{name}.v1.761")


async def test_a_complete_topology_has_its_alternate_exchange(
    connection: Connection, settings: Settings
) -> None:
    await declare_or_verify(connection, settings)
    assert not await alternate_exchange_missing(connection)
    await declare_or_verify(connection, settings.model_copy(update={"declare": "check"}))


@pytest.mark.parametrize("name", [exchange.name for exchange in exchanges()])
async def test_a_missing_exchange_is_named(
    connection: Connection, settings: Settings, name: str
) -> None:
    await declare_or_verify(connection, settings)
    await (await confirming(connection)).exchange_delete(name)

    assert await missing_topology(connection, settings) == [name]
    with pytest.raises(TopologyError, match=f"{name}.*clas topology"):
        await declare_or_verify(connection, settings.model_copy(update={"declare": "check"}))


async def test_an_exchange_of_another_type_is_not_taken(
    connection: Connection, settings: Settings
) -> None:
    await (await confirming(connection)).declare_exchange("clas.events", "fanout", durable=True)
    with pytest.raises(TopologyError, match=r"clas.events cannot be declared.*'type'"):
        await declare_or_verify(connection, settings)


async def test_nobody_is_advised_to_delete_the_log(
    connection: Connection, settings: Settings
) -> None:
    await declare_or_verify(connection, settings)
    with pytest.raises(TopologyError, match="set_policy") as fault:
        await declare_or_verify(connection, settings.model_copy(update={"log_age": "60D"}))
    assert "CLAS_LOG_AGE" in str(fault.value)
    assert "Do not delete it" in str(fault.value)


def test_nothing_is_bound_to_all_keys() -> None:
    assert all("#" not in binding.key for binding in bindings(Settings()))

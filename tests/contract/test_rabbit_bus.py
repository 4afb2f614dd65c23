"""What only a real broker can show of the bus: what it stores, withholds, refuses and ends."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import pytest
from aiormq.abc import ChannelFrame
from structlog.testing import capture_logs

from deploy.embedded import Servers
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.bus import BROKER_FAULTS, RabbitBus
from shared.rabbitmq.channels import open_channel
from shared.rabbitmq.topology import DEAD_LETTER_DELIVERIES_MAX
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.contract.test_bus import KEY, message, publish_until_confirmed, receive, receive_one
from tests.support.broker import depth, drain, wipe
from tests.support.client import LONGEST_S, until
from tests.support.proxy import Proxy

pytestmark = pytest.mark.servers
QUEUE = "clas.funding"


@asynccontextmanager
async def opened(settings: Settings, service: str = "funding") -> AsyncIterator[RabbitBus]:
    bus = RabbitBus(service, settings)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


@pytest.fixture
async def settings(real_servers: Servers) -> Settings:
    await wipe(real_servers.amqp_url)
    return Settings(amqp_url=real_servers.amqp_url, prefetch=5)


@pytest.fixture
async def bus(settings: Settings) -> AsyncIterator[RabbitBus]:
    async with opened(settings) as bus:
        yield bus


async def ready(settings: Settings, count: int) -> None:
    """Wait until the broker has so many messages that it has not delivered."""
    async with asyncio.timeout(LONGEST_S):
        while await depth(settings.amqp_url, QUEUE) != count:
            await asyncio.sleep(0.05)


async def test_what_is_published_survives_a_restart_of_the_broker(bus: RabbitBus) -> None:
    await bus.publish([message("a"), message("b", queue="clas.funding.dead-letters")])
    for queue in (QUEUE, "clas.funding.dead-letters"):
        (stored,) = await drain(bus._settings.amqp_url, queue)
        assert stored.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
        assert stored.content_type == "application/cloudevents+json"


async def test_the_broker_delivers_no_more_than_the_prefetch(
    bus: RabbitBus, settings: Settings
) -> None:
    await bus.publish([message(str(rank)) for rank in range(20)])
    await bus.consume(one_at_a_time=True)
    await ready(settings, 19)
    await bus.consume(one_at_a_time=False)
    await ready(settings, 14)
    await bus.ack(await receive(bus, 6))
    await ready(settings, 9)
    await bus.pause()
    await ready(settings, 14)


async def test_dead_letters_may_be_browsed_any_number_of_times(
    settings: Settings,
) -> None:
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DEAD_LETTER_DELIVERIES_MAX,
    }
    async with connected(settings) as connection:
        await declare_or_verify(connection, settings)
        channel = await connection.channel()
        await channel.declare_queue("clas.funding.dead-letters", durable=True, arguments=arguments)


async def test_odd_properties_kill_no_connection(bus: RabbitBus, settings: Settings) -> None:
    await bus.consume(one_at_a_time=False)
    async with connected(settings) as connection:
        channel = await open_channel(connection, confirms=False)
        await channel.write_queue.put(
            ChannelFrame(_odd_publication(channel.number), should_close=False)
        )
        await bus.publish([message("b")])
        received = await receive(bus, 2)
    odd = next(delivery for delivery in received if delivery.body == b"odd")
    assert odd.headers == {"k\ufffdy": "v"}
    assert not any(delivery.redelivered for delivery in received)


def _odd_publication(channel: int) -> bytes:
    """A message with a Latin-1 application and header, and a time in microseconds."""
    table = b"\x03k\xe9yS" + struct.pack(">I", 1) + b"v"
    properties = (
        struct.pack(">H", 1 << 13 | 1 << 6 | 1 << 3) + struct.pack(">I", len(table)) + table
    )
    properties += struct.pack(">Q", 1_764_000_000_000_000) + b"\x03\xe9\xe8\xff"
    key = KEY.encode()
    payloads = (
        (1, struct.pack(">HHH", 60, 40, 0) + b"\x0bclas.events" + bytes([len(key)]) + key + b"\0"),
        (2, struct.pack(">HHQ", 60, 0, 3) + properties),
        (3, b"odd"),
    )
    return b"".join(
        struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"
        for kind, payload in payloads
    )


async def test_a_deleted_queue_is_consumed_again_once_it_is_back(
    bus: RabbitBus, settings: Settings
) -> None:
    await bus.consume(one_at_a_time=False)
    with capture_logs() as logs:
        async with connected(settings) as connection:
            await (await connection.channel()).queue_delete(QUEUE)
            await until(lambda: bus.one_at_a_time, what="the loss is noticed")
            assert not await bus.is_consuming()
            await declare_or_verify(connection, settings)
        await bus.publish([message("a")])
        assert (await receive_one(bus)).body == b"a"
        await until(lambda: events(logs) == ["broker_lost", "broker_restored"], what="both logged")
    assert await bus.is_consuming()
    assert "Basic.Cancel" in logs[0]["cause"]


async def test_a_channel_that_the_broker_closes_is_replaced(bus: RabbitBus) -> None:
    await bus.consume(one_at_a_time=False)
    await bus.publish([message("a"), message("b")])
    lost = await receive(bus, 2)
    channel = lost[0].tag.channel.protocol
    with capture_logs() as logs:
        await channel.basic_ack(999)  # Unknown to the broker: an error of the channel.
        again = await receive_one(bus)
        await until(lambda: events(logs) == ["broker_lost", "broker_restored"], what="both logged")
    assert (again.body, again.redelivered, bus.one_at_a_time) == (b"a", True, True)
    assert "unknown delivery tag" in logs[0]["cause"]


async def test_publishing_goes_on_after_a_lost_connection(bus: RabbitBus) -> None:
    assert await bus.publish([message("a")]) == ["confirmed"]
    connection = await bus.brokers[0].connect()
    assert connection.transport is not None
    with capture_logs() as logs:
        await connection.transport.connection.close(ConnectionError("by the test"))
        lost = await bus.publish([message("b")])
        while await bus.publish([message("c")]) != ["confirmed"]:
            await asyncio.sleep(0.05)
    assert lost == ["unknown"]
    assert [event for event in events(logs) if event != "unconfirmed"] == [
        "broker_lost",
        "broker_restored",
    ]


async def test_a_publication_without_confirm_ends_in_time_and_the_next_is_its_own(
    settings: Settings,
) -> None:
    impatient = settings.model_copy(update={"publish_timeout_s": 1e-6})
    async with opened(impatient) as bus:
        assert await bus.publish([message("a")]) == ["unknown"]
    proxied = settings.model_copy(update={"publish_timeout_s": 0.5})
    async with Proxy(settings.amqp_url).serving() as proxy:
        proxied = proxied.model_copy(update={"amqp_url": proxy.url})
        async with opened(proxied) as bus:
            await publish_until_confirmed(bus, "b")
            proxy.swallows = True
            results = [await bus.publish([message("c")]) for _ in range(3)]
            assert results == [["unknown"]] * 3
            proxy.swallows = False


async def test_a_silent_network_is_noticed_and_left(settings: Settings) -> None:
    async with Proxy(settings.amqp_url).serving() as proxy:
        update = {"amqp_url": proxy.url, "amqp_heartbeat_s": 1, "publish_timeout_s": 0.5}
        async with opened(settings.model_copy(update=update)) as bus:
            await bus.consume(one_at_a_time=False)
            await publish_until_confirmed(bus, "a")
            assert (await receive_one(bus)).body == b"a"
            proxy.swallows = True
            began = asyncio.get_running_loop().time()
            await until(lambda: bus.one_at_a_time, what="the silence is noticed")
            assert asyncio.get_running_loop().time() - began < 15
            seen = proxy.connections
            await until(lambda: proxy.connections >= seen + 2, what="both try to connect again")
            proxy.swallows = False
            assert (await receive_one(bus)).redelivered
            await publish_until_confirmed(bus, "b")


async def test_whoever_waits_when_a_silence_is_noticed_is_told_and_not_cancelled(
    settings: Settings,
) -> None:
    """The client library cancels its own reader, and with it all that wait for an answer."""
    async with Proxy(settings.amqp_url).serving() as proxy:
        update = {"amqp_url": proxy.url, "amqp_heartbeat_s": 1, "publish_timeout_s": 0.5}
        async with opened(settings.model_copy(update=update)) as bus:
            await publish_until_confirmed(bus, "a")
            proxy.swallows = True
            seen = proxy.connections
            declaring = asyncio.create_task(bus.redeclare_topology())
            while proxy.connections == seen:
                assert await bus.publish([message("b")]) == ["unknown"]
            with pytest.raises(BROKER_FAULTS):
                await declaring
            proxy.swallows = False
            await publish_until_confirmed(bus, "c")


def events(logs: list[Any]) -> list[str]:
    return [log["event"] for log in logs if log["log_level"] != "debug"]

"""The bus while its broker is short of memory, closes connections, or refuses a size."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from deploy.embedded import PrivateRabbit
from deploy.embedded.rabbit import QUORUM_QUEUE_SETTLES_S
from shared.kernel.settings import Settings
from shared.rabbitmq.bus import RabbitBus
from tests.contract.test_bus import (
    message,
    publish_until_confirmed,
    receive,
    receive_one,
    texts,
)
from tests.support.broker import wipe
from tests.support.client import until

pytestmark = pytest.mark.servers
LARGE = 100_000
SIZE_BOUND = (
    "application:set_env(rabbit, max_message_size, {0}),"
    " persistent_term:put(max_message_size, {0})."
)


@pytest.fixture(scope="module")
def rabbit() -> Iterator[PrivateRabbit]:
    with PrivateRabbit() as private:
        yield private


@asynccontextmanager
async def opened(rabbit: PrivateRabbit, publish_timeout_s: float = 30) -> AsyncIterator[RabbitBus]:
    await wipe(rabbit.url)
    settings = Settings(amqp_url=rabbit.url, publish_timeout_s=publish_timeout_s, relay_grace_s=60)
    bus = RabbitBus("funding", settings)
    await bus.start()
    await bus.consume(one_at_a_time=False)
    try:
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def short_of_memory(rabbit: PrivateRabbit) -> AsyncIterator[None]:
    await asyncio.to_thread(rabbit.rabbitmqctl, "set_vm_memory_high_watermark", "0.000001")
    try:
        yield
    finally:
        await asyncio.to_thread(rabbit.rabbitmqctl, "set_vm_memory_high_watermark", "0.4")


def restored(logs: list[Any]) -> list[str]:
    """Return the directions that were restored, by the log."""
    return [log["to"] for log in logs if log["event"] == "broker_restored"]


async def open_channels(bus: RabbitBus) -> int:
    """Count the channels of the connection that publishes."""
    connection = await bus.brokers[0].connect()
    assert connection.transport is not None
    return len(connection.transport.connection.channels)


async def test_short_of_memory_publishing_ends_in_time_and_consuming_goes_on(
    rabbit: PrivateRabbit,
) -> None:
    async with opened(rabbit, publish_timeout_s=1) as bus:
        await publish_until_confirmed(bus, "a")
        async with short_of_memory(rabbit):
            first, *others = [await bus.publish([message("x" * LARGE)] * 4) for _ in range(5)]
            assert first[-1] == "unknown", "the broker reads one more message at most"
            assert others == [["unknown"] * 4] * 4
            await bus.ack([await receive_one(bus)])
            await bus.pause()  # The broker answers: this connection is not blocked.
            await bus.consume(one_at_a_time=False)
            assert await bus.is_consuming()
            assert await open_channels(bus) <= 2, "none is opened while nothing answers"
        await publish_until_confirmed(bus, "b")

        received: list[str] = []
        while "b" not in received:
            received += texts(await receive(bus, 1))
    assert "a" not in received
    # Only what was written before the alarm was known: nothing piled up behind it.
    assert received.count("x" * LARGE) <= 8


async def test_connections_that_the_broker_closes_are_replaced(rabbit: PrivateRabbit) -> None:
    async with opened(rabbit) as bus:
        await bus.publish([message(text) for text in "abc"])
        await receive(bus, 2)
        with capture_logs() as logs:
            await asyncio.to_thread(rabbit.rabbitmqctl, "close_all_connections", "test")
            await until(lambda: bus.one_at_a_time, what="the loss is noticed")
            received = []
            for _ in range(3):
                received.append(await receive_one(bus))
                await bus.ack(received[-1:])
            await publish_until_confirmed(bus, "d")
            await until(lambda: len(restored(logs)) == 2, what="both are restored")
        assert texts(received) == ["a", "b", "c"]
        assert [delivery.redelivered for delivery in received[:2]] == [True, True]
        assert await bus.is_consuming()
    assert {(log["event"], log.get("to")) for log in logs} >= {
        ("broker_lost", "consume"),
        ("broker_lost", "publish"),
        ("broker_restored", "consume"),
        ("broker_restored", "publish"),
    }
    assert all("CONNECTION_FORCED" in log["cause"] for log in logs if log["event"] == "broker_lost")


async def test_a_killed_broker_is_consumed_again_once_it_is_back(rabbit: PrivateRabbit) -> None:
    async with opened(rabbit) as bus:
        assert await bus.publish([message("a")]) == ["confirmed"]
        await receive_one(bus)
        await asyncio.sleep(QUORUM_QUEUE_SETTLES_S)
        await asyncio.to_thread(rabbit.kill)
        await until(lambda: bus.one_at_a_time, what="the loss is noticed")
        assert await bus.publish([message("b")]) == ["unknown"]
        assert not await bus.is_consuming()
        await asyncio.to_thread(rabbit.start)
        assert (await receive_one(bus)).body == b"a"


async def test_a_body_that_the_broker_refuses_keeps_back_no_other(rabbit: PrivateRabbit) -> None:
    await asyncio.to_thread(rabbit.rabbitmqctl, "eval", SIZE_BOUND.format(LARGE))
    try:
        async with opened(rabbit) as bus:
            batch = [message("a"), message("x" * (LARGE + 1)), message("b"), message("c")]
            other = [message("d"), message("e"), message("y" * LARGE)]
            results = await asyncio.gather(bus.publish(batch), bus.publish(other))
            assert list(results) == [
                ["confirmed", "returned", "confirmed", "confirmed"],
                ["confirmed"] * 3,
            ]
            with capture_logs() as logs:
                assert await bus.publish(batch) == results[0]
            assert [log["event"] for log in logs] == ["over_the_bound_of_the_broker"]
            received = await receive(bus, 9, bytes_most=10_000_000)
            assert set(texts(received)) == {"a", "b", "c", "d", "e", "y" * LARGE}
    finally:
        await asyncio.to_thread(rabbit.rabbitmqctl, "eval", SIZE_BOUND.format(128 * 1024**2))

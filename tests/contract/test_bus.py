"""What both buses promise, each scenario on the in-process one and on RabbitMQ."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

import pytest

from shared.kernel.memory import MemoryBroker, MemoryBus
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.ports import Bus
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.bus import RabbitBus
from shared.rabbitmq.redrive import publish_redrive
from tests.support.broker import wipe
from tests.support.client import LONGEST_S, until

KEY = "ConventionSigned.v1.761"  # funding listens to it
LINGER = timedelta(milliseconds=20)


class Bench(Protocol):
    """Opens buses of one broker, crashes one, counts the messages that one has buffered."""

    async def open(self) -> Bus: ...
    async def die(self, bus: Bus) -> None: ...
    async def redrive(self, message: IncomingMessage) -> None: ...
    def buffered(self, bus: Bus) -> int: ...


class MemoryBench:
    def __init__(self) -> None:
        self.broker = MemoryBroker()

    async def open(self) -> Bus:
        bus = MemoryBus(self.broker, "funding")
        await bus.consume(one_at_a_time=False)
        return bus

    async def die(self, bus: Bus) -> None:
        assert isinstance(bus, MemoryBus)
        bus.die()

    async def redrive(self, message: IncomingMessage) -> None:
        self.broker.redrive("funding", message)

    def buffered(self, _bus: Bus) -> int:
        return self.broker.depth("clas.funding")


class RabbitBench:
    def __init__(self, url: str) -> None:
        self.settings = Settings(amqp_url=url, prefetch=50)
        self.opened: list[RabbitBus] = []

    async def open(self) -> Bus:
        bus = RabbitBus("funding", self.settings)
        await bus.start()
        await bus.consume(one_at_a_time=False)
        self.opened.append(bus)
        return bus

    async def die(self, bus: Bus) -> None:
        assert isinstance(bus, RabbitBus)
        self.opened.remove(bus)
        await bus.close()

    async def redrive(self, message: IncomingMessage) -> None:
        async with connected(self.settings) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await publish_redrive(channel, "funding", message)

    def buffered(self, bus: Bus) -> int:
        assert isinstance(bus, RabbitBus)
        assert bus._consumer._channel is not None
        return len(bus._consumer._channel.received)


@asynccontextmanager
async def rabbit_bench(url: str) -> AsyncIterator[RabbitBench]:
    await wipe(url)
    bench = RabbitBench(url)
    yield bench
    for bus in bench.opened:
        await bus.close()


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.servers)])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "memory":
        yield MemoryBench()
        return
    async with rabbit_bench(request.getfixturevalue("real_servers").amqp_url) as rabbit:
        yield rabbit


def message(text: str, key: str = KEY, queue: str | None = None) -> OutgoingMessage:
    return OutgoingMessage(id=uuid.uuid4().hex, routing_key=key, body=text.encode(), queue=queue)


async def receive(bus: Bus, count: int, bytes_most: int = 10_000) -> list[IncomingMessage]:
    """Receive until `count` messages came: a broker may deliver them in several batches."""
    received: list[IncomingMessage] = []
    async with asyncio.timeout(LONGEST_S):
        while len(received) < count:
            received += await bus.receive(
                most=count - len(received), bytes_most=bytes_most, linger=LINGER
            )
    return received


def texts(deliveries: list[IncomingMessage]) -> list[str]:
    return [delivery.body.decode() for delivery in deliveries]


async def test_messages_come_in_order_with_all_that_travels_with_them(bench: Bench) -> None:
    bus = await bench.open()
    sent = [message(str(n)) for n in range(20)]
    assert await bus.publish(sent) == ["confirmed"] * 20

    received = await receive(bus, 20)
    assert sorted(texts(received), key=int) == [str(n) for n in range(20)]
    assert {(d.routing_key, d.redelivered) for d in received} == {(KEY, False)}
    assert {d.message_id for d in received} == {outgoing.id for outgoing in sent}


async def test_a_batch_is_bounded_in_count_and_in_bytes(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("x" * 100) for _ in range(10)])
    await until(lambda: bench.buffered(bus) == 10, what="all arrived")

    assert len(await bus.receive(most=3, bytes_most=10_000, linger=LINGER)) == 3
    assert len(await bus.receive(most=9, bytes_most=150, linger=LINGER)) == 2


async def test_what_was_settled_does_not_come_again(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("a"), message("b"), message("c")])
    await bus.ack(await receive(bus, 2))
    await asyncio.sleep(1)  # No event tells when the broker has processed it.
    await bench.die(bus)

    other = await bench.open()
    (again,) = await receive(other, 1)
    assert again.body == b"c"


async def test_what_died_unsettled_comes_again_in_its_place(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("a")])
    await bus.publish([message("b")])
    await receive(bus, 2)
    await bench.die(bus)
    other = await bench.open()
    await other.publish([message("c")])

    again = await receive(other, 3)
    assert texts(again) == ["a", "b", "c"]
    assert [d.redelivered for d in again] == [True, True, False]
    assert [d.headers.get("x-delivery-count") for d in again] == [1, 1, None]


async def test_consumers_share_a_queue(bench: Bench) -> None:
    one, two = await bench.open(), await bench.open()
    await one.publish([message(str(n)) for n in range(40)])
    first = asyncio.create_task(one.receive(most=20, bytes_most=10_000, linger=LINGER))
    second = asyncio.create_task(two.receive(most=20, bytes_most=10_000, linger=LINGER))
    received = [*await first, *await second]

    assert len({d.message_id for d in received}) == len(received)


async def test_a_message_to_a_queue_that_is_not_there_is_not_taken_for_sent(bench: Bench) -> None:
    bus = await bench.open()
    unroutable = message("a", queue="clas.nobody")
    dead = message("b", queue="clas.funding.dead-letters")

    assert await bus.publish([unroutable, dead]) == ["returned", "confirmed"]


async def test_a_redriven_message_has_its_first_routing_key_and_is_known_as_such(
    bench: Bench,
) -> None:
    bus = await bench.open()
    headers = {"clas-routing-key": KEY, "clas-replay": 1}
    await bench.redrive(IncomingMessage(b"a", "clas.funding", "m", headers))

    (again,) = await receive(bus, 1)
    assert (again.routing_key, again.redriven, again.message_id) == (KEY, True, "m")
    assert again.headers["clas-replay"] == 1


async def test_headers_alone_make_no_redrive(bench: Bench) -> None:
    bus = await bench.open()
    headers = {"clas-routing-key": "EnvelopeAllotted.v1.761", "clas-replay": 1}
    await bus.publish([OutgoingMessage("m", KEY, b"a", headers)])

    (first,) = await receive(bus, 1)
    assert (first.routing_key, first.redriven) == (KEY, False)


async def test_after_stop_receiving_nothing_is_received(bench: Bench) -> None:
    bus = await bench.open()
    receiving = asyncio.create_task(bus.receive(most=5, bytes_most=100, linger=LINGER))
    await asyncio.sleep(0.05)
    await bus.stop_receiving()
    assert await asyncio.wait_for(receiving, LONGEST_S) == []
    await bus.publish([message("a")])

    assert await bus.receive(most=5, bytes_most=100, linger=LINGER) == []

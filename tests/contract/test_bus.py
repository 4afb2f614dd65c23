"""What both buses promise, each scenario on the in-process one and on RabbitMQ."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

import pytest
from aiormq.exceptions import ConnectionClosed

from shared.kernel.memory import MemoryBroker, MemoryBus
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.ports import Bus
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.bus import RabbitBus
from shared.rabbitmq.connections import is_open
from shared.rabbitmq.redrive import publish_redrive
from tests.support.broker import drain, wipe
from tests.support.client import LONGEST_S, until

KEY = "ConventionSigned.v1.761"  # funding listens to it
LINGER = timedelta(milliseconds=20)


class Bench(Protocol):
    """Opens buses of one broker, ends or disturbs one, reads what the broker has."""

    async def open(self, service: str = "funding") -> Bus: ...
    async def die(self, bus: Bus) -> None: ...
    async def lose(self, bus: Bus) -> None: ...
    async def dead_letters(self) -> list[bytes]: ...
    async def redrive(self, message: IncomingMessage) -> None: ...
    def buffered(self, bus: Bus) -> int: ...


class MemoryBench:
    def __init__(self) -> None:
        self.broker = MemoryBroker()

    async def open(self, service: str = "funding") -> Bus:
        bus = MemoryBus(self.broker, service)
        await bus.consume(one_at_a_time=False)
        return bus

    async def die(self, bus: Bus) -> None:
        assert isinstance(bus, MemoryBus)
        await bus.stop_receiving()
        bus.die()

    async def lose(self, bus: Bus) -> None:
        assert isinstance(bus, MemoryBus)
        bus.die()

    async def dead_letters(self) -> list[bytes]:
        return [letter.body for letter in self.broker.dead_letters("funding")]

    async def redrive(self, message: IncomingMessage) -> None:
        self.broker.redrive("funding", message)

    def buffered(self, _bus: Bus) -> int:
        return self.broker.depth("clas.funding")


class RabbitBench:
    def __init__(self, url: str) -> None:
        self.settings = Settings(amqp_url=url, prefetch=50)
        self.opened: list[RabbitBus] = []

    async def open(self, service: str = "funding") -> Bus:
        bus = RabbitBus(service, self.settings)
        await bus.start()
        await bus.consume(one_at_a_time=False)
        self.opened.append(bus)
        return bus

    async def die(self, bus: Bus) -> None:
        assert isinstance(bus, RabbitBus)
        self.opened.remove(bus)
        await bus.close()

    async def lose(self, bus: Bus) -> None:
        assert isinstance(bus, RabbitBus)
        connection = await bus.brokers[1].connect()
        assert connection.transport is not None
        await connection.transport.connection.close(ConnectionClosed(320, "by the test"))
        await until(lambda: is_open(connection), what="connected again")

    async def dead_letters(self) -> list[bytes]:
        queue = "clas.funding.dead-letters"
        return [letter.body for letter in await drain(self.settings.amqp_url, queue)]

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


async def receive_one(bus: Bus) -> IncomingMessage:
    (delivery,) = await receive(bus, 1)
    return delivery


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


async def publish_until_confirmed(bus: Bus, text: str) -> None:
    async with asyncio.timeout(LONGEST_S):
        while await bus.publish([message(text)]) != ["confirmed"]:
            await asyncio.sleep(0.1)


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


async def test_a_pause_gives_back_everything_in_its_place(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message(text) for text in "abc"])
    await receive(bus, 2)
    await bus.pause()
    assert bus.one_at_a_time

    other = await bench.open()
    again = await receive(other, 3)
    assert texts(again) == ["a", "b", "c"]
    assert [delivery.redelivered for delivery in again][:2] == [True, True]


async def test_a_paused_bus_receives_nothing_until_it_consumes_again(bench: Bench) -> None:
    bus = await bench.open()
    await bench.lose(bus)
    await bus.pause()  # While the connection is being restored.
    await bus.publish([message("a")])
    receiving = asyncio.create_task(receive_one(bus))
    await asyncio.sleep(1.5)  # Longer than it takes to connect again.
    assert not receiving.done()

    await bus.consume(one_at_a_time=True)
    assert (await receiving).body == b"a"


async def test_narrowed_it_takes_one_at_a_time_and_gives_nothing_back(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message(text) for text in "abcde"])
    received = await receive(bus, 2)
    await bus.consume(one_at_a_time=True)
    assert bus.one_at_a_time
    await bus.ack(received)
    for _ in range(3):
        (delivery,) = await bus.receive(most=5, bytes_most=10_000, linger=LINGER)
        received.append(delivery)
        await bus.ack([delivery])

    assert texts(received) == list("abcde")
    assert not any(delivery.redelivered for delivery in received)


async def test_one_at_a_time_nothing_more_comes_before_the_one_is_settled(bench: Bench) -> None:
    bus = await bench.open()
    await bus.pause()
    await bus.consume(one_at_a_time=True)
    await bus.publish([message("a"), message("b")])
    first = await receive_one(bus)
    receiving = asyncio.create_task(receive_one(bus))
    await asyncio.sleep(0.3)
    assert not receiving.done()

    await bus.ack([first])
    assert (await receiving).body == b"b"


async def test_widened_it_takes_several_at_a_time(bench: Bench) -> None:
    bus = await bench.open()
    await bus.consume(one_at_a_time=True)
    await bus.consume(one_at_a_time=False)
    assert not bus.one_at_a_time
    await bus.publish([message(str(rank)) for rank in range(10)])
    await until(lambda: bench.buffered(bus) == 10, what="all arrived unsettled")


async def test_after_a_loss_it_consumes_again_one_at_a_time(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message(text) for text in "abc"])
    await until(lambda: bench.buffered(bus) == 3, what="all arrived")
    lost = await receive(bus, 2)
    await bench.lose(bus)
    await until(lambda: bus.one_at_a_time, what="the loss is noticed")
    for text in "abc":
        (delivery,) = await bus.receive(most=5, bytes_most=10_000, linger=LINGER)
        assert (delivery.body.decode(), delivery.redelivered) == (text, True) or text == "c"
        await bus.ack(lost)  # They are lost: this settles nothing.
        await bus.ack([delivery])

    await bus.consume(one_at_a_time=False)
    assert not bus.one_at_a_time


async def test_what_is_in_hand_at_several_losses_comes_again_once(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("a")])
    await receive_one(bus)
    for _ in range(3):
        await bench.lose(bus)
        await asyncio.sleep(0.5)  # No event tells that nothing is consumed meanwhile.

    again = await receive_one(bus)

    assert (again.body, again.headers["x-delivery-count"]) == (b"a", 1)


async def test_a_delivery_of_a_lost_channel_settles_nothing(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("a")])
    lost = await receive_one(bus)
    await bus.pause()
    await bus.consume(one_at_a_time=True)
    again = await receive_one(bus)
    await bus.ack([lost])
    await bus.reject([lost])
    await asyncio.sleep(0.5)  # No event tells when the broker has processed it.
    await bench.die(bus)

    other = await bench.open()
    assert (await receive_one(other)).body == again.body == b"a"
    assert await bench.dead_letters() == []


async def test_a_rejected_message_goes_to_the_dead_letters_with_its_bytes(bench: Bench) -> None:
    bus = await bench.open()
    await bus.publish([message("a"), message("b"), message("c")])
    received = await receive(bus, 3)
    await bus.reject(received[1:2])
    await bus.ack([received[0], received[2]])
    letters: list[bytes] = []
    async with asyncio.timeout(LONGEST_S):
        while not letters:
            letters = await bench.dead_letters()
    await bench.die(bus)

    assert letters == [b"b"]
    other = await bench.open()
    await other.publish([message("d")])
    assert (await receive_one(other)).body == b"d"


@pytest.mark.parametrize(("settled", "left"), [("c", "ab"), ("ac", "b"), ("b", "ac"), ("ab", "c")])
async def test_what_is_older_and_unsettled_is_not_settled_along(
    bench: Bench, settled: str, left: str
) -> None:
    bus = await bench.open()
    await bus.publish([message(text) for text in "abc"])
    received = await receive(bus, 3)
    chosen = [delivery for delivery in received if delivery.body.decode() in settled]
    await bus.ack(chosen)
    await bus.ack(chosen)  # Twice settles nothing else, and loses nothing.
    await asyncio.sleep(0.5)  # No event tells when the broker has processed it.
    await bench.die(bus)

    other = await bench.open()
    assert texts(await receive(other, len(left))) == list(left)


async def test_an_event_under_an_unknown_key_reaches_submission(bench: Bench) -> None:
    bus, submission = await bench.open(), await bench.open("submission")
    assert await bus.publish([message("a", key="ConventionSinged.v1.761")]) == ["confirmed"]
    delivery = await receive_one(submission)
    assert (delivery.body, delivery.routing_key) == (b"a", "ConventionSinged.v1.761")


async def test_each_message_of_a_batch_has_its_own_result(bench: Bench) -> None:
    bus = await bench.open()
    batch = [
        message("a"),
        message("b", queue="clas.nobody"),
        message("c"),
        message("d", queue="clas.nobody"),
    ]
    batch = [*batch, *batch]  # Twice the same ids.
    results = await bus.publish(batch)
    assert results == ["confirmed", "returned"] * 4
    assert texts(await receive(bus, 4)) == ["a", "c", "a", "c"]
    assert await bus.publish([]) == []


async def test_concurrent_batches_keep_their_results_apart(bench: Bench) -> None:
    bus = await bench.open()
    batches = [
        [message(f"{batch}-{rank}", queue="clas.nobody" if rank % 3 == batch else None)]
        for batch in range(4)
        for rank in range(30)
    ]
    results = await asyncio.gather(*(bus.publish(batch) for batch in batches))
    expected = [["returned" if batch[0].queue else "confirmed"] for batch in batches]
    assert results == expected


async def test_a_body_of_several_frames_arrives_whole(bench: Bench) -> None:
    bus = await bench.open()
    bodies = [bytes([rank]) * size for rank, size in enumerate((131_064, 131_065, 700_001, 0))]
    batch = [OutgoingMessage(f"m{rank}", KEY, body) for rank, body in enumerate(bodies)]
    assert await bus.publish(batch) == ["confirmed"] * 4
    received = await receive(bus, 4, bytes_most=10_000_000)
    assert [delivery.body for delivery in received] == bodies


async def test_headers_travel(bench: Bench) -> None:
    bus = await bench.open()
    headers = {"clas-reason": "é", "clas-errors-total": 3, "clas-errors": "[]" * 10_000}
    await bus.publish([OutgoingMessage("m", KEY, b"a", headers)])
    assert (await receive_one(bus)).headers == headers


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
    await bus.consume(one_at_a_time=False)
    await bus.publish([message("a")])

    assert await bus.receive(most=5, bytes_most=100, linger=LINGER) == []
    assert not (await receive_one(await bench.open())).redelivered

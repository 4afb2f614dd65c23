"""The simulated broker counts deliveries and fills windows as RabbitMQ 3.10 does."""

from shared.kernel.messages import OutgoingMessage
from shared.kernel.outbox import dead_letters_of, queue_of
from tests.simulation.broker import DELIVERY_LIMIT, Broker, Channel, Queue

KEY = "DossierSubmitted.v1.761"


def published(count: int) -> tuple[Broker, Queue]:
    """Return a broker with some messages for submission."""
    broker = Broker(lambda _: None)
    for rank in range(count):
        broker.publish(OutgoingMessage(f"m{rank}", KEY, b"{}"))
    return broker, broker.queues[queue_of("submission")]


def attached(queue: Queue, window: int) -> Channel:
    channel = Channel(window, lambda: None)
    queue.attach(channel)
    return channel


def ids(channel: Channel) -> list[str | None]:
    return [delivery.message_id for delivery in channel.buffer]


def test_a_channel_gets_no_more_than_its_window() -> None:
    _, queue = published(5)

    assert ids(attached(queue, 2)) == ["m0", "m1"]
    assert ids(attached(queue, 400)) == ["m2", "m3", "m4"]


def test_all_that_was_not_settled_comes_again_in_place_and_counted() -> None:
    _, queue = published(4)
    channel = attached(queue, 3)
    first, *_ = channel.unsettled
    del channel.unsettled[first]

    queue.detach(channel)
    again = attached(queue, 400)

    assert ids(again) == ["m1", "m2", "m3"]
    counts = [delivery.headers.get("x-delivery-count") for delivery in again.buffer]
    assert counts == [1, 1, None]
    assert [delivery.redelivered for delivery in again.buffer] == [True, True, False]


def test_the_broker_gives_a_message_up_after_its_delivery_limit() -> None:
    broker, queue = published(1)

    for _ in range(DELIVERY_LIMIT + 1):
        assert len(queue.ready) == 1
        queue.detach(attached(queue, 1))

    assert queue.empty
    assert len(broker.dead_letters[dead_letters_of("submission")].ready) == 1


def test_an_event_without_its_route_is_in_the_log_only() -> None:
    broker, queue = published(0)
    broker.unbound.add(("submission", "DossierSubmitted"))

    broker.publish(OutgoingMessage("m0", KEY, b"{}"))
    broker.publish(OutgoingMessage("m1", "NobodyKnows.v1.761", b"{}"))

    assert [message.id for message in broker.log] == ["m0", "m1"]
    assert [message.outgoing.id for message in queue.ready] == ["m1"]

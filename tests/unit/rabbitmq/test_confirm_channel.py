"""What becomes of the messages of a batch, by what the broker sends and in which order."""

import asyncio
from typing import Any

import pytest
from aio_pika.exceptions import ChannelPreconditionFailed
from pamqp.commands import Basic

from shared.kernel.messages import OutgoingMessage
from shared.kernel.ports import Published
from shared.kernel.settings import Settings
from shared.rabbitmq import confirm_channel
from shared.rabbitmq.batch_publisher import BatchPublisher
from shared.rabbitmq.confirm_channel import Batch, ConfirmChannel

CONFIRMED, RETURNED, UNKNOWN = Published
KEY = "ConventionSigned.v1.761"


class Tune:
    frame_max = 131_072


class Protocol:
    """Stands for the client library's channel: takes what is written, passes what is sent."""

    number = 1

    def __init__(self) -> None:
        self.connection = self
        self.connection_tune = Tune()
        self.write_queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
        self.closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_closed(self) -> bool:
        return self.closing.done()


@pytest.fixture
async def protocol() -> Protocol:
    return Protocol()


@pytest.fixture
def channel(protocol: Protocol, monkeypatch: pytest.MonkeyPatch) -> ConfirmChannel:
    monkeypatch.setattr(confirm_channel, "take_confirms", lambda *_: None)
    made: Any = ConfirmChannel
    opened: ConfirmChannel = made(protocol)
    return opened


def messages(*ids: str, key: str = KEY) -> list[OutgoingMessage]:
    return [OutgoingMessage(each, key, b"x" * 10) for each in ids]


async def written(channel: ConfirmChannel, *ids: str) -> tuple[Batch, "asyncio.Task[None]"]:
    """Write a batch; return it with the task that waits for its confirms."""
    batch = Batch(messages(*ids))
    task = asyncio.create_task(channel.publish(batch))
    channel_queue: asyncio.Queue[Any] = channel.protocol.write_queue
    await channel_queue.get()
    await asyncio.sleep(0)
    return batch, task


def returned(key: str = KEY) -> Basic.Return:
    return Basic.Return(312, "NO_ROUTE", "clas.events", key)


async def test_one_frame_confirms_all_up_to_its_number(channel: ConfirmChannel) -> None:
    batch, task = await written(channel, "a", "b", "c")
    channel._on_confirm(Basic.Ack(2, multiple=True))
    assert batch.results == [CONFIRMED, CONFIRMED, UNKNOWN]
    assert not task.done()
    channel._on_confirm(Basic.Ack(3))
    await task
    assert batch.results == [CONFIRMED] * 3


async def test_confirms_may_come_in_any_order(channel: ConfirmChannel) -> None:
    batch, task = await written(channel, "a", "b", "c")
    for number in (3, 1, 2):
        channel._on_confirm(Basic.Ack(number))
    await task
    assert batch.results == [CONFIRMED] * 3


async def test_a_negative_confirm_is_no_confirm(channel: ConfirmChannel) -> None:
    batch, task = await written(channel, "a", "b", "c")
    channel._on_confirm(Basic.Ack(1))
    channel._on_confirm(Basic.Nack(3, multiple=True))
    await task
    assert batch.results == [CONFIRMED, RETURNED, RETURNED]


async def test_a_returned_message_is_confirmed_afterwards_and_stays_returned(
    channel: ConfirmChannel,
) -> None:
    batch, task = await written(channel, "a", "b")
    channel._on_return(returned(), "b")
    channel._on_confirm(Basic.Ack(2, multiple=True))
    await task
    assert batch.results == [CONFIRMED, RETURNED]


async def test_of_two_with_one_id_as_many_are_returned_as_the_broker_returns(
    channel: ConfirmChannel,
) -> None:
    batch, task = await written(channel, "a", "a", "b")
    channel._on_return(returned(), "a")
    assert batch.results == [RETURNED, UNKNOWN, UNKNOWN]
    channel._on_return(returned(), "a")
    channel._on_confirm(Basic.Ack(3, multiple=True))
    await task
    assert batch.results == [RETURNED, RETURNED, CONFIRMED]


async def test_a_returned_message_of_another_key_is_not_mistaken(channel: ConfirmChannel) -> None:
    batch, _ = await written(channel, "a")
    channel._on_return(returned("AgrementGranted.v1.761"), "a")
    channel._on_return(returned(), "b")
    assert batch.results == [UNKNOWN]


async def test_confirms_of_two_batches_are_kept_apart(channel: ConfirmChannel) -> None:
    one, first = await written(channel, "a", "b")
    two, second = await written(channel, "c")
    channel._on_confirm(Basic.Ack(3))
    await second
    assert (one.results, two.results) == ([UNKNOWN, UNKNOWN], [CONFIRMED])
    channel._on_confirm(Basic.Ack(2, multiple=True))
    await first


async def test_a_late_confirm_is_not_taken_for_another_batch(channel: ConfirmChannel) -> None:
    late, task = await written(channel, "a", "b")
    task.cancel()
    channel.forget(late)
    assert channel.is_idle
    batch, _ = await written(channel, "c")
    channel._on_confirm(Basic.Ack(2, multiple=True))
    assert (late.results, batch.results) == ([UNKNOWN, UNKNOWN], [UNKNOWN])


async def test_what_waits_to_be_written_at_a_time_out_is_not_counted(
    channel: ConfirmChannel, protocol: Protocol
) -> None:
    protocol.write_queue.put_nowait(None)  # It is full.
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await channel.publish(Batch(messages("a")))
    protocol.write_queue.get_nowait()
    batch, task = await written(channel, "b")
    channel._on_confirm(Basic.Ack(1))
    await task
    assert batch.results == [CONFIRMED]


async def test_a_closed_channel_lets_its_batches_go_on(
    channel: ConfirmChannel, protocol: Protocol
) -> None:
    batch, task = await written(channel, "a", "b")
    channel._on_confirm(Basic.Ack(1))
    cause = ConnectionError("gone")
    protocol.closing.set_exception(cause)
    await task
    assert batch.results == [CONFIRMED, UNKNOWN]
    assert channel.cause is cause
    assert channel.body_bytes_largest == 10


async def test_what_amqp_cannot_carry_counts_as_returned_and_the_others_are_written(
    channel: ConfirmChannel,
) -> None:
    batch, task = await written(channel, "a", "b" * 256, "c")
    channel._on_confirm(Basic.Ack(2, multiple=True))
    await task
    assert batch.results == [CONFIRMED, RETURNED, CONFIRMED]


async def test_a_batch_of_nothing_that_amqp_can_carry_ends(channel: ConfirmChannel) -> None:
    batch = Batch(messages("b" * 256))
    await asyncio.wait_for(channel.publish(batch), 5)
    assert batch.results == [RETURNED]


@pytest.mark.parametrize(
    ("refusal", "bound"),
    [
        ("message size 17000000 is larger than configured max size 16777216", 16_777_216),
        ("too large", 2_999),
    ],
)
async def test_the_bound_on_sizes_is_what_the_broker_says_or_below_what_it_refused(
    channel: ConfirmChannel, refusal: str, bound: int
) -> None:
    """The largest body may be of a batch that is late, and no longer awaited."""
    channel.cause = ChannelPreconditionFailed(refusal)
    channel.body_bytes_largest = 3_000
    publisher = BatchPublisher("funding", _never_connects, Settings())

    assert publisher._learn_bound(channel)
    assert publisher._body_bytes_max == bound


async def _never_connects() -> Any:
    raise NotImplementedError

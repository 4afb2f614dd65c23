"""The stream as a redrive reads it: from its beginning to what was its end, in order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest

from deploy.embedded import Servers
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import Connection, connected
from shared.rabbitmq.errors import TopologyError
from shared.rabbitmq.event_log import PREFETCH, open_event_log
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.support.broker import wipe

pytestmark = pytest.mark.servers
KEY = "AdvanceOrdered.v1.761"


@pytest.fixture
async def connection(real_servers: Servers) -> AsyncIterator[Connection]:
    """A broker with an empty stream."""
    await wipe(real_servers.amqp_url)
    settings = Settings(amqp_url=real_servers.amqp_url)
    async with connected(settings) as opened:
        await declare_or_verify(opened, settings)
        yield opened


async def _publish(connection: Connection, first: int, count: int) -> None:
    channel = await connection.channel(publisher_confirms=True)
    exchange = await channel.get_exchange("clas.events")
    messages = (
        exchange.publish(aio_pika.Message(str(number).encode(), message_id=f"m-{number}"), KEY)
        for number in range(first, first + count)
    )
    await asyncio.gather(*messages)
    await channel.close()


async def test_messages_are_read_in_order_up_to_the_end_that_the_stream_had(
    connection: Connection,
) -> None:
    count = 2 * PREFETCH + 7
    await _publish(connection, 0, count)
    async with open_event_log(connection) as log:
        await _publish(connection, count, 5)
        messages = [message async for message in log.messages()]
        last = [message.offset async for message in log.messages(count - 2)]

    assert log.last == count - 1
    assert [message.offset for message in messages] == list(range(count))
    assert [message.body for message in messages] == [str(n).encode() for n in range(count)]
    assert {message.routing_key for message in messages} == {KEY}
    assert messages[3].message_id == "m-3"
    assert last == [count - 2, count - 1]


async def test_an_instant_gives_all_that_came_since(connection: Connection) -> None:
    await _publish(connection, 0, 3)
    async with open_event_log(connection) as log:
        earlier = datetime.now(UTC) - timedelta(hours=1)
        since = [message.offset async for message in log.messages(earlier)]

    assert since == [0, 1, 2]


async def test_an_instant_after_the_last_message_gives_none(connection: Connection) -> None:
    await _publish(connection, 0, 3)
    async with open_event_log(connection) as log:
        later = datetime.now(UTC) + timedelta(hours=1)
        since = [message.offset async for message in log.messages(later)]

    assert since == []


async def test_an_empty_stream_has_no_end(connection: Connection) -> None:
    async with open_event_log(connection) as log:
        assert log.last is None
        assert [message async for message in log.messages()] == []


async def test_a_stream_that_does_not_exist_is_a_fault_of_the_topology(
    connection: Connection,
) -> None:
    channel = await connection.channel()
    await channel.queue_delete("clas.log")

    with pytest.raises(TopologyError, match=r"no stream clas\.log"):
        async with open_event_log(connection):
            pass

"""The event tap on a real broker: order, barrier, and a lost connection."""

import asyncio

import aio_pika
import pytest

from deploy.embedded import Servers
from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected
from shared.rabbitmq.event_tap import open_event_tap
from shared.rabbitmq.topology import EXCHANGE
from shared.rabbitmq.topology_declaration import declare_or_verify

EVENTS = 500


async def publish(url: str, count: int) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await declare_or_verify(connection, Settings(amqp_url=url))
        exchange = await channel.get_exchange(EXCHANGE)
        messages = [aio_pika.Message(str(rank).encode()) for rank in range(count)]
        await asyncio.gather(
            *(exchange.publish(m, "ExerciseClosed.v1.761", mandatory=False) for m in messages)
        )


@pytest.mark.servers
async def test_after_the_barrier_every_confirmed_event_is_there_in_order(
    real_servers: Servers,
) -> None:
    await publish(real_servers.amqp_url, 0)
    settings = Settings(amqp_url=real_servers.amqp_url)
    async with connected(settings) as connection, open_event_tap(connection) as tap:
        for rounds in (1, 2):
            await publish(real_servers.amqp_url, EVENTS)
            await tap.sync_barrier()
            assert [int(m.body) for m in tap.received] == [*range(EVENTS)] * rounds


@pytest.mark.servers
async def test_a_lost_connection_fails_the_barrier(real_servers: Servers) -> None:
    await publish(real_servers.amqp_url, 0)
    settings = Settings(amqp_url=real_servers.amqp_url)
    async with connected(settings) as connection, open_event_tap(connection) as tap:
        await connection.close()
        with pytest.raises(BrokerUnavailableError, match="no longer exists"):
            await tap.sync_barrier()

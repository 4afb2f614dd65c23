"""The two servers as containers: run for real where an engine answers, never offered elsewhere."""

import asyncio
import gc

import aio_pika
import pytest
from pymongo import MongoClient
from testcontainers.core.config import testcontainers_config

from deploy.embedded.containers import container_of
from deploy.embedded.server import Server


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_containers_are_offered_only_where_an_engine_answers_and_then_serve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The reaper is one more image to fetch, and this test stops what it starts.
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    containers = [container_of(name) for name in ("RabbitMQ", "MongoDB")]
    gc.collect()  # Docker's client leaves the socket of a refused connection to the collector.

    assert len({container is None for container in containers}) == 1
    for container in containers:
        if container is not None:
            _serves(container)


def _serves(container: Server) -> None:
    with container:
        asyncio.run(_answers(container.url))


async def _answers(url: str) -> None:
    if url.startswith("amqp"):
        async with await aio_pika.connect(url) as connection:
            await (await connection.channel()).declare_queue("clas.test", exclusive=True)
    else:
        with MongoClient[dict[str, object]](url) as client, client.start_session() as session:
            # A transaction needs a replica set, which the container is to be.
            session.with_transaction(lambda inside: client.test.one.insert_one({}, session=inside))

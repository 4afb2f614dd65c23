"""A service as a process: its health pages, its stop, its topology."""

import asyncio
import json
import signal
import urllib.error
import urllib.request
from datetime import date
from typing import Any

import aio_pika
import pytest
from pymongo import MongoClient

from deploy.embedded import PrivateServers, Servers
from deploy.embedded.ports import free_port
from services.accounting.domain.closing import Closing
from services.accounting.domain.grants import Grant
from shared.contracts.registry import SERVICES
from shared.kernel.decision import StoredState
from shared.kernel.settings import Settings
from shared.mongodb.documents import state_to_document
from shared.rabbitmq.topology_declaration import declare_or_verify
from tests.support.broker import depth, wipe
from tests.support.campaign import Campaign, play_on, send_all
from tests.support.client import LONGEST_S, rabbit_client, until
from tests.support.oracle import assert_inboxes_agree, assert_no_dead_letters
from tests.support.processes import processes

COUNTED = (
    'clas_messages_total{outcome="decided",service="submission"} 7.0',  # The release, too.
    'clas_messages_total{outcome="duplicate",service="submission"} 6.0',
    'clas_dead_letters_total{reason="not_json",service="submission"} 1.0',
)
pytestmark = pytest.mark.servers


def page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=LONGEST_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


async def test_health_pages_tell_what_is_there_and_what_is_not(breakable: PrivateServers) -> None:
    port = free_port()
    async with processes(breakable.servers) as stage:
        await stage.start("funding", port=str(port))
        assert page(port, "/live") == (200, "live")
        await until(lambda: page(port, "/ready")[0] == 200, what="ready")
        await asyncio.to_thread(breakable.mongo.kill)
        status, text = await asyncio.to_thread(page, port, "/ready")
        assert (status, json.loads(text)["database"]) == (503, False)
        assert page(port, "/live")[0] == 200
        await asyncio.to_thread(breakable.mongo.start)
        await asyncio.to_thread(breakable.rabbit.kill)
        status, text = await asyncio.to_thread(page, port, "/ready")
        assert (status, json.loads(text)["broker_and_consumer"]) == (503, False)
        await asyncio.to_thread(breakable.rabbit.start)
        await until(lambda: page(port, "/ready")[0] == 200, what="ready again")


async def test_a_queue_taken_away_is_seen_and_healed(real_servers: Servers) -> None:
    port = free_port()
    async with processes(real_servers) as stage:
        await stage.start("funding", port=str(port))
        async with asyncio.timeout(LONGEST_S):  # Again, should it be healed before it is seen.
            while await without_its_queue(real_servers.amqp_url, port) != 503:
                pass
        await until(lambda: page(port, "/ready")[0] == 200, what="consumer again")


async def without_its_queue(url: str, port: int) -> int:
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).queue_delete("clas.funding")
        return (await asyncio.to_thread(page, port, "/ready"))[0]


async def test_metrics_count_what_became_of_messages(real_servers: Servers) -> None:
    port = free_port()
    async with processes(real_servers) as stage:
        await stage.start(*SERVICES[:1], port=str(port))
        await stage.start(*SERVICES[1:])
        async with rabbit_client(real_servers.amqp_url) as client:
            campaign = Campaign(dossiers=5)
            campaign.phases = campaign.phases[:2]
            await play_on(stage, client, campaign)
            await play_on(stage, client, campaign)
            await client.send_to_queue("clas.submission", b"not JSON")
            await stage.wait_until_idle()
        await shown(port, *COUNTED)


async def test_every_replica_shows_what_is_left_of_a_closing_until_it_is_done(
    real_servers: Servers,
) -> None:
    """A closing without progress: no service processes its next page."""
    grants = 'clas_closing_grants_left{caf="771",exercise="2025"}'
    entries = 'clas_closing_entries_left{caf="771",exercise="2025"}'
    ports = [free_port(), free_port()]
    async with processes(real_servers) as stage:
        for port in ports:
            await stage.start("accounting", port=str(port))
        with MongoClient[dict[str, Any]](real_servers.mongo_url) as client:
            database = client[f"{stage.prefix}accounting"]
            grant = {"caf": "771", "start_year": 2025}
            database.grants.insert_many(
                state_to_document(StoredState(Grant, f"D-{rank}|2025-2026", 1, grant))
                for rank in range(5)
            )
            database.closings.insert_one(standing_still())
            for port in ports:
                await shown(port, f"{grants} 3.0", f"{entries} 0.0")
            database.closings.update_one({}, {"$set": {"step": "done", "after": ""}})
            for port in ports:
                await hidden(port, grants, entries)


def standing_still() -> dict[str, Any]:
    closing = Closing(
        caf="771",
        exercise=2025,
        closed_on=date(2026, 1, 31),
        grants_per_page=2,
        entries_per_page=2,
        head_hash="0" * 64,
        after="D-1|2025-2026",
    )
    return state_to_document(StoredState.of(closing, 2))


async def shown(port: int, *lines: str) -> None:
    await until(
        lambda: all(line in page(port, "/metrics")[1] for line in lines),
        what=f"{lines} in the metrics",
    )


async def hidden(port: int, *figures: str) -> None:
    await until(
        lambda: not any(figure in page(port, "/metrics")[1] for figure in figures),
        what=f"{figures} gone from the metrics",
    )


async def test_sigterm_finishes_the_batch_and_gives_back_the_rest(real_servers: Servers) -> None:
    campaign = Campaign(dossiers=300)
    async with processes(real_servers) as stage, rabbit_client(real_servers.amqp_url) as client:
        await stage.start(*SERVICES)
        opening = Campaign(dossiers=0)
        opening.phases = campaign.phases[:1]
        await play_on(stage, client, opening)
        stage.sent += [("DossierSubmitted", sent["id"]) for sent in campaign.phases[1]]
        sending = asyncio.create_task(send_all(client, campaign.phases[1]))
        for _ in range(2):
            replica = next(r for r in stage.running if r.service == "submission")
            await asyncio.sleep(0.3)
            replica.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(replica.process.wait, LONGEST_S) == 0
            assert '"event": "stopped"' in replica.log.read_text(encoding="utf-8")
            stage.running.remove(replica)
            await stage.start("submission")
        await sending
        await stage.wait_until_idle()

        assert len(stage.documents("submission", "dossiers")) == 300
        assert_inboxes_agree(stage)
        await assert_no_dead_letters(stage)


async def test_a_service_that_may_not_declare_waits_for_the_topology(real_servers: Servers) -> None:
    url = real_servers.amqp_url
    async with processes(real_servers) as stage:
        replica = stage.launch("funding", declare="check")
        await until(
            lambda: "waiting" in replica.log.read_text(encoding="utf-8"),
            what="it says that it waits",
        )
        assert not replica.started
        assert not replica.dead
        async with await aio_pika.connect(url) as connection:
            await declare_or_verify(connection, Settings(amqp_url=url))
        await until(lambda: replica.started, what="started")


async def test_an_event_is_never_lost_to_a_consumer_that_never_started(
    real_servers: Servers,
) -> None:
    """Any service declares the queues of all: events published before a consumer starts wait."""
    await wipe(real_servers.amqp_url)
    async with processes(real_servers) as stage:
        await stage.start("submission")
        async with rabbit_client(real_servers.amqp_url) as client:
            campaign = Campaign(dossiers=1)
            await send_all(client, campaign.phases[0])
            await asyncio.sleep(0.5)
            await send_all(client, campaign.phases[1])
        waiting = 0
        async with asyncio.timeout(LONGEST_S):
            while not waiting:
                waiting = await depth(real_servers.amqp_url, "clas.eligibility")
                await asyncio.sleep(0.2)
    assert waiting == 1


async def test_a_service_that_the_broker_refuses_says_why_and_waits(real_servers: Servers) -> None:
    refused = real_servers.amqp_url.replace("guest:guest@", "guest:wrong@")
    assert refused != real_servers.amqp_url
    async with processes(real_servers) as stage:
        replica = stage.launch("funding", amqp_url=refused)
        await until(
            lambda: "ACCESS_REFUSED" in replica.log.read_text(encoding="utf-8"),
            what="the refusal is logged",
        )
        assert not replica.dead
        assert not replica.started
        assert "wrong" not in replica.log.read_text(encoding="utf-8")

"""Malformed messages mixed into a campaign: each refused for its reason, none in the way."""

import json
from collections import Counter

import pytest

from deploy.embedded import Servers
from shared.contracts.registry import SERVICES
from tests.contract.corpus import CORPUS
from tests.support.broker import drain
from tests.support.campaign import Campaign, calm_books, play_on, send_all
from tests.support.client import RabbitClient, name_of, rabbit_client
from tests.support.oracle import assert_same_books, books_of
from tests.support.processes import processes


@pytest.mark.servers
async def test_every_bad_message_is_refused_and_every_good_one_booked(
    real_servers: Servers,
) -> None:
    campaign = Campaign(dossiers=20)
    opening, *others = campaign.phases
    async with processes(real_servers) as stage:
        # A publish that is given up is tried again: a dead letter would be there twice.
        await stage.start(*SERVICES, publish_timeout_s="60", relay_grace_s="120")
        async with rabbit_client(real_servers.amqp_url) as client:
            await play_on(stage, client, _part(opening))
            stage.sent += [(name_of(sent), sent["id"]) for sent in others[0]]
            await _send_bad(client)
            await send_all(client, others[0])
            await stage.wait_until_idle()
            await play_on(stage, client, _part(*others[1:]))
            hashes = [
                e["data"]["sha256"] for e in client.events() if name_of(e) == "MessageRefused"
            ]

        dead_letters = {
            service: await drain(real_servers.amqp_url, f"clas.{service}.dead-letters")
            for service in SERVICES
        }
        assert_same_books(books_of(stage), await calm_books(campaign))

    assert len(CORPUS) >= 100
    expected = Counter((bad.service, bad.reason, bad.body) for bad in CORPUS)
    actual = Counter(
        (service, str(message.headers["clas-reason"]), message.body)
        for service, messages in dead_letters.items()
        for message in messages
    )
    assert actual == Counter(dict.fromkeys(expected, 1))
    assert len(set(hashes)) >= len({bad.body for bad in CORPUS}) - 1
    for message in (message for messages in dead_letters.values() for message in messages):
        assert json.loads(str(message.headers["clas-errors"]))[0]["message"]


async def _send_bad(client: RabbitClient) -> None:
    """Send the corpus straight to the queues: some of it has no routing key that leads there."""
    for bad in CORPUS:
        await client.send_to_queue(
            f"clas.{bad.service}",
            bad.body,
            message_id=bad.message_id,
            headers={"clas-routing-key": bad.routing_key},
        )


def _part(*phases: list[dict[str, object]]) -> Campaign:
    part = Campaign(dossiers=0)
    part.phases = list(phases)
    return part

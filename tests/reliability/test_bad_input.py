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
        # A publish that is given up is tried again: a letter would lie there twice.
        await stage.start(*SERVICES, publish_timeout_s="60", relay_grace_s="120")
        async with rabbit_client(real_servers.amqp_url) as client:
            await play_on(stage, client, _part(opening))
            stage.sent += [(name_of(sent), sent["id"]) for sent in others[0]]
            await _send_bad(client)
            await send_all(client, others[0])
            await stage.quiet()
            await play_on(stage, client, _part(*others[1:]))
            told = [e["data"]["sha256"] for e in client.events() if name_of(e) == "MessageRefused"]

        letters = {
            service: await drain(real_servers.amqp_url, f"clas.{service}.dead-letters")
            for service in SERVICES
        }
        assert_same_books(books_of(stage), await calm_books(campaign))

    assert len(CORPUS) >= 100
    expected = Counter((bad.service, bad.reason, bad.body) for bad in CORPUS)
    found = Counter(
        (service, str(letter.headers["clas-reason"]), letter.body)
        for service, held in letters.items()
        for letter in held
    )
    assert found == Counter(dict.fromkeys(expected, 1))
    assert len(set(told)) >= len({bad.body for bad in CORPUS}) - 1
    for letter in (letter for held in letters.values() for letter in held):
        assert json.loads(str(letter.headers["clas-errors"]))[0]["message"]


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

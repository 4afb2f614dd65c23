"""1 000 concurrent grants, two replicas, duplicates and kills: envelopes and waiting list hold."""

import asyncio
import json
import random
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from tests.support import life, samples
from tests.support.client import Event, RabbitClient, event, key_of, name_of, rabbit_client, until
from tests.support.processes import Processes, processes

GRANTS, FIT = 1000, 400
RAISED, FROM_THE_START = "761", "771"
PART_N = {"2000.00": Decimal("260.00"), "200.00": Decimal("26.00")}
"""What 2025 is charged, by cost: 4/10 of 32.5 %."""


def agrement(caf: str, number: int, cost: str) -> Event:
    """An agrement of one collectif; three decision dates, so that the list is not that of ids."""
    granted = samples.agrement(
        caf=caf,
        dossier_id=f"D-{caf}-{number:04}",
        decided_on=f"2025-10-0{1 + number * 7 % 3}",
        collectifs=[samples.granted_collectif(forecast_cost=cost, bonuses=[])],
    )
    return event("AgrementGranted", granted.model_dump(mode="json"), f"agr-{caf}-{number}")


def allotted(caf: str, amount: str, hour: int) -> Event:
    data = life.envelope_allotted(caf=caf, amount=amount).model_dump(mode="json")
    time = f"2025-09-01T{hour:02}:00:00Z"
    return event("EnvelopeAllotted", data, f"env-{caf}-{hour}", time=time)


async def send_all(stage: Processes, client: RabbitClient, events: Iterable[Event]) -> None:
    """Send each event twice, all shuffled by a fixed seed, many at once."""
    once = list(events)
    stage.sent += [(name_of(each), each["id"]) for each in once]
    doubled = once * 2
    random.Random(3).shuffle(doubled)
    bodies = [(json.dumps(each).encode(), key_of(each), each["id"]) for each in doubled]
    for start in range(0, len(bodies), 200):
        chunk = bodies[start : start + 200]
        await asyncio.gather(*(client.send(*each) for each in chunk))


async def kill_one_once(stage: Processes, client: RabbitClient, name: str, caf: str) -> None:
    """Kill a replica as soon as some of these events were published, and start another."""
    await until(lambda: bool(published(client, name, caf)), what=f"{name} of {caf}")
    victim = stage.running.pop(0)
    victim.kill()
    await stage.start("funding")


def published(client: RabbitClient, name: str, caf: str) -> dict[str, Event]:
    """Return the events of a Caf by their ids: one that was published twice is one event."""
    events = (each for each in client.events() if name_of(each) == name)
    return {each["id"]: each for each in events if each["data"]["caf"] == caf}


async def all_received(client: RabbitClient, name: str, count: int) -> None:
    """Wait until this partner has received the events too, and expect no further ones."""
    await until(lambda: len(published(client, name, RAISED)) >= count, what=f"{count} {name}")
    assert len(published(client, name, RAISED)) == count


def in_the_order_of_commits(stage: Processes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield dossier and answer of each agrement, as its Caf's envelopes saw them one by one."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        records = client[f"{stage.prefix}funding"]["inbox"].find().sort("position", 1)
        for record in records:
            if record["type"].endswith(".AgrementGranted.v1"):
                (output,) = record["outputs"]
                yield record["caf"], json.loads(output["personal"]["body"])


@pytest.mark.servers
async def test_the_list_is_served_in_its_order_and_no_envelope_is_ever_passed(
    real_servers: Servers,
) -> None:
    raised = [agrement(RAISED, number, "2000.00") for number in range(GRANTS)]
    mixed = [agrement(FROM_THE_START, n, "200.00" if n % 2 else "2000.00") for n in range(GRANTS)]
    total = FIT * (PART_N["2000.00"] + PART_N["200.00"]) / 2

    async with processes(real_servers) as stage, rabbit_client(real_servers.amqp_url) as client:
        await stage.start("funding", replicas=2)
        first = [allotted(RAISED, "0.00", 8), allotted(FROM_THE_START, str(total), 8)]
        await send_all(stage, client, first)
        await stage.wait_until_idle(services=["funding"])
        killing = asyncio.create_task(kill_one_once(stage, client, "FundingDeferred", RAISED))
        await send_all(stage, client, [*raised, *mixed])
        await killing
        await stage.wait_until_idle(services=["funding"])
        await all_received(client, "FundingDeferred", GRANTS)

        killing = asyncio.create_task(kill_one_once(stage, client, "FundingGranted", RAISED))
        fits = FIT * PART_N["2000.00"]
        await send_all(stage, client, [allotted(RAISED, str(fits), 9)])
        await killing
        await stage.wait_until_idle(services=["funding"])
        await all_received(client, "FundingGranted", FIT)

        assert_first_of_the_list(published(client, "FundingGranted", RAISED).values(), raised)
        assert_order_of_waiting_list(stage, total)
        envelopes = {each["caf"]: each for each in stage.documents("funding", "envelopes")}
        assert [envelopes[RAISED]["lines"][0][name] for name in ("exercise", "granted")] == [
            *(2025, str(fits)),
        ]
        assert len(envelopes[RAISED]["waiting"]) == GRANTS - FIT
        assert envelopes[RAISED]["released"] == []


def assert_first_of_the_list(granted: Iterable[Event], filed: list[Event]) -> None:
    """Exactly the first 400 by decision date, then dossier, each granted once."""
    order = sorted((each["data"]["decided_on"], each["data"]["dossier_id"]) for each in filed)
    served = [each["data"]["dossier_id"] for each in granted]
    assert sorted(served) == sorted(dossier for _, dossier in order[:FIT])
    assert len(served) == FIT


def assert_order_of_waiting_list(stage: Processes, total: Decimal) -> None:
    """In the order of commits: grants within the total, and from the first that waits on, none."""
    granted_total, somebody_waits, granted = Decimal(0), False, 0
    for caf, answer in in_the_order_of_commits(stage):
        if caf != FROM_THE_START:
            continue
        if name_of(answer) == "FundingDeferred":
            somebody_waits = True
            continue
        assert not somebody_waits, answer["data"]["dossier_id"]
        granted += 1
        granted_total += Decimal(answer["data"]["part_n"])
        assert granted_total <= total
    assert somebody_waits
    assert FIT - 80 < granted < FIT + 80
    (line, _) = next(
        each["lines"]
        for each in stage.documents("funding", "envelopes")
        if each["caf"] == FROM_THE_START
    )
    assert Decimal(line["granted"]) == granted_total

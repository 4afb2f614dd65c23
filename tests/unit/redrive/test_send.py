"""A redrive in one process: books as if nothing had happened, each event sent once and in order."""

import json
from collections.abc import Sequence
from itertools import zip_longest

import pytest

from services.cli.redrive.deliveries import Selection
from services.cli.redrive.send import UnhandledError
from shared.contracts.registry import SERVICES
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import OutgoingMessage
from shared.kernel.outbox import dead_letters_of, queue_of
from shared.kernel.settings import Settings
from tests.support.campaign import COLLECTIONS, Books, Campaign, books, calm_books, send_all
from tests.support.client import Event, MemoryClient
from tests.support.oracle import assert_same_books
from tests.support.services import ALL
from tests.unit.redrive.memory import MemoryRedrive, backup, restore

CAMPAIGN = Campaign(dossiers=12)
DECISIONS, CONVENTIONS = 2, 3
LOST = (queue_of("funding"), "AgrementGranted")


async def play(system: MemorySystem, phases: Sequence[Sequence[Event]]) -> None:
    """Send phases, each handled before the next one."""
    for phase in phases:
        await send_all(MemoryClient(system), list(phase))
        await system.wait_until_idle()


def books_of(system: MemorySystem) -> Books:
    """Return the books of a system."""
    return books({name: system.stores["accounting"].documents(name) for name in COLLECTIONS})


async def test_what_a_lost_binding_kept_away_is_sent_to_the_service_that_misses_it() -> None:
    async with running(ALL, Settings()) as system:
        await play(system, CAMPAIGN.phases[:DECISIONS])
        queue, name = LOST
        system.broker.bindings[queue].discard(name)
        await play(system, CAMPAIGN.phases[DECISIONS:CONVENTIONS])
        system.broker.bindings[queue].add(name)
        redrive = MemoryRedrive(system)

        missing = await redrive.missing()
        sent = await redrive.send(missing)

        assert [(each.consumer, each.name) for each in missing] == [("funding", name)] * 12
        assert sent == [("funding", each.keys[0].id) for each in missing]
        assert await redrive.missing() == []
        await play(system, CAMPAIGN.phases[CONVENTIONS:])
        assert_same_books(books_of(system), await calm_books(CAMPAIGN))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("at", range(len(CAMPAIGN.phases)))
async def test_a_restored_store_becomes_what_it_was(service: str, at: int) -> None:
    await _restored_and_whole((service,), at)


@pytest.mark.parametrize("at", range(len(CAMPAIGN.phases)))
async def test_four_restored_stores_become_what_they_were(at: int) -> None:
    await _restored_and_whole(SERVICES, at)


async def _restored_and_whole(services: Sequence[str], at: int) -> None:
    async with running(ALL, Settings()) as system:
        await play(system, CAMPAIGN.phases[:at])
        saved = backup(system, services)
        await play(system, CAMPAIGN.phases[at:])
        calm, handled = books_of(system), _handled(system)
        restore(system, saved)
        lost = handled - _handled(system)
        redrive = MemoryRedrive(system)

        missing = await redrive.missing()
        sent = await redrive.send(missing)

        assert len(missing) == lost
        assert _handled(system) == handled
        assert len(sent) == len(set(sent))
        assert await redrive.missing() == []
        assert_same_books(books_of(system), calm)
        assert [system.broker.dead_letters(name) for name in SERVICES] == [[]] * len(SERVICES)


def _handled(system: MemorySystem) -> int:
    """Count the records of all services."""
    return sum(len(store.records) for store in system.stores.values())


async def test_interleaved_cafs_are_made_whole_in_their_own_order() -> None:
    other = Campaign(caf="762", dossiers=7)
    none: list[Event] = []
    pairs = zip_longest(CAMPAIGN.phases, other.phases, fillvalue=none)
    phases = [[*one, *another] for one, another in pairs]
    async with running(ALL, Settings()) as system:
        await play(system, [[]])
        saved = backup(system, SERVICES)
        await play(system, phases)
        calm = books_of(system)
        restore(system, saved)
        redrive = MemoryRedrive(system)

        await redrive.send(await redrive.missing())

        assert await redrive.missing() == []
        assert_same_books(books_of(system), calm)


async def test_a_message_in_the_dead_letters_is_not_missing() -> None:
    async with running(ALL, Settings()) as system:
        await play(system, CAMPAIGN.phases)
        broker, message = system.broker, _order("order-77")
        broker.bindings[queue_of("funding")].discard("AdvanceOrdered")
        broker.publish(message)
        redrive = MemoryRedrive(system)
        assert [each.keys[0].id for each in await redrive.missing()] == ["order-77"]

        broker.publish(
            OutgoingMessage("order-77", "", message.body, {}, dead_letters_of("funding"))
        )

        assert await redrive.missing() == []


async def test_what_nobody_handles_is_named_and_not_sent_twice() -> None:
    async with running(ALL, Settings()) as system:
        await play(system, CAMPAIGN.phases[:1])
        system.broker.bindings[queue_of("funding")].discard("AdvanceOrdered")
        system.broker.publish(_order("order-77"))
        system.stores["funding"].up = False
        redrive = MemoryRedrive(system, timeout_s=0.05)
        system.stores["funding"].up = True
        missing = await redrive.missing()
        system.broker.redrive = lambda *_: None  # type: ignore[method-assign]

        with pytest.raises(UnhandledError, match="1 not handled: AdvanceOrdered for funding"):
            await redrive.send(missing)


async def test_an_event_that_is_decided_no_more_holds_nothing_up_for_ever() -> None:
    async with running(ALL, Settings()) as system:
        await play(system, CAMPAIGN.phases[:1])
        broker = system.broker
        for queue in broker.bindings.values():
            queue -= {"AgrementGranted", "AdvanceOrdered"}
        of_no_outbox = {"source": "/clas/eligibility", "id": "a-1", "data": {"dossier_id": "D-77"}}
        body = json.dumps(of_no_outbox).encode()
        broker.publish(OutgoingMessage("a-1", "AgrementGranted.v1.761", body))
        broker.publish(_order("order-77"))
        redrive = MemoryRedrive(system, Selection("funding"))

        sent = await redrive.send(await redrive.missing())

        assert sent == [("funding", "order-77")]
        (left,) = await redrive.missing()
        assert (left.name, left.origin) == ("AgrementGranted", None)


def _order(event_id: str) -> OutgoingMessage:
    """Return an advance that is ordered for a dossier that nobody knows."""
    (order,) = Campaign(dossiers=78, first=77).phases[4][:1]
    order = {**order, "id": event_id}
    order["data"]["dossier_id"] = "D-77"
    return OutgoingMessage(event_id, "AdvanceOrdered.v1.761", json.dumps(order).encode())

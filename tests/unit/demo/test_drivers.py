"""When a demo driver is idle, and when it gives up."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from services.cli.demo import driver, live_driver
from services.cli.demo.driver import DemoError, InProcessDriver
from services.cli.demo.live_driver import LiveDriver
from shared.kernel.messages import DEVELOPMENT, InboxKey, IncomingMessage
from tests.support.client import LONGEST_S
from tests.support.samples import dossier
from tests.unit.demo.events import body

EVENT = IncomingMessage(body(dossier(), "e1"), "DossierSubmitted.v1.761", "e1")
KEY = InboxKey(DEVELOPMENT, "/clas/test", "e1")


class Listener:
    def __init__(self, *received: IncomingMessage) -> None:
        self.received = list(received)
        self.late: list[IncomingMessage] = []
        self.caught_up = 0

    async def sync_barrier(self) -> None:
        self.caught_up += 1
        if self.caught_up > 1:
            self.received += self.late
            self.late = []


class Store:
    """An inbox with some keys, and an outbox that empties by one each time it is counted."""

    def __init__(self, *handled: InboxKey, pending: int = 0) -> None:
        self.inbox, self.left = set(handled), pending

    async def handled(self, keys: Collection[InboxKey]) -> set[InboxKey]:
        return self.inbox.intersection(keys)

    async def count_unpublished(self) -> int:
        left, self.left = self.left, max(self.left - 1, 0)
        return left


def set_up(listener: Any, submission: Store) -> LiveDriver:
    stores: Any = {
        "submission": submission,
        "eligibility": Store(),
        "funding": Store(),
        "accounting": Store(),
    }
    publisher: Any = None
    return LiveDriver(publisher, listener, stores, 1024 * 1024, lambda: None)


async def test_it_is_idle_once_messages_are_in_the_inboxes_and_the_outboxes_are_empty() -> None:
    store = Store(KEY, pending=2)
    await set_up(Listener(EVENT), store).wait_until_idle()
    assert store.left == 0


async def test_an_event_that_was_published_at_the_last_moment_is_waited_for_too() -> None:
    listener = Listener()
    listener.late = [EVENT]
    store = Store(KEY)
    await set_up(listener, store).wait_until_idle()
    assert listener.received == [EVENT]
    assert listener.caught_up == 4


async def test_what_goes_to_no_service_is_not_waited_for() -> None:
    answer = IncomingMessage(b"{}", "DossierRejected.v1.761")
    async with asyncio.timeout(LONGEST_S):  # Waiting for it would never end.
        await set_up(Listener(answer), Store()).wait_until_idle()


async def test_it_gives_up_when_nothing_moves_and_says_who_did_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_driver, "NO_PROGRESS_S", 0.1)
    with pytest.raises(DemoError, match="submission : 1"):
        await set_up(Listener(EVENT), Store()).wait_until_idle()


async def test_it_gives_up_when_an_outbox_stays_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_driver, "NO_PROGRESS_S", 0.1)
    with pytest.raises(DemoError, match="des envois restent à publier"):
        await set_up(Listener(), Store(pending=1_000)).wait_until_idle()


async def test_in_process_it_gives_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class NeverIdle:
        async def wait_until_idle(self) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(driver, "NO_PROGRESS_S", 0.05)
    system: Any = NeverIdle()
    with pytest.raises(DemoError, match="pas fini"):
        await InProcessDriver(system).wait_until_idle()

"""When the real stage calls it quiet, and when it gives up."""

import asyncio
from typing import Any, Self

import pytest

from services.cli.demo import driver as stage
from services.cli.demo import live_driver as real
from services.cli.demo.driver import DemoError, InProcessDriver
from services.cli.demo.live_driver import LiveDriver
from shared.kernel.ports import InboxKey, IncomingMessage
from tests.support.client import LONGEST_S
from tests.support.samples import dossier
from tests.unit.demo.journals import body

EVENT = IncomingMessage(body(dossier(), "e1"), "DossierSubmitted.v1.761", "e1")
KEY = InboxKey("/clas/test", "e1")


class Listener:
    def __init__(self, *heard: IncomingMessage) -> None:
        self.received = list(heard)
        self.late: list[IncomingMessage] = []
        self.caught_up = 0

    async def sync_barrier(self) -> None:
        self.caught_up += 1
        if self.caught_up > 1:
            self.received += self.late
            self.late = []


class Store:
    """An inbox that knows some keys, and an outbox that empties by one each time it is asked."""

    def __init__(self, *known: InboxKey, pending: int = 0) -> None:
        self.known, self.left = set(known), pending

    def transaction(self) -> "Store":
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def already_handled(self, keys: list[InboxKey]) -> dict[InboxKey, str]:
        return {key: "" for key in keys if key in self.known}

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


async def test_it_is_quiet_once_what_was_heard_is_in_the_inboxes_and_the_outboxes_are_empty() -> (
    None
):
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
    monkeypatch.setattr(real, "STALLED_S", 0.1)
    with pytest.raises(DemoError, match="submission : 1"):
        await set_up(Listener(EVENT), Store()).wait_until_idle()


async def test_it_gives_up_when_an_outbox_stays_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real, "STALLED_S", 0.1)
    with pytest.raises(DemoError, match="des envois restent à publier"):
        await set_up(Listener(), Store(pending=1_000)).wait_until_idle()


async def test_in_process_it_gives_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class NeverQuiet:
        async def wait_until_idle(self) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(stage, "STALLED_S", 0.05)
    system: Any = NeverQuiet()
    with pytest.raises(DemoError, match="pas fini"):
        await InProcessDriver(system).wait_until_idle()

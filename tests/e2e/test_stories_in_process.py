"""The stories of the contract on the in-process adapters."""

import pytest

from services.cli.services import SERVICES_BY_NAME
from shared.kernel.memory.system import running
from shared.kernel.replay import Replay
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient
from tests.support.stories import NAMES, load, play


@pytest.mark.parametrize("name", NAMES)
async def test_a_story_ends_as_expected_and_each_decision_can_be_replayed(name: str) -> None:
    caf = str(900 + NAMES.index(name))
    async with running([*SERVICES_BY_NAME.values()], Settings()) as system:
        await play(MemoryClient(system), load(name, caf), caf)
        await system.wait_until_idle()
        for service in system.stores:
            assert system.broker.dead_letters(service) == []
    for service, store in system.stores.items():
        replay = Replay.of(SERVICES_BY_NAME[service])
        for record in store.records.values():
            assert replay.differences(record) == (), (service, record.routing_key)

"""The stories of the contract on the in-process adapters."""

import pytest

from services.accounting.service import SERVICE as ACCOUNTING
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient
from tests.support.stories import NAMES, load, play


@pytest.mark.parametrize("name", NAMES)
async def test_a_story_ends_as_the_contract_tells_it(name: str) -> None:
    caf = str(900 + NAMES.index(name))
    async with running([SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING], Settings()) as system:
        await play(MemoryClient(system), load(name, caf), caf)
        await system.quiet()
        for service in system.stores:
            assert system.broker.dead_letters(service) == []

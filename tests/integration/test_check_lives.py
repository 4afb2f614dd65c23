"""`clas check` on random lives: early, late, twice and wrong, nothing of it is a breach.

Lives begin with an agrement, which no service of theirs published: that alone is told.
"""

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from deploy.embedded import Servers
from services.cli.check.run import reconcile
from services.cli.services import SERVICES_BY_NAME
from shared.audit.scanner import AuditState, Scope
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.settings import Settings
from shared.mongodb.snapshot import open_snapshot
from tests.oracle.draws import CAF
from tests.oracle.lives import Life, life
from tests.support.client import MemoryClient, event, send
from tests.support.mongo_copy import copy_to_mongo, drop_databases

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
SEEDS = range(1, 31)
UNTOLD = ("AgrementGranted", "financé sans agrément publié")


async def played(settings: Settings) -> AuditState:
    """Play the lives side by side, each in a Caf of its own, and look at what is kept."""
    async with running(tuple(SERVICES_BY_NAME.values()), settings, replicas=2) as system:
        await asyncio.gather(*(_lived(system, seed) for seed in SEEDS))
        await system.wait_until_idle()
        await copy_to_mongo(system, settings)
    async with open_snapshot(settings) as kept:
        later = datetime.now(UTC) + timedelta(hours=1)
        return await reconcile(kept, Scope(), later, {}, lambda _: None)


async def _lived(system: MemorySystem, seed: int) -> None:
    """Send a life: every third all at once, the others message after message."""
    for name, data, attributes in _of_its_own(life(seed), seed):
        event_id = f"{seed}-{attributes['id']}"
        sent = event(name, data, event_id=event_id, time=attributes["time"])
        await send(MemoryClient(system), sent)
        if seed % 3:
            await system.wait_until_idle()


def _of_its_own(lived: Life, seed: int) -> Life:
    text = json.dumps(lived).replace(f'"{CAF}"', f'"{100 + seed}"')
    found: Life = json.loads(text.replace('"D', f'"L{seed}D'))
    return found


def test_no_life_is_taken_for_a_breach(real_servers: Servers) -> None:
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    known = Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    try:
        seen = asyncio.run(played(known))
    finally:
        drop_databases(known)

    told = {
        check.many: [each for each in row.kept if not each.wrong.startswith(UNTOLD)]
        for check, row in seen.tally.asked.items()
    }
    assert {many: breaches for many, breaches in told.items() if breaches} == {}
    looked = {check.many: row.looked for check, row in seen.tally.asked.items()}
    assert looked["écritures équilibrées"] > len(SEEDS)
    assert looked["exercices clos dont les totaux sont la somme des écritures"] > len(SEEDS)

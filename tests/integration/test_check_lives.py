"""`clas check` reports no violation on random messages: early, late, repeated and invalid ones.

The messages have agrements, and amendments, that no service published: only those are reported.
"""

import asyncio
import json
import uuid

import pytest

from deploy.embedded import Servers
from services.cli.services import SERVICES_BY_NAME
from shared.audit.scanner import AuditState
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.settings import Settings
from tests.oracle.draws import CAF
from tests.oracle.lives import Life, life
from tests.support.auditing import audit
from tests.support.client import MemoryClient, event, send
from tests.support.mongo_copy import copy_to_mongo, drop_databases

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
SEEDS = range(1, 31)
EXPECTED = ("AgrementGranted", "AgrementAmended", "financé sans agrément publié")


async def play_and_audit(settings: Settings) -> AuditState:
    """Play the lives concurrently, each in a Caf of its own, and audit the stored documents."""
    async with running(tuple(SERVICES_BY_NAME.values()), settings, replicas=2) as system:
        await asyncio.gather(*(_send_life(system, seed) for seed in SEEDS))
        await system.wait_until_idle()
        await copy_to_mongo(system, settings)
    return await audit(settings)


async def _send_life(system: MemorySystem, seed: int) -> None:
    """Send the messages of a life: of every third without waiting, else one by one."""
    for name, data, attributes in _with_own_ids(life(seed), seed):
        event_id = f"{seed}-{attributes['id']}"
        sent = event(name, data, event_id=event_id, time=attributes["time"])
        await send(MemoryClient(system), sent)
        if seed % 3:
            await system.wait_until_idle()


def _with_own_ids(messages: Life, seed: int) -> Life:
    text = json.dumps(messages).replace(f'"{CAF}"', f'"{100 + seed}"')
    renamed: Life = json.loads(text.replace('"D', f'"L{seed}D'))
    return renamed


def test_no_life_is_reported_as_a_violation(real_servers: Servers) -> None:
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    settings = Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    try:
        state = asyncio.run(play_and_audit(settings))
    finally:
        drop_databases(settings)

    results = state.results.applied
    unexpected = {
        rule.plural: violations
        for rule, result in results.items()
        if (violations := [v for v in result.violations if not v.message.startswith(EXPECTED)])
    }
    assert unexpected == {}
    comparisons = {rule.plural: result.comparisons for rule, result in results.items()}
    assert comparisons["écritures équilibrées"] > len(SEEDS)
    closed = comparisons["exercices clos dont les totaux sont la somme des écritures"]
    assert closed > len(SEEDS)

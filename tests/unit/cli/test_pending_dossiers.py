"""The dossiers before their agrement are selected by their states, and folded from their events."""

import asyncio
from collections import Counter
from copy import deepcopy
from functools import cache

import orjson
import pytest

from services.cli.demo.driver import InProcessDriver
from services.cli.demo.phases import COMPLEMENTS, DEPOSITS, LAST_SITTING, SITTING
from services.cli.demo.sample import CAF, campaign
from services.cli.pending_dossiers import (
    OF_ELIGIBILITY,
    OF_SUBMISSION,
    STATUSES,
    PendingDossier,
    pending,
    pending_dossiers,
)
from services.cli.reads import ReadsByService
from shared.contracts.base import WireModel
from shared.contracts.elan import DossierSubmitted
from shared.kernel.memory import MemoryStore
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import running
from shared.kernel.messages import OutgoingMessage
from shared.kernel.read_port import events_of_types
from shared.kernel.settings import Settings
from tests.support import samples
from tests.support.client import event, key_of
from tests.support.services import ALL

PHASES = (DEPOSITS, COMPLEMENTS, SITTING, LAST_SITTING)


@cache
def played(until: str) -> ReadsByService:
    """Return the stores after the sample campaign up to a phase."""
    return asyncio.run(_played(until))


async def _played(until: str) -> ReadsByService:
    async with running(ALL, Settings()) as system:
        driver = InProcessDriver(system)
        for batch in campaign():
            await driver.send(batch.messages)
            await driver.wait_until_idle()
            if batch.phase.name == until:
                break
        return {name: MemoryReads(store) for name, store in system.stores.items()}


def statuses(reads: ReadsByService) -> Counter[str]:
    dossiers = asyncio.run(pending_dossiers(reads, CAF))
    return Counter(dossier.status for dossier in dossiers)


async def _folded_from_all_events(reads: ReadsByService) -> list[PendingDossier]:
    return pending(
        await events_of_types(reads["submission"], CAF, OF_SUBMISSION),
        await events_of_types(reads["eligibility"], CAF, OF_ELIGIBILITY),
    )


@pytest.mark.parametrize("until", [phase.name for phase in PHASES])
def test_states_select_every_dossier_that_waits(until: str) -> None:
    reads = played(until)

    selected = asyncio.run(pending_dossiers(reads, CAF))

    assert selected == asyncio.run(_folded_from_all_events(reads))


def test_the_sample_campaign_waits_for_complements_reports_and_the_committee() -> None:
    deposited, completed = (statuses(played(phase.name)) for phase in (DEPOSITS, COMPLEMENTS))

    assert deposited == {"assessed": 116, "awaits_report": 3, "to_complete": 5}
    assert completed == {"assessed": 122, "awaits_report": 1, "to_complete": 2}
    assert asyncio.run(pending_dossiers(played(DEPOSITS.name), "271")) == []


def test_a_received_dossier_waits_until_eligibility_has_assessed_it() -> None:
    behind = {**played(DEPOSITS.name), "eligibility": MemoryReads(MemoryStore())}

    assert statuses(behind) == {"received": 117, "awaits_report": 3, "to_complete": 5}


def test_a_reopened_dossier_waits_for_complements_and_not_for_the_committee() -> None:
    """One is reopened, and another one is received that eligibility does not know yet."""
    reads = asyncio.run(_reopened())

    waiting = {each.dossier_id: each.status for each in asyncio.run(pending_dossiers(reads, CAF))}

    assert waiting == {"REOPENED": "to_complete", "RECEIVED": "received"}


async def _reopened() -> ReadsByService:
    """Play a reopened dossier, then another one of which eligibility has not heard."""
    async with running(ALL, Settings()) as system:
        driver = InProcessDriver(system)
        await _play(driver, samples.campaign(), samples.dossier(dossier_id="REOPENED"))
        await _play(driver, samples.complements_ordered(dossier_id="REOPENED"))
        eligibility = MemoryReads(deepcopy(system.stores["eligibility"]))
        await _play(driver, samples.dossier(dossier_id="RECEIVED"))
        return {"submission": MemoryReads(system.stores["submission"]), "eligibility": eligibility}


async def _play(driver: InProcessDriver, *events: WireModel) -> None:
    for data in events:
        message = event(type(data).__name__, data.model_dump(mode="json"))
        body = orjson.dumps(message)
        await driver.send([OutgoingMessage(message["id"], key_of(message), body)])
        await driver.wait_until_idle()


def test_every_event_that_is_read_is_folded() -> None:
    assert {*OF_SUBMISSION, *OF_ELIGIBILITY} == {*STATUSES, DossierSubmitted}

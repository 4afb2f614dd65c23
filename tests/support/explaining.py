"""A life played in process, then explained to a reader, as plain text."""

import json
from collections.abc import Iterable

from services.cli.explain.audiences import Reader, explained
from services.cli.explain.decision import StoredDecision, decisions
from services.cli.services import SERVICES_BY_NAME
from shared.contracts.base import WireModel
from shared.contracts.registry import BY_NAME as EVENTS
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient, event, send
from tests.support.samples import DOSSIER
from tests.support.stories import load


async def decided(given: Iterable[WireModel], dossier_id: str = DOSSIER) -> list[StoredDecision]:
    """Play messages one after another, each after the answers to the one before."""
    async with running([*SERVICES_BY_NAME.values()], Settings(linger_ms=0)) as system:
        client = MemoryClient(system)
        for rank, data in enumerate(given):
            at = f"2026-01-01T00:{rank:02d}:00Z"
            name, body = type(data).__name__, data.model_dump(mode="json")
            await send(client, event(name, body, time=at))
            await system.wait_until_idle()
    records = {
        name: [each for each in store.records.values() if dossier_id in each.dossier_ids]
        for name, store in system.stores.items()
    }
    return decisions(dossier_id, records)


def text(reader: Reader, found: list[StoredDecision]) -> str:
    """Return what a reader is told, with plain spaces, a paragraph a block."""
    told = ("\n".join((each.title, *each.lines)) for each in explained(reader, found))
    return "\n\n".join(told).replace("\u202f", " ").replace("\u00a0", " ")


def story(name: str) -> list[WireModel]:
    """Return the messages of a story."""
    return [
        EVENTS[each["event"]].model.model_validate_json(json.dumps(each["data"]))
        for each in load(name, "761")["given"]
    ]

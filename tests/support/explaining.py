"""Messages played in process, then explained to an audience as plain text."""

import json
from collections.abc import Iterable

from services.cli.explain.audiences import Audience, explanation
from services.cli.services import SERVICES_BY_NAME
from shared.contracts.base import WireModel
from shared.contracts.registry import BY_NAME as EVENTS
from shared.counterfactual.decision import StoredDecision, stored_decisions
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient, event, send
from tests.support.samples import DOSSIER
from tests.support.stories import load


async def decisions_on(
    messages: Iterable[WireModel], dossier_id: str = DOSSIER
) -> list[StoredDecision]:
    """Send messages, each one after the answers to the one before; return the decisions."""
    async with running([*SERVICES_BY_NAME.values()], Settings(linger_ms=0)) as system:
        client = MemoryClient(system)
        for rank, data in enumerate(messages):
            at = f"2026-01-01T00:{rank:02d}:00Z"
            name, body = type(data).__name__, data.model_dump(mode="json")
            await send(client, event(name, body, time=at))
            await system.wait_until_idle()
    records = {
        name: [record for record in store.records.values() if dossier_id in record.dossier_ids]
        for name, store in system.stores.items()
    }
    return stored_decisions(dossier_id, records, SERVICES_BY_NAME)


def text(audience: Audience, decisions: list[StoredDecision]) -> str:
    """Return the explanation with plain spaces, an empty line between paragraphs."""
    paragraphs = explanation(audience, decisions)
    blocks = ("\n".join((paragraph.title, *paragraph.lines)) for paragraph in paragraphs)
    return "\n\n".join(blocks).replace("\u202f", " ").replace("\u00a0", " ")


def story_messages(name: str) -> list[WireModel]:
    """Return the messages that a story sends."""
    return [
        EVENTS[step["event"]].model.model_validate_json(json.dumps(step["data"]))
        for step in load(name, "761")["given"]
    ]

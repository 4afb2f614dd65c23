"""A small life of Caf 761, played in process; commands read its stores instead of MongoDB."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import pytest
from typer.testing import CliRunner

from services.accounting import queries as accounting
from services.cli.__main__ import app
from services.eligibility import queries as eligibility
from services.funding import queries as funding
from services.submission import queries as submission
from shared.contracts.base import WireModel
from shared.kernel.memory.reads import MemoryReads
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support import life, samples
from tests.support.client import MemoryClient, event, name_of, send
from tests.support.services import ALL

CAF = "761"
UNKNOWN = "ELAN-2025-761-000009"
"""A dossier of which the system knows only an order to pay."""
QUERIES = {
    "submission": submission,
    "eligibility": eligibility,
    "funding": funding,
    "accounting": accounting,
}
Stores = Mapping[str, MemoryReads]
"""What each service has stored, by its name."""
MESSAGES: tuple[WireModel, ...] = (
    life.envelope_allotted(amount="1500.00"),
    samples.campaign(),
    samples.dossier(),
    samples.committee_decision(),
    samples.agrement(dossier_id=samples.OTHER_DOSSIER),
    samples.convention(),
    samples.advance_order(amount="700.00"),
    samples.advance_order(dossier_id=UNKNOWN, order_id="order-9"),
)


def run(*words: str, code: int = 0) -> tuple[bytes, str]:
    """Run a command in this process; return standard output and standard error."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return result.stdout_bytes, result.stderr


def read_from_memory(patch: pytest.MonkeyPatch, reads: Stores | None = None) -> None:
    """Let commands read these stores, else those of the life."""
    for name, module in QUERIES.items():
        patch.setattr(module, "opened", _opener((reads or stores())[name]))


@cache
def stores() -> Stores:
    """Play the life once and return its stores, read as the commands do."""
    return asyncio.run(_play(MESSAGES, rejected=True))


@cache
def stores_before_the_committee() -> Stores:
    """Play the life once, up to the committee, and return its stores."""
    return asyncio.run(_play(MESSAGES[:3], rejected=False))


def _opener(reads: MemoryReads) -> Any:
    @asynccontextmanager
    async def opened(settings: Settings) -> Any:  # noqa: ARG001
        yield reads

    return opened


async def _play(messages: Iterable[WireModel], *, rejected: bool) -> Stores:
    """Play messages, and the rejection of their only entry by an accounting system."""
    async with running(ALL, Settings(linger_ms=0)) as system:
        client = MemoryClient(system)
        for rank, data in enumerate(messages, 1):
            name, body = type(data).__name__, data.model_dump(mode="json")
            await send(client, event(name, body, f"message-{rank}"))
            await system.wait_until_idle()
        if rejected:
            await _reject(client)
            await system.wait_until_idle()
        return {name: MemoryReads(store) for name, store in system.stores.items()}


async def _reject(client: MemoryClient) -> None:
    (posted,) = (e["data"] for e in client.events() if name_of(e) == "AccountingEntryPosted")
    rejected = life.entry_rejected(entry_id=posted["entry_id"]).model_dump(mode="json")
    await send(client, event("EntryRejected", rejected, "reply-1"))

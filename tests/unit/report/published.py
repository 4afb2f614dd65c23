"""Events for reports, from samples or from stories played in process."""

import asyncio
from functools import cache
from typing import Any

from services.funding.rights import Rights, rights_of
from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient, event, send
from tests.support.services import ALL
from tests.support.stories import load
from tests.unit.demo.events import body

CAF = "761"
STORIES = ("01-full-life-at-the-ceiling", "09-indu-at-the-balance", "10-control-and-rappel")
ORDER = (
    *("CampaignOpened", "DossierSubmitted", "CommitteeDecided", "ConventionSigned"),
    *("AdvanceOrdered 2025", "ExerciseClosed 2025", "AdvanceOrdered 2026", "ResultAccountFiled"),
    *("ExerciseClosed 2026", "ControlConcluded"),
)


def events(*data: WireModel) -> tuple[Envelope, ...]:
    """Return envelopes of these events, in this order."""
    return tuple(decode(body(each, f"e{rank}")) for rank, each in enumerate(data))


@cache
def three_stories() -> tuple[Envelope, ...]:
    """Return the events published in three stories of one Caf, played side by side."""
    return asyncio.run(_played(interleaved_requests()))


def rights_of_three_stories() -> Rights:
    """Return the rights after these stories."""
    return rights_of(event.data for event in three_stories())


def interleaved_requests() -> list[dict[str, Any]]:
    """Return the requests of these stories, in order."""
    requests = [request for name in STORIES for request in load(name, CAF)["given"]]
    return sorted(requests, key=_phase)


def published(model: type[WireModel]) -> tuple[Envelope, ...]:
    """Return the published events of one type."""
    return tuple(each for each in three_stories() if type(each.data) is model)


async def _played(requests: list[dict[str, Any]]) -> tuple[Envelope, ...]:
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        for request in requests:
            await send(client, event(request["event"], request["data"]))
            await system.wait_until_idle()
        return tuple(decode(delivery.body) for delivery in system.broker.log)


def _phase(request: dict[str, Any]) -> int:
    """Return the rank of a request: a closing comes after the earlier requests of all stories."""
    name, exercise = request["event"], request["data"].get("exercise")
    return ORDER.index(f"{name} {exercise}" if exercise else name)

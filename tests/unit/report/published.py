"""What the services received and said, for reports: from samples, or from stories played here."""

import asyncio
from functools import cache
from typing import Any

from shared.contracts.base import WireModel
from shared.contracts.envelope import Envelope, decode
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support.client import MemoryClient, event, send
from tests.support.services import ALL
from tests.support.stories import load
from tests.unit.demo.journals import body

CAF = "761"
LIVES = ("01-full-life-at-the-ceiling", "09-indu-at-the-balance", "10-control-and-rappel")
ORDER = (
    *("CampaignOpened", "DossierSubmitted", "CommitteeDecided", "ConventionSigned"),
    *("AdvanceOrdered 2025", "ExerciseClosed 2025", "AdvanceOrdered 2026", "ResultAccountFiled"),
    *("ExerciseClosed 2026", "ControlConcluded"),
)


def events(*data: WireModel) -> tuple[Envelope, ...]:
    """Return events as they would be read, in this order."""
    return tuple(decode(body(each, f"e{rank}")) for rank, each in enumerate(data))


@cache
def three_lives() -> tuple[Envelope, ...]:
    """Return all that was published while three stories of one Caf were lived side by side."""
    return asyncio.run(_played(side_by_side()))


def side_by_side() -> list[dict[str, Any]]:
    """Return what producers send in these lives, in order."""
    given = [each for name in LIVES for each in load(name, CAF)["given"]]
    return sorted(given, key=_phase)


def of(model: type[WireModel]) -> tuple[Envelope, ...]:
    """Return those of one kind."""
    return tuple(each for each in three_lives() if type(each.data) is model)


async def _played(given: list[dict[str, Any]]) -> tuple[Envelope, ...]:
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        for each in given:
            await send(client, event(each["event"], each["data"]))
            await system.wait_until_idle()
        return tuple(decode(delivery.body) for delivery in system.broker.log)


def _phase(given: dict[str, Any]) -> int:
    """Lives side by side: each closing comes after what all three did before it."""
    name, exercise = given["event"], given["data"].get("exercise")
    return ORDER.index(f"{name} {exercise}" if exercise else name)

"""A small campaign with fixed event ids: the same requests must give the same books."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stdnum import luhn

from shared.contracts.base import WireModel
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support import samples
from tests.support.client import Client, Event, MemoryClient, event, key_of, name_of
from tests.support.processes import Processes
from tests.support.services import ALL

WaitUntilIdle = Callable[[], Awaitable[None]]
Books = dict[str, Any]


@dataclass
class Campaign:
    """Requests on `dossiers` dossiers of one Caf, in phases. Every tenth advance is refused."""

    caf: str = "761"
    dossiers: int = 30
    first: int = 0
    closed: bool = True
    phases: list[list[Event]] = field(init=False)

    def __post_init__(self) -> None:
        ranks = range(self.first, self.first + self.dossiers)
        requests_by_dossier = [self._life(rank) for rank in ranks]
        opening = self._event("campaign", samples.campaign(caf=self.caf))
        self.phases = [
            [opening],
            *(list(phase) for phase in zip(*requests_by_dossier, strict=True)),
        ]
        if self.closed:
            for exercise in (2025, 2026):
                self.phases.append([self.closing(exercise)])

    def closing(self, exercise: int) -> Event:
        """Return the request that closes an exercise."""
        day = f"{exercise + 1}-01-31"
        data = samples.exercise_closed(caf=self.caf, exercise=exercise, closed_on=day)
        return self._event(f"close-{exercise}", data)

    def _life(self, rank: int) -> Iterator[Event]:
        scope = {"caf": self.caf, "dossier_id": f"D-{self.caf}-{rank:05d}"}
        dossier = samples.dossier(**scope, gestionnaire__siret=_siret(rank))
        yield self._event(f"dossier-{rank}", dossier)
        yield self._event(f"decision-{rank}", samples.committee_decision(**scope))
        yield self._event(f"convention-{rank}", samples.convention(**scope))
        amount = "9999.00" if rank % 10 == 9 else f"{100 + rank % 600}.{rank % 100:02d}"
        order = scope | {"order_id": f"A-{self.caf}-{rank}", "amount": amount}
        yield self._event(f"advance-{rank}", samples.advance_order(**order))

    def _event(self, name: str, data: WireModel) -> Event:
        return event(
            type(data).__name__, data.model_dump(mode="json"), event_id=f"{self.caf}-{name}"
        )


async def play(
    client: Client, campaign: Campaign, wait_until_idle: WaitUntilIdle, copies: int = 1
) -> None:
    """Send phase by phase, each message `copies` times, and wait until idle in between."""
    for phase in campaign.phases:
        await send_all(client, phase, copies)
        await wait_until_idle()


async def play_on(stage: Processes, client: Client, campaign: Campaign, copies: int = 1) -> None:
    """Play on real services: idle means that each message sent was handled."""
    for phase in campaign.phases:
        stage.sent += [(name_of(sent), sent["id"]) for sent in phase]
        await send_all(client, phase, copies)
        await stage.wait_until_idle()


async def send_all(client: Client, phase: list[Event], copies: int = 1) -> None:
    """Send a phase, each message `copies` times."""
    for _ in range(copies):
        for sent in phase:
            await client.send(json.dumps(sent).encode(), key_of(sent), sent["id"])


def _siret(rank: int) -> str:
    """Return an establishment for each dossier: projects of one are compared with each other."""
    siren = f"1{rank:07}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"


@dataclass(frozen=True, slots=True)
class Calm:
    """What an undisturbed run published, requests included, and the books that it left."""

    events: list[Event]
    books: Books


async def calm_run(campaign: Campaign) -> Calm:
    """Return the events and books of an undisturbed run, in process."""
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        await play(client, campaign, system.wait_until_idle)
        left = {c: system.stores["accounting"].documents(c) for c in COLLECTIONS}
        return Calm(client.events(), books(left))


async def calm_books(campaign: Campaign) -> Books:
    """Return the books of an undisturbed run, in process."""
    return (await calm_run(campaign)).books


ADDED = {"_id", "_v", "_form"}
COLLECTIONS = ("books", "closings", "entries", "grants")


def books(collections: dict[str, list[dict[str, Any]]]) -> Books:
    """Return ids, sequences, chain and all amounts; what the store adds is left out."""
    return {
        name: [{k: v for k, v in each.items() if k not in ADDED} for each in documents]
        for name, documents in collections.items()
    }

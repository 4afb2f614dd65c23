"""A world of one seed: two replicas of each service, partners, faults; then everything heals."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from shared.contracts.registry import SERVICES
from shared.kernel.messages import OutgoingMessage
from shared.kernel.outbox import dead_letters_of
from shared.kernel.settings import Settings
from tests.simulation import poison
from tests.simulation.faults import Faults, drawn
from tests.simulation.injector import Injector
from tests.simulation.loop import PARTNERS, VirtualLoop, collected_silently
from tests.simulation.partners import Partners
from tests.simulation.redrive import redrive
from tests.simulation.replica import Replica, Site
from tests.simulation.requests import Plan, plan
from tests.simulation.store import Database
from tests.simulation.trace import Trace
from tests.simulation.troubles import Troubles
from tests.support.services import ALL

REPLICAS = 2
CALM = Faults()
IDLE_POLL_S = 0.5
QUIET_MAX_S = 1_800.0
STORM_S = (5.0, 20.0)
SERVICES_FAILING = tuple(poison.failing(service) for service in ALL)


@dataclass(frozen=True)
class Setting:
    """What a seed draws: the number of dossiers, whether closings race grants, and the faults.

    `whole`: the lives go on after the advance; then closings always race.
    """

    seed: int
    dossiers: int
    racing: bool = False
    faults: Faults = CALM
    whole: bool = False
    replicas: int = REPLICAS

    @property
    def plan(self) -> Plan:
        """The requests."""
        return plan(self.dossiers, whole=self.whole)


def setting(seed: int, fewest: int = 2, most: int = 6, *, whole: bool | None = None) -> Setting:
    """Draw the setting of a seed; `whole` is drawn too unless it is given."""
    rng = random.Random(f"setting {seed}")
    dossiers, racing, drawn_whole = rng.randint(fewest, most), rng.random(), rng.random() < 0.5
    whole = drawn_whole if whole is None else whole
    return Setting(seed, dossiers, whole or racing < 0.5, drawn(rng), whole)


@dataclass(frozen=True)
class Ended:
    """What a world leaves: stores by service, ids of published events, what went wrong."""

    setting: Setting
    databases: dict[str, Database]
    published: set[str]
    dead_letters: list[tuple[str, OutgoingMessage]]
    poison: list[poison.Poison]
    digest: str
    steps: int
    virtual_s: float
    failures: list[str]


def play(chosen: Setting, show: Callable[[str], None] | None = None) -> Ended:
    """Play one setting to its end."""
    with collected_silently():
        return World(chosen, show).play()


class World:
    """Plays one setting, once."""

    def __init__(self, chosen: Setting, show: Callable[[str], None] | None = None) -> None:
        self.setting = chosen
        rng = random.Random(chosen.seed)
        self.loop = VirtualLoop(rng, shuffle=rng.choice((0.0, 0.1, 1.0)))
        self.trace = Trace(self.loop.time, show)
        self.injector = injector = Injector(self.loop, rng, chosen.faults, self.trace)
        self.storm_s = rng.uniform(*STORM_S)
        pause_s = rng.choice((0.05, 1.0, self.storm_s / 2))
        self.partners = Partners(chosen.plan, injector, pause_s, racing=chosen.racing)
        self.broker = self.partners.broker
        self.databases = {name: Database(injector.clock(injector.skew())) for name in SERVICES}
        site = Site(self.broker, self.databases, injector, _settings(rng))
        self.replicas = [
            Replica(service, rank, site)
            for service in SERVICES_FAILING
            for rank in range(chosen.replicas)
        ]
        self.troubles = Troubles(self, rng)

    def play(self) -> Ended:
        """Play it all; what goes wrong is in the result."""
        with suppress(AssertionError):
            self.loop.run_until_complete(self._play())
        failures = [repr(fault) for fault in self.loop.faults()]
        failures += [failure for replica in self.replicas for failure in replica.failures]
        self.loop.discard()
        return self._ended(failures)

    def _ended(self, failures: list[str]) -> Ended:
        for database in self.databases.values():
            database.open.clear()
        letters = [
            (service, message.outgoing)
            for service in SERVICES
            for message in self.broker.dead_letters[dead_letters_of(service)].ready
        ]
        return Ended(
            setting=self.setting,
            databases=self.databases,
            published={message.id for message in self.broker.log},
            dead_letters=letters,
            poison=self.troubles.poison,
            digest=self.trace.digest,
            steps=self.trace.steps,
            virtual_s=self.loop.time(),
            failures=failures,
        )

    async def _play(self) -> None:
        for replica in self.replicas:
            replica.start()
        publishing = asyncio.create_task(self.partners.publish_all(self.databases["accounting"]))
        await asyncio.wait([self.troubles.start(self.storm_s)])
        await asyncio.wait([publishing], timeout=self.storm_s)
        self.troubles.heal()
        await self._until(lambda: publishing.done() and self._idle())
        await publishing
        if self.setting.faults.unbound or self.setting.faults.restore:
            redrive(self.broker, self.databases)
            await self._until(self._idle)

    def _idle(self) -> bool:
        """Return whether every replica works, and no message waits anywhere."""
        return (
            all(replica.process.alive for replica in self.replicas)
            and all(queue.empty for queue in self.broker.queues.values())
            and not any(database.content.waiting for database in self.databases.values())
        )

    async def _until(self, holds: Callable[[], bool]) -> None:
        deadline = self.loop.time() + QUIET_MAX_S
        while not holds():
            faults = self.loop.faults()
            assert not faults, "a task failed"
            assert self.loop.time() < deadline, f"no rest after {QUIET_MAX_S} s: {self._state()}"
            await asyncio.sleep(IDLE_POLL_S)

    def _state(self) -> str:
        queues = {name: len(queue.ready) for name, queue in self.broker.queues.items()}
        waiting = {name: each.content.waiting for name, each in self.databases.items()}
        return f"ready {queues}, unpublished {waiting}; {self.loop.waiting(PARTNERS)}"


def _settings(rng: random.Random) -> Settings:
    return Settings(
        batch_max=rng.choice((1, 3, 7, 200)),
        prefetch=rng.choice((3, 20, 400)),
        linger_ms=rng.choice((0, 5)),
        relay_every_s=rng.choice((1.0, 3.0)),
        relay_most=rng.choice((1, 100)),
        dispatches_max=rng.choice((1, 4)),
    )

"""Faults of replicas at their port calls: killed, suspended, slow, or with a clock of its own."""

import asyncio
import random
import uuid
from datetime import UTC, datetime, timedelta

from shared.kernel.clock import Clock
from tests.simulation.faults import Faults
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.trace import Trace

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SLOW_S, STALL_S, SUSPENDED_S = 0.02, 40.0, 90.0


class ProcessKilled(BaseException):
    """Leaves the synchronous code of a process that was killed within it."""


class Injector:
    """Draws what happens at each step, while `active`; also the source of time and chance."""

    def __init__(self, loop: VirtualLoop, rng: random.Random, faults: Faults, trace: Trace) -> None:
        self.loop, self.rng, self.faults, self.trace = loop, rng, faults, trace
        self.active = True

    def clock(self, skew_s: float) -> Clock:
        """Return a clock that is ahead by `skew_s` seconds."""
        start = START + timedelta(seconds=skew_s)
        return Clock(
            now=lambda: start + timedelta(seconds=self.loop.time()),
            uuid=lambda: uuid.UUID(int=self.rng.getrandbits(128), version=4),
            uniform=self.rng.uniform,
        )

    def skew(self) -> float:
        """Draw how far a clock is ahead, in seconds."""
        return self.rng.uniform(-self.faults.skew, self.faults.skew)

    def happens(self, kind: str) -> bool:
        """Draw whether a fault happens now."""
        probability: float = getattr(self.faults, kind)
        return self.active and probability > 0 and self.rng.random() < probability

    async def step(self, process: Process, call: str, outcome: str = "") -> None:
        """Pass a point between two effects: the process may die here, stand still or wait."""
        self.trace(process.name, call, outcome)
        if self.happens("kill"):
            self._kill(process)
        elif self.happens("suspend"):
            self._suspend(process)
        if not process.alive:
            await self.loop.create_future()
        await asyncio.sleep(self._latency_s())

    def _kill(self, process: Process) -> None:
        self.trace(process.name, "killed")
        process.kill()

    def _suspend(self, process: Process) -> None:
        """Stop a process and let it go on later; its connections end at the heartbeat."""
        process.stopped = True
        duration_s = self.rng.choice((1.0, 10.0, SUSPENDED_S)) * self.rng.random()
        self.trace(process.name, "suspended", f"{duration_s:.1f} s")
        self.loop.spawn(Process("injector"), self._go_on(process, duration_s))

    async def _go_on(self, process: Process, duration_s: float) -> None:
        limit_s = min(duration_s, HEARTBEAT_S)
        await asyncio.sleep(limit_s)
        if duration_s > limit_s and process.alive:
            process.disconnected()
            await asyncio.sleep(duration_s - limit_s)
        process.stopped = False
        self.trace(process.name, "continued")

    def _latency_s(self) -> float:
        if self.happens("stall"):
            return self.rng.uniform(0.1, STALL_S)
        return self.rng.uniform(0.0001, SLOW_S) if self.happens("slow") else 0.0


HEARTBEAT_S = 60.0
"""After this time the servers end the connections, and the transactions, of a silent process."""
